import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import type { WebSocket } from "ws";
import { Channel } from "../../src/protocol/channel.ts";
import { closeCodes } from "../../src/protocol/version.ts";
import { workerMessage } from "../../src/protocol/worker-messages.ts";
import { patienceMs } from "../support/wait-until.ts";
import { workerExamples } from "./message-examples.ts";
import { happens, listening, SocketPair } from "./socket-pair.ts";

const withTimeout = { timeout: patienceMs };

test("messages and frames arrive in order, messages validated and frames unchanged", withTimeout, async () => {
  await using pair = await SocketPair.open();
  for (const example of Object.values(workerExamples)) pair.peer.send(JSON.stringify(example));
  pair.peer.send(Uint8Array.of(1, 2, 3));
  pair.peer.close(1000, "done");
  assert.equal(await pair.closed, "done");
  assert.deepEqual(pair.messages, Object.values(workerExamples));
  assert.deepEqual(
    pair.frames.map((frame) => [...frame]),
    [[1, 2, 3]],
  );
});

test("what is sent arrives as one line of JSON or as a binary frame", withTimeout, async () => {
  await using pair = await SocketPair.open();
  pair.channel.send({ type: "ack", sequence: 1 });
  assert.deepEqual((await happens(pair.peer, "message")).map(String), ['{"type":"ack","sequence":1}', "false"]);
  pair.channel.sendFrame(Uint8Array.of(7));
  assert.deepEqual(await happens(pair.peer, "message"), [Buffer.of(7), true]);
});

/** Objects in objects, as JSON. */
function nested(levels: number): string {
  return `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
}

const badMessages: Readonly<Record<string, string>> = {
  "malformed JSON": "{",
  "an unknown type": '{"type":"order-pizza"}',
  "no object": "42",
  "an extra field": '{"type":"ready","now":true}',
  "an ill-typed field": '{"type":"heartbeat","users":"many"}',
  "a value that is nested too deep": `{"type":"lifecycle-done","phase":"setup","value":{"a":${nested(121)}},"error":null,"endpoints":[]}`,
  "a value that is nested far too deep": `{"type":"lifecycle-done","phase":"setup","value":{"a":${nested(100_000)}},"error":null,"endpoints":[]}`,
  "a name of many bytes": `{"type":"ready","${"ü".repeat(500)}":1}`,
};

for (const [what, text] of Object.entries(badMessages)) {
  test(`${what} closes the socket with code 4002 and a reason that fits`, withTimeout, async () => {
    await using pair = await SocketPair.open();
    pair.peer.send(text);
    const { code, reason } = await pair.peerClosed();
    assert.equal(code, closeCodes.badMessage);
    assert.match(reason.toString(), /^bad message: /);
    assert.ok(reason.length <= 123, `${reason.length} bytes`);
    await pair.closed;
    assert.deepEqual([pair.messages, pair.closeReasons.length, pair.refused], [[], 1, ["received"]]);
  });
}

test("a peer that refuses a message says so by its close code, and others do not", withTimeout, async () => {
  for (const [code, refused] of [
    [closeCodes.badMessage, "sent"],
    [1009, "sent"],
    [closeCodes.finished, null],
    [1000, null],
  ] as const) {
    await using pair = await SocketPair.open();
    pair.peer.close(code, "so");
    await pair.closed;
    assert.deepEqual([pair.closeReasons, pair.refused], [["so"], [refused]], String(code));
  }
});

// The reason quotes what a peer sent, so it may be cut within any character; ws throws above 123 bytes.
test("a reason of any text is cut to 123 bytes", withTimeout, async () => {
  for (const character of ["x", "ü", "€", "🦊"]) {
    for (let offset = 0; offset < 4; offset++) {
      await using pair = await SocketPair.open();
      const reason = "a".repeat(offset) + character.repeat(124);
      assert.doesNotThrow(() => pair.channel.close(closeCodes.refused, reason), `${offset} bytes, then ${character}`);
      const closed = await pair.peerClosed();
      assert.ok(closed.reason.length <= 123);
      assert.ok(closed.reason.toString().startsWith(reason.slice(0, 20)));
      assert.ok(!closed.reason.toString().includes("\uFFFD"), "cut between two characters");
    }
  }
});

test("nothing that follows a bad message is acted on", withTimeout, async () => {
  await using pair = await SocketPair.open();
  pair.peer.send("{");
  pair.peer.send(JSON.stringify(workerExamples.ready));
  pair.peer.send(Uint8Array.of(1));
  await pair.closed;
  assert.deepEqual([pair.messages, pair.frames], [[], []]);
});

test("text that is not UTF-8 closes the socket", withTimeout, async () => {
  await using pair = await SocketPair.open();
  pair.peer.send(Buffer.of(0xc3, 0x28), { binary: false });
  assert.match(await pair.closed, /^bad message: .*utf-8/);
  assert.deepEqual([pair.messages, pair.closeReasons.length, pair.refused], [[], 1, ["received"]]);
});

test("the loss of a peer is reported once, and sending to it does nothing", withTimeout, async () => {
  await using pair = await SocketPair.open();
  pair.peer.terminate();
  assert.equal(await pair.closed, "socket closed (1006)");
  assert.equal(pair.channel.isOpen, false);
  pair.channel.send({ type: "quit" });
  pair.channel.sendFrame(Uint8Array.of(1));
  pair.channel.close(1000, "again");
  pair.channel.terminate();
  assert.equal(pair.closeReasons.length, 1);
});

test("terminate ends the socket at once and reports that", withTimeout, async () => {
  await using pair = await SocketPair.open();
  pair.channel.terminate();
  await pair.closed;
  assert.equal((await pair.peerClosed()).code, 1006);
});

test("a peer that does not answer the close is cut off", withTimeout, async () => {
  const server = await listening();
  const raw = await deafPeer(server.address() as { port: number });
  const [socket] = (await happens(server, "connection")) as [WebSocket];
  const closed = Promise.withResolvers<string>();
  const channel = new Channel(socket, workerMessage, {
    onMessage: () => {},
    onFrame: () => {},
    onClose: closed.resolve,
  });
  channel.close(1000, "bye", 50);
  await closed.promise;
  raw.destroy();
  server.close();
});

/** A peer that completes the handshake of RFC 6455 and then does not answer. */
async function deafPeer({ port }: { port: number }): Promise<Socket> {
  const raw = connect(port, "127.0.0.1");
  await happens(raw, "connect");
  raw.write(
    "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
  );
  raw.on("data", () => {});
  return raw;
}
