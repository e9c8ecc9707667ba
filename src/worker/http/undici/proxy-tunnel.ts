import { request as requestSecure } from "node:https";
import type { Socket } from "node:net";
import { proxyAuthorization } from "../proxy-url.ts";

// Not imported, because the import costs 45 ms of CPU at every start.
const { request: requestPlain } = process.getBuiltinModule("node:http");

/** The proxy refused CONNECT or did not answer it. */
class ProxyRefused extends Error {
  readonly code = "MUSTER_PROXY";
}

/** Asks a proxy to connect to `target` ("example.com:443"). Calls back with the socket of the tunnel. */
export function openTunnel(
  proxy: URL,
  target: string,
  timeoutMs: number,
  callback: (error: Error | null, socket: Socket | null) => void,
): void {
  const authorization = proxyAuthorization(proxy);
  const ask = proxy.protocol === "https:" ? requestSecure : requestPlain;
  const asking = ask(proxy.origin, {
    method: "CONNECT",
    path: target,
    agent: false,
    timeout: timeoutMs,
    headers: { host: target, ...(authorization === null ? {} : { "proxy-authorization": authorization }) },
  });
  asking.once("timeout", () => asking.destroy(new ProxyRefused(`the proxy ${proxy.host} did not connect in time`)));
  asking.once("error", (error) => callback(error, null));
  asking.once("connect", (answer, socket) => {
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) {
      socket.setTimeout(0);
      callback(null, socket as Socket);
      return;
    }
    socket.destroy();
    callback(new ProxyRefused(`the proxy ${proxy.host} answered ${status} to CONNECT ${target}`), null);
  });
  asking.end();
}
