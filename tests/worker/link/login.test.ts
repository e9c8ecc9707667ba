import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { type WebSocket, WebSocketServer } from "ws";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { newNonce, proofOf } from "../../../src/protocol/authentication.ts";
import { errorOf } from "../../../src/worker/link/link-end.ts";
import { happens } from "../../protocol/socket-pair.ts";
import { patienceMs } from "../../support/wait-until.ts";
import { ScriptedMaster, token } from "./scripted-master.ts";
import { TestLink } from "./test-link.ts";

const withTimeout = { timeout: patienceMs };

/** Something that has taken the port of a master. It hears all that workers send. */
class Impostor {
  readonly heard: string[] = [];
  readonly port: number;

  private constructor(server: WebSocketServer, answer: (socket: WebSocket, message: Heard) => void) {
    this.port = (server.address() as AddressInfo).port;
    server.on("connection", (socket) => {
      socket.on("error", () => {});
      socket.on("message", (data) => {
        this.heard.push(String(data));
        answer(socket, JSON.parse(String(data)));
      });
    });
  }

  static async listen(
    t: TestContext,
    answer: (socket: WebSocket, message: Heard) => void,
    port = 0,
  ): Promise<Impostor> {
    const server = new WebSocketServer({ host: "127.0.0.1", port });
    await happens(server, "listening");
    t.after(() => {
      for (const socket of server.clients) socket.terminate();
      server.close();
    });
    return new Impostor(server, answer);
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }
}

interface Heard {
  readonly type: string;
  readonly nonce: string;
  readonly proof: string;
}

const say = (socket: WebSocket, message: object) => socket.send(JSON.stringify(message));

/** Says why the worker ends, and what it has sent. */
async function deceived(t: TestContext, answer: (socket: WebSocket, message: Heard) => void) {
  const impostor = await Impostor.listen(t, answer);
  await using worker = new TestLink(impostor.url);
  await worker.until("the end", () => worker.of("ended").length === 1);
  const [{ end } = { end: null }] = worker.of("ended");
  assert.ok(end !== null);
  const error = errorOf(end, impostor.url);
  assert.ok(error instanceof ConfigurationError);
  assert.deepEqual(worker.heard, []);
  for (const text of impostor.heard) assert.deepEqual(Object.keys(JSON.parse(text)).includes("id"), false);
  return { message: error.message, types: impostor.heard.map((text) => (JSON.parse(text) as Heard).type) };
}

const introduced = ["introduction", "proof"];

test(
  "who does not know the token hears two messages of a worker, and nothing of its host or its test",
  withTimeout,
  async (t) => {
    const { message, types } = await deceived(t, (socket, { type }) => {
      if (type === "introduction") say(socket, { type: "challenge", nonce: newNonce() });
      else say(socket, { type: "proof", proof: "0".repeat(64) });
    });
    assert.match(message, /is not a muster master: it does not know the token$/);
    assert.deepEqual(types, introduced);
  },
);

test("the worker's own proof, sent back to it, proves nothing", withTimeout, async (t) => {
  const { message } = await deceived(t, (socket, { type, nonce, proof }) => {
    if (type === "introduction") say(socket, { type: "challenge", nonce });
    else say(socket, { type: "proof", proof });
  });
  assert.match(message, /does not know the token$/);
});

test("the proof of an earlier connection proves nothing in a later one", withTimeout, async (t) => {
  const master = newNonce();
  const recorded = proofOf(token, "master", { worker: newNonce(), master });
  const { message } = await deceived(t, (socket, { type }) => {
    if (type === "introduction") say(socket, { type: "challenge", nonce: master });
    else say(socket, { type: "proof", proof: recorded });
  });
  assert.match(message, /does not know the token$/);
});

for (const [what, first] of [
  ["a welcome", { type: "welcome", worker: 1, runId: "r", lastSequence: 0, startAtMs: null, stays: false }],
  ["the code of a test", { type: "bundle", hash: "h", source: "process.exit(7)", data: [], files: [] }],
  ["a proof without a challenge", { type: "proof", proof: "0".repeat(64) }],
] as const) {
  test(`${what} instead of a challenge has no effect`, withTimeout, async (t) => {
    const { message, types } = await deceived(t, (socket) => say(socket, first));
    assert.match(message, /is not a muster master: it sent /);
    assert.deepEqual(types, ["introduction"]);
  });
}

test("a refusal of a stranger is one line without control characters", withTimeout, async (t) => {
  const forged = "\u001b]0;PWNED\u0007\u001b[2J\r\n12:00:00 info  forged \u202e";
  const { message } = await deceived(t, (socket) => say(socket, { type: "refused", reason: "token", message: forged }));
  assert.match(message, /^the master refused this worker: /);
  assert.doesNotMatch(message, /[\p{Cc}\u202e]/u);
});

test("more than 64 KiB before the proof end the connection", withTimeout, async (t) => {
  let closed = 0;
  const impostor = await Impostor.listen(t, (socket) => {
    socket.on("close", () => closed++);
    // A frame that promises 60 MB, in many fragments.
    for (let sent = 0; sent < 200; sent++) socket.send("x".repeat(1_000), { fin: false });
  });
  await using worker = new TestLink(impostor.url);
  await worker.until("it looks again", () => closed >= 2);
  assert.deepEqual([worker.heard, worker.of("ended")], [[], []]);
});

test("who takes the port of a master that is gone cannot end its workers", withTimeout, async (t) => {
  const master = await ScriptedMaster.listen();
  await using worker = new TestLink(master.url);
  await worker.until("it is in", () => worker.heard.includes("welcome"));
  await master[Symbol.asyncDispose]();
  const impostor = await Impostor.listen(
    t,
    (socket) => say(socket, { type: "refused", reason: "token", message: "go away" }),
    master.port,
  );
  await worker.until("it was refused twice", () => impostor.heard.length >= 2);
  assert.deepEqual(worker.of("ended"), []);
});
