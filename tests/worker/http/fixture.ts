import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { type AddressInfo, createServer as createNetServer, type Server as NetServer, type Socket } from "node:net";
import type { FailureKind } from "../../../src/core/failure-kind.ts";
import { failureKinds } from "../../../src/core/failure-kind.ts";
import type { EngineName } from "../../../src/protocol/master-messages.ts";
import { IntervalRecorder } from "../../../src/stats/interval-recorder.ts";
import { type ClientRules, VirtualUserClient } from "../../../src/worker/http/client.ts";
import type { HttpEngine } from "../../../src/worker/http/engine.ts";
import { engineNamed } from "../../../src/worker/http/engines.ts";
import { newOwnEngine } from "../../../src/worker/http/own/own-engine.ts";
import { parseBase } from "../../../src/worker/http/request/target.ts";
import type { TimeLimitRules } from "../../../src/worker/http/time-limits.ts";
import { patienceMs } from "../../support/wait-until.ts";

export const withTimeout = { timeout: patienceMs };

/** The engine under test where a test does not name one: every test of this folder has to pass with either. */
const tested = (process.env.MUSTER_TEST_ENGINE ?? "own") as TestedEngine;

type TestedEngine = EngineName | "own as streams";

function engineOf(name: TestedEngine | HttpEngine): HttpEngine {
  if (typeof name !== "string") return name;
  return name === "own as streams" ? newOwnEngine({ directIo: null }) : engineNamed(name);
}

/** A server on loopback that counts its connections, and keeps each open for as long as the client wants. */
export class TestServer implements AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly sockets: Socket[] = [];
  readonly #server: Server | NetServer;

  private constructor(server: Server | NetServer) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    this.url = `http://127.0.0.1:${this.port}`;
    server.on("connection", (socket: Socket) => this.sockets.push(socket));
  }

  static async http(listener: RequestListener): Promise<TestServer> {
    return await TestServer.#listening(createServer({ keepAliveTimeout: 0 }, listener));
  }

  /** A server that decides about each byte. */
  static async raw(onConnection: (socket: Socket) => void): Promise<TestServer> {
    const server = createNetServer((socket) => {
      socket.on("error", () => {
        // The client went away, as some tests want it to.
      });
      onConnection(socket);
    });
    return await TestServer.#listening(server);
  }

  static async #listening(server: Server | NetServer): Promise<TestServer> {
    server.listen(0, "127.0.0.1");
    await once(server, "listening", { signal: AbortSignal.timeout(patienceMs) });
    return new TestServer(server);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** The client of one virtual user with a recorder of its own. */
export class TestClient implements Disposable {
  readonly recorder = new IntervalRecorder();
  readonly http: VirtualUserClient;

  constructor(
    base: string,
    engine: TestedEngine | HttpEngine = tested,
    limits?: TimeLimitRules,
    rules: ClientRules = {},
  ) {
    this.http = new VirtualUserClient(
      engineOf(engine),
      this.recorder,
      parseBase(base),
      limits === undefined ? rules : { ...rules, limits },
    );
  }

  /** What was counted, one entry per endpoint: "GET /jobs", requests, and failures by kind. */
  get counted(): [endpoint: string, requests: number, failures: Partial<Record<FailureKind, number>>][] {
    return this.recorder.endpoints.map(({ method, name, requests, failures }) => {
      const kinds = failureKinds.flatMap((kind, position) => (failures[position] ? [[kind, failures[position]]] : []));
      return [`${method} ${name}`, requests, Object.fromEntries(kinds)];
    });
  }

  [Symbol.dispose](): void {
    this.http.close();
  }
}

/** Answers with what came: method, URL, headers and body, as JSON. */
export const echo: RequestListener = (request, response) => {
  void bodyOf(request).then((body) => {
    const { method, url, headers } = request;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ method, url, headers, body }));
  });
};

export interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Waits until `condition` holds, not forever. */
export async function eventually(condition: () => boolean, what: string, timeoutMs = patienceMs): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > giveUpAt) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** What `promise` comes to, not waiting forever: a test that hangs would keep its server, and so the process, alive. */
export async function within<Value>(promise: Promise<Value>, what: string, timeoutMs = patienceMs): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not within ${timeoutMs} ms: ${what}`)), timeoutMs);
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Long enough for what must not happen to happen. On a slow machine it is too short, and then proves less, not more. */
export function aMoment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}
