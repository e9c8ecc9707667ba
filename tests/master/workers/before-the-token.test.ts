import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { Writable } from "node:stream";
import { type TestContext, test } from "node:test";
import { pino } from "pino";
import { WebSocket } from "ws";
import { WorkerServer } from "../../../src/master/workers/worker-server.ts";
import { newNonce, proofOf } from "../../../src/protocol/authentication.ts";
import { protocolVersion } from "../../../src/protocol/version.ts";
import { introduce } from "../../protocol/introduce.ts";
import { happens } from "../../protocol/socket-pair.ts";
import { patienceMs, waitUntil } from "../../support/wait-until.ts";

const withTimeout = { timeout: patienceMs };
const token = "only for workers";
const upgrade = [
  "GET / HTTP/1.1",
  "Host: x",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
  "\r\n",
].join("\r\n");

/** A real server with its log, and those who connect to it. */
class Port {
  readonly logged: string[] = [];
  readonly admitted: string[] = [];
  readonly #t: TestContext;
  readonly #server: WorkerServer;
  #port = 0;

  private constructor(t: TestContext) {
    this.#t = t;
    const write = (line: Buffer, _: string, done: () => void) => {
      this.logged.push(String(JSON.parse(String(line)).msg));
      done();
    };
    this.#server = new WorkerServer({ host: "127.0.0.1", port: 0, token, log: pino(new Writable({ write })) });
    this.#server.open({ admit: () => null, receive: (_, { id }) => void this.admitted.push(id) });
  }

  static async open(t: TestContext): Promise<Port> {
    const port = new Port(t);
    port.#port = await port.#server.listen();
    t.after(() => port.close());
    return port;
  }

  async close(): Promise<void> {
    await this.#server.close();
  }

