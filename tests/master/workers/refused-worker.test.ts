import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import { pino } from "pino";
import type { WebSocket, WebSocketServer } from "ws";
import { WebSocket as Client } from "ws";
import type { ConnectedWorker } from "../../../src/master/workers/connected-worker.ts";
import type { WorkerEvents } from "../../../src/master/workers/worker-events.ts";
import { Workers, type WorkersOptions } from "../../../src/master/workers/workers.ts";
import { closeCodes } from "../../../src/protocol/version.ts";
import type { Hello } from "../../../src/protocol/worker-messages.ts";
import { happens, listening } from "../../protocol/socket-pair.ts";
import { prepareMessage } from "../../support/prepare-message.ts";
import { patienceMs } from "../../support/wait-until.ts";

const withTimeout = { timeout: patienceMs };
const hello: Hello = {
  type: "hello",
  id: "w",
  host: "h",
  pid: 7,
  version: "1",
  session: null,
};

/** The workers of a run, of which there is one, of which the test has the other end of the socket. */
class OneWorker implements AsyncDisposable {
  readonly workers: Workers;
  readonly worker: ConnectedWorker;
  readonly peer: Client;
  readonly logged: string[] = [];
  readonly lost: string[] = [];
  readonly #server: WebSocketServer;

  private constructor(server: WebSocketServer, socket: WebSocket, peer: Client) {
    this.#server = server;
    this.peer = peer;
    const write = (line: Buffer, _: string, done: () => void) => {
      this.logged.push(String(JSON.parse(String(line)).msg));
      done();
    };
    const options: WorkersOptions = {
      runId: "r",
      listener: { open: () => {}, shut: () => {} },
      acceptsMoreRuns: false,
      log: pino(new Writable({ write })),
      workerTimeoutMs: 60_000,
      orphanTimeoutMs: 60_000,
      timeline: { startAtMs: null },
      nowMs: () => performance.now(),
    };
    const events: WorkerEvents<ConnectedWorker> = {
      connecting: () => {},
      connected: () => {},
      ready: () => {},
      started: () => {},
      reported: () => true,
      repeated: () => {},
      lost: ({ state }) => this.lost.push(String(state.lostBecause)),
      returned: () => {},
      leaving: () => {},
      left: () => {},
      slow: () => {},
      logged: () => {},
      requested: () => {},
      rowsArrived: () => {},
    };
    this.workers = new Workers(options, events);
    this.workers.receive(socket, hello);
    this.worker = this.workers.all[0] as ConnectedWorker;
  }

  static async join(): Promise<OneWorker> {
    const server = await listening();
    const peer = new Client(`ws://127.0.0.1:${(server.address() as { port: number }).port}`);
    const [[socket]] = await Promise.all([happens(server, "connection"), happens(peer, "open")]);
    return new OneWorker(server, socket as WebSocket, peer);
  }

  prepare(): void {
    const prepared = { ...prepareMessage, bundleHash: "b" };
    this.worker.prepare(prepared, { bundle: { hash: "b", source: "", data: [] }, files: [] });
  }

  async until(condition: () => boolean): Promise<void> {
    assert.ok(await this.workers.until(condition, patienceMs));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.peer.terminate();
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

for (const [what, frame] of [
  ["an invalid report", Uint8Array.of(6, 1, 255)],
  ["an invalid message", '{"type":"reday"}'],
] as const) {
  test(`${what} loses the worker, once, and it is not let in again`, withTimeout, async () => {
    await using stage = await OneWorker.join();
    stage.peer.send(frame);
    const [code] = await happens(stage.peer, "close");
    await stage.until(() => stage.worker.status === "lost");
    assert.equal(code, closeCodes.badMessage);
    assert.equal(stage.lost.length, 1);
    assert.match(String(stage.lost[0]), /^sent a message that cannot be read: bad message: ./);
    assert.equal(stage.logged.filter((line) => /^lost worker 1 \(h, pid 7\): sent a message/.test(line)).length, 1);
    assert.equal(stage.workers.admit(hello), "bad-report");
    assert.equal(stage.workers.admit({ ...hello, id: "another" }), null);
  });
}

test("a worker that cannot take the test has failed to load it, with its reason", withTimeout, async () => {
  await using stage = await OneWorker.join();
  stage.prepare();
  stage.peer.close(1009);
  await stage.until(() => stage.worker.status === "failed");
  assert.equal(stage.worker.state.loadError?.message, "the worker refuses the test: bad message: too large (1009)");
  assert.deepEqual(stage.lost, []);
  assert.equal(stage.workers.admit(hello), "bad-report");
});

test("a worker that does not understand its master later on is lost", withTimeout, async () => {
  await using stage = await OneWorker.join();
  stage.peer.close(closeCodes.badMessage, "bad message: type");
  await stage.until(() => stage.worker.status === "lost");
  assert.deepEqual(stage.lost, ["cannot read a message of the master: bad message: type"]);
});

test("a socket that closes otherwise is no reason to lose the worker", withTimeout, async () => {
  await using stage = await OneWorker.join();
  stage.peer.close(1001);
  await stage.until(() => !stage.worker.isConnected);
  assert.deepEqual([stage.worker.status, stage.workers.admit(hello)], ["joined", null]);
});
