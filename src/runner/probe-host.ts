import { connect } from "node:net";
import type { Logger } from "pino";

const probeTimeoutMs = 2_000;

/** Warns when nothing listens at the host. The run goes on: its requests will be counted as failures. */
export function probeHost(host: string, log: Logger): void {
  const url = new URL(host);
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  const socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ""), port });
  socket.setTimeout(probeTimeoutMs, () => socket.destroy(new Error(`no answer within ${probeTimeoutMs / 1_000} s`)));
  socket.once("connect", () => socket.destroy());
  socket.once("error", (error: Error & { code?: string }) => {
    log.warn(`${host} cannot be reached from here (${error.code ?? error.message}); the run goes on`);
  });
  socket.unref();
}
