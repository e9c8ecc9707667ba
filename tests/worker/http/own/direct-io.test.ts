import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { IntervalRecorder } from "../../../../src/stats/interval-recorder.ts";
import { VirtualUserClient } from "../../../../src/worker/http/client.ts";
import { type DirectIo, directIo, handleOf } from "../../../../src/worker/http/own/direct-io.ts";
import { newOwnEngine } from "../../../../src/worker/http/own/own-engine.ts";
import { RequestWriter } from "../../../../src/worker/http/own/request-writer.ts";
import { parseBase } from "../../../../src/worker/http/request/target.ts";
import { patienceMs } from "../../../support/wait-until.ts";
import { eventually, TestServer, withTimeout } from "../fixture.ts";

/** One call of the system takes it whole, as long as there is room. */
const text = "x".repeat(15_000);
/** More than the buffers of a connection hold. */
const mostWrites = 3_000;

const ways: readonly [name: string, directIo: DirectIo | null][] = [
  ["past the stream", directIo],
  ["as a stream", null],
];

function userOf(server: TestServer, io: DirectIo | null): VirtualUserClient {
  return new VirtualUserClient(newOwnEngine({ directIo: io }), new IntervalRecorder(), parseBase(server.url));
}

/** A connection to a server that does not read yet. */
async function connectionTo(server: TestServer): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port: server.port });
  await once(socket, "connect", { signal: AbortSignal.timeout(patienceMs) });
  await eventually(() => server.sockets.length === 1, "accepted");
  return socket;
}

const paused = () => TestServer.raw((socket) => socket.pause());

test("this version of Node.js has what it takes, and it is what sockets go by", withTimeout, async () => {
  await using server = await TestServer.raw((socket) => socket.write("as a stream"));
  const socket = await connectionTo(server);
  const handle = handleOf(socket);
  assert.ok(directIo !== null && handle !== null);
  await once(socket, "data", { signal: AbortSignal.timeout(patienceMs) });
  socket.on("data", () => assert.fail("read as a stream"));
  const byteCounts: number[] = [];
  directIo.read(handle, (byteCount) => byteCounts.push(byteCount));
  server.sockets[0]?.end("directly");
  await once(socket, "close", { signal: AbortSignal.timeout(patienceMs) });
  assert.deepEqual(byteCounts, ["directly".length]);
});

for (const [name, io] of ways) {
  test(`${name}: requests and answers of any size arrive whole`, withTimeout, async () => {
    await using server = await TestServer.http(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      response.end(Buffer.concat(chunks));
    });
    const user = userOf(server, io);
    for (const size of [0, 1, 15_000, 17_000, 300_000, 5_000_000]) {
      for (const body of ["y".repeat(size), Buffer.alloc(size, "z")]) {
        const got = await user.post("/", { body });
        assert.deepEqual([got.error, got.text() === body.toString()], [null, true], `${size} bytes`);
      }
    }
    assert.equal(server.sockets.length, 1);
    user.close();
  });

  test(`${name}: a connection whose request is still being sent is not used again`, withTimeout, async () => {
    await using server = await paused();
    const user = userOf(server, io);
    let writes = 0;
    for (; writes < mostWrites && server.sockets.length < 2; writes++) {
      await nextTurn();
      const response = user.post("/", { body: text });
      if (writes === 0) await eventually(() => server.sockets.length === 1, "connected");
      await nextTurn();
      server.sockets.at(-1)?.write("HTTP/1.1 204 No Content\r\n\r\n");
      assert.equal((await response).status, 204);
    }
    assert.ok(writes > 10, `after ${writes} requests`);
    assert.equal(server.sockets.length, 2);
    user.close();
  });

  test(`${name}: a write that the system refuses ends the socket with its error`, withTimeout, async () => {
    await using server = await paused();
    const socket = await connectionTo(server);
    const failed = once(socket, "error", { signal: AbortSignal.timeout(patienceMs) });
    server.sockets[0]?.resetAndDestroy();
    new RequestWriter(socket, { written: () => assert.fail("written") }, io).write(text, null);
    const [error] = (await failed) as [NodeJS.ErrnoException];
    assert.deepEqual([error.code, error.message], ["ECONNRESET", "write ECONNRESET"]);
    assert.equal(socket.destroyed, true);
  });
}

test("data that the kernel does not accept at once is written later, and that is reported", withTimeout, async () => {
  await using server = await paused();
  const socket = await connectionTo(server);
  let writtenCount = 0;
  const writer = new RequestWriter(socket, { written: () => writtenCount++ }, directIo);
  const texts: string[] = [];
  while (!writer.isWriting && texts.length < mostWrites) {
    texts.push(String.fromCharCode(97 + (texts.length % 26)).repeat(15_000));
    writer.write(texts.at(-1) as string, null);
  }
  assert.deepEqual([writer.isWriting, writtenCount], [true, 0]);
  const received: Buffer[] = [];
  server.sockets[0]?.on("data", (bytes: Buffer) => received.push(bytes)).resume();
  await eventually(() => writtenCount === 1 && !writer.isWriting, "written");
  writer.write("the end", null);
  socket.end();
  await once(server.sockets[0] as Socket, "end", { signal: AbortSignal.timeout(patienceMs) });
  assert.equal(Buffer.concat(received).toString(), `${texts.join("")}the end`);
});

test("a write that is under way when its socket is destroyed says nothing", withTimeout, async () => {
  await using server = await paused();
  const socket = await connectionTo(server);
  const writer = new RequestWriter(socket, { written: () => assert.fail("written") }, directIo);
  for (let count = 0; !writer.isWriting && count < mostWrites; count++) writer.write(text, null);
  socket.on("error", (error) => assert.fail(error));
  socket.destroy();
  await once(socket, "close", { signal: AbortSignal.timeout(patienceMs) });
  await eventually(() => !writer.isWriting, "given up");
});