  /** A bare connection, and all that the server answers on it. */
  tcp(text: string | Uint8Array = ""): { socket: Socket; answered: () => string; closed: () => boolean } {
    const socket = connect(this.#port, "127.0.0.1");
    let answer = "";
    let closed = false;
    socket.on("error", () => {});
    socket.on("data", (data) => {
      answer += data.toString("latin1");
    });
    socket.on("close", () => {
      closed = true;
    });
    socket.write(text);
    this.#t.after(() => socket.destroy());
    return { socket, answered: () => answer, closed: () => closed };
  }

  webSocket(): WebSocket {
    const socket = new WebSocket(`ws://127.0.0.1:${this.#port}`, { perMessageDeflate: false });
    socket.on("error", () => {});
    this.#t.after(() => socket.terminate());
    return socket;
  }

  /** A worker that knows the token gets in. */
  async letsIn(id: string): Promise<void> {
    const socket = this.webSocket();
    introduce(socket, { token }, () => {
      socket.send(JSON.stringify({ type: "hello", id, host: "h", pid: 7, version: "1", session: null }));
    });
    await waitUntil("a worker gets in", () => this.admitted.includes(id));
  }

  /** What the server says to somebody who sends this. */
  async answersTo(...messages: (object | string)[]): Promise<{ reason: string; code: number }> {
    const socket = this.webSocket();
    let reason = "";
    socket.on("message", (data) => {
      reason = (JSON.parse(String(data)) as { reason?: string }).reason ?? "";
    });
    socket.on("open", () => {
      for (const one of messages) socket.send(typeof one === "string" ? one : JSON.stringify(one));
    });
    const [code] = await happens(socket, "close");
    return { reason, code: code as number };
  }
}

/** The head of a masked text frame that promises `bytes`; its end is missing unless they follow. */
function frameHead(bytes: number, isFinal = true): Buffer {
  const head = Buffer.alloc(14);
  head[0] = isFinal ? 0x81 : 0x01;
  head[1] = 0xff;
  head.writeBigUInt64BE(BigInt(bytes), 2);
  return head;
}

test("more than 64 KiB before the proof end the connection, in one frame or in many", withTimeout, async (t) => {
  const port = await Port.open(t);
  const chunk = Buffer.alloc(100_000, "a");
  const one = port.tcp(Buffer.concat([Buffer.from(upgrade), frameHead(16 << 20), chunk]));
  const emptyFragment = Buffer.from([0x01, 0x80, 0, 0, 0, 0]);
  const continued = Buffer.from([0x00, 0x80, 0, 0, 0, 0]);
  const fragments = [emptyFragment, ...Array.from({ length: 20_000 }, () => continued)];
  const many = port.tcp(Buffer.concat([Buffer.from(upgrade), ...fragments]));
  const pings = Array.from({ length: 20_000 }, () => Buffer.from([0x89, 0x80, 0, 0, 0, 0]));
  const pinging = port.tcp(Buffer.concat([Buffer.from(upgrade), ...pings]));
  await waitUntil("all are closed", () => one.closed() && many.closed() && pinging.closed());
  await port.letsIn("w");
});

test("headers of more than 8 KiB, other paths, bodies and browsers are turned away", withTimeout, async (t) => {
  const port = await Port.open(t);
  const large = port.tcp(upgrade.replace("Host: x", `Host: x\r\nX-Large: ${"x".repeat(9_000)}`));
  const other = port.tcp(upgrade.replace("GET /", "GET /other"));
  const browser = port.tcp(upgrade.replace("Host: x", "Host: x\r\nOrigin: http://evil.example"));
  const body = port.tcp("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nabc");
  const noHttp = port.tcp("\u0016\u0003\u0001 not HTTP\r\n\r\n");
  const all = [large, other, browser, body, noHttp];
  await waitUntil("all are closed", () => all.every(({ closed }) => closed()));
  const statuses = all.map(({ answered }) => / (\d{3}) /.exec(answered())?.[1]);
  assert.deepEqual(statuses, ["431", "404", "401", "404", "400"]);
});

test("who does not finish within 5 s is dropped: TCP, HTTP, WebSocket, proof and hello", withTimeout, async (t) => {
  const port = await Port.open(t);
  const idle = port.tcp();
  const slowHeaders = port.tcp("GET / HTTP/1.1\r\nHost: x\r\n");
  const trickle = setInterval(() => slowHeaders.socket.write("x: y\r\n"), 100);
  t.after(() => clearInterval(trickle));
  const silent = port.tcp(upgrade);
  const unproven = port.webSocket();
  unproven.on("open", () => {
    unproven.send(JSON.stringify({ type: "introduction", protocol: protocolVersion, nonce: newNonce() }));
  });
  const wordless = port.webSocket();
  introduce(wordless, { token }, () => {});
  const beganMs = performance.now();
  await Promise.all([happens(unproven, "close"), happens(wordless, "close")]);
  await waitUntil("all are closed", () => [idle, slowHeaders, silent].every(({ closed }) => closed()));
  assert.ok(performance.now() - beganMs > 4_500);
  assert.equal(port.logged.filter((line) => line === "refused a worker: timeout: 127.0.0.1").length, 5);
});

test("a worker gets in while 300 others only occupy connections", withTimeout, async (t) => {
  const port = await Port.open(t);
  const others = Array.from({ length: 300 }, (_, index) => port.tcp(index % 2 === 0 ? "" : upgrade));
  await waitUntil("they are there", () => others.filter(({ closed }) => closed()).length >= 300 - 256);
  await port.letsIn("w");
});

test("a hundred workers of this machine may connect at once", withTimeout, async (t) => {
  const port = await Port.open(t);
  const others = Array.from({ length: 100 }, () => port.tcp());
  await port.letsIn("w");
  assert.ok(!port.logged.includes("refused a worker: crowded: 127.0.0.1"), port.logged.join());
  assert.ok(others.some(({ closed }) => !closed()));
});

test("refusals are logged in ten lines, and the others counted", withTimeout, async (t) => {
  const port = await Port.open(t);
  const introduction = { type: "introduction", protocol: protocolVersion, nonce: newNonce() };
  const proof = { type: "proof", proof: proofOf("guessed", "worker", { worker: newNonce(), master: newNonce() }) };
  for (let guess = 0; guess < 30; guess++) {
    assert.deepEqual(await port.answersTo(introduction, proof), { reason: "token", code: 4001 });
  }
  assert.deepEqual(await port.answersTo("nonsense"), { reason: "bad-message", code: 4001 });
  await port.close();
  assert.deepEqual(port.logged.slice(0, -1), [
    ...Array.from({ length: 10 }, () => "refused a worker: token: 127.0.0.1: its proof of the token is wrong"),
  ]);
  assert.equal(port.logged.at(-1), "21 more refused in 10 s: token 20, bad-message 1");
});

test("the proof of another connection, and the master's own, prove nothing", withTimeout, async (t) => {
  const port = await Port.open(t);
  const nonce = newNonce();
  const introduction = { type: "introduction", protocol: protocolVersion, nonce };
  const recorded = { type: "proof", proof: proofOf(token, "worker", { worker: nonce, master: newNonce() }) };
  assert.deepEqual(await port.answersTo(introduction, recorded), { reason: "token", code: 4001 });
  assert.deepEqual(await port.answersTo(recorded), { reason: "bad-message", code: 4001 });

  // The master gives no proof of its own before that of the worker, so there is nothing to reflect.
  const socket = port.webSocket();
  const heard: string[] = [];
  socket.on("message", (data) => {
    const message = JSON.parse(String(data)) as { type: string; nonce: string };
    heard.push(message.type);
    if (message.type === "challenge") {
      const reflected = proofOf(token, "master", { worker: nonce, master: message.nonce });
      socket.send(JSON.stringify({ type: "proof", proof: reflected }));
    }
  });
  socket.on("open", () => socket.send(JSON.stringify(introduction)));
  await happens(socket, "close");
  assert.deepEqual(heard, ["challenge", "refused"]);
});

test("a worker of an earlier version is told so; its token is not looked at", withTimeout, async (t) => {
  const port = await Port.open(t);
  const earlier = { type: "hello", protocol: 10, token, id: "w", host: "h", pid: 7, version: "1", session: null };
  assert.deepEqual(await port.answersTo(earlier), { reason: "protocol-version", code: 4001 });
});

test("what a stranger says of itself is logged as one line without control characters", withTimeout, async (t) => {
  const port = await Port.open(t);
  const evil = "\u001b]0;PWNED\u0007\u001b[2J\r\n12:00:00 info  a forged line \u202e";
  await port.answersTo({ type: evil, protocol: protocolVersion, nonce: evil, [evil]: evil });
  await port.answersTo(evil);
  const socket = port.webSocket();
  introduce(socket, { token }, () => socket.send(JSON.stringify({ type: evil, host: evil })));
  await happens(socket, "close");
  assert.equal(port.logged.length, 3);
  for (const line of port.logged) assert.doesNotMatch(line, /[\p{Cc}\u202e]/u);
});
