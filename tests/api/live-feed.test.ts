import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { constants, createGunzip, gunzipSync } from "node:zlib";
import { LiveFeed } from "../../src/api/live/live-feed.ts";
import { LiveStream } from "../support/live-stream.ts";
import type { Cleanup } from "../support/test-process.ts";
import { waitUntil } from "../support/wait-until.ts";
import { syntheticReport } from "../ui/synthetic-report.ts";

async function serve(
  t: Cleanup,
  nowMs = () => performance.now(),
): Promise<{ feed: LiveFeed; url: string; port: number }> {
  const feed = new LiveFeed(nowMs);
  const server = createServer(({ headers }, response) => {
    const isCompressed = headers["accept-encoding"] === "gzip";
    feed.connect(response, (headers["last-event-id"] as string | undefined) ?? null, isCompressed);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    feed.close();
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { feed, url: `http://127.0.0.1:${port}`, port };
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heapBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** A browser that asks for the stream, reads its beginning, and then nothing any more. */
async function deafReader(t: Cleanup, port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  t.after(() => {
    socket.destroy();
  });
  socket.on("error", () => {
    // The server cuts it off: that is what it is for.
  });
  socket.write("GET /api/live HTTP/1.1\r\nhost: x\r\n\r\n");
  await once(socket, "data");
  socket.pause();
  return socket;
}

test("a new reader gets how things stand; one that comes back gets what it missed, and only that", async (t) => {
  const { feed, url } = await serve(t);
  feed.log("event", { number: 1 } as never);
  feed.show("state", { state: "ready" } as never);
  const first = await LiveStream.open(t, url);
  await first.until("state");
  assert.deepEqual(
    first.events.map(({ type }) => type),
    ["hello", "state"],
  );
  feed.log("event", { number: 2 } as never);
  await first.until("event");
  const { lastId } = first;
  first.close();
  await waitUntil("it is gone", () => feed.readerCount === 0);
  feed.log("event", { number: 3 } as never);
  feed.log("window", { number: 4 } as never);
  const again = await LiveStream.open(t, url, lastId ?? "");
  await again.until("state");
  assert.deepEqual(
    again.events.map(({ type, data }) => [type, data.number ?? null]),
    [
      ["event", 3],
      ["window", 4],
      ["state", null],
    ],
  );
});

test("whoever missed too much, or was at another master, is told to begin anew", async (t) => {
  const { feed, url } = await serve(t);
  const first = await LiveStream.open(t, url);
  await first.until("hello");
  const old = first.lastId ?? "";
  first.close();
  for (let number = 0; number < 3_000; number++) feed.log("log", { number } as never);
  for (const lastId of [old, "00000000-5", "nonsense", ""]) {
    const again = await LiveStream.open(t, url, lastId);
    await again.until("reset");
    assert.equal(again.lastId, feed.lastId);
    assert.deepEqual(again.all("log"), []);
  }
});

test("readers that read nothing are cut off, and nothing of what waited for them stays; others miss nothing", async (t) => {
  const { feed, url, port } = await serve(t);
  const listener = await LiveStream.open(t, url);
  await listener.until("hello");
  const deaf = await Promise.all(Array.from({ length: 20 }, () => deafReader(t, port)));
  assert.equal(feed.readerCount, 21);
  const heapBefore = heapBytes();
  const text = "x".repeat(16 * 1024);
  // Without a bound that would be 20 times 32 MiB.
  const events = 2_048;
  for (let number = 0; number < events; number++) {
    feed.log("window", { number, text } as never);
    if (number % 8 === 0) await setImmediate();
  }
  await waitUntil("the deaf ones to be cut off", () => feed.readerCount === 1);
  await waitUntil("the other one to have it all", () => listener.all("window").at(-1)?.number === events - 1);
  assert.equal(listener.all("window").length, events);
  listener.events.length = 0;
  for (const socket of deaf) socket.resume();
  await waitUntil("all to notice", () => deaf.every(({ closed }) => closed));
  // The ring holds 2 MiB of them, in characters of one byte.
  await waitUntil("the memory to be given back", () => heapBytes() - heapBefore < 8 * 1_048_576);
});

test("a reader that reads is not cut off, however large an event is, or what it missed", async (t) => {
  const { feed, url } = await serve(t);
  const reader = await LiveStream.open(t, url);
  await reader.until("hello");
  const large = "x".repeat(1_600_000);
  feed.show("result", { large } as never);
  await reader.until("result");
  feed.log("window", { number: 1 } as never);
  await reader.until("window");
  const { lastId } = reader;
  reader.close();
  for (let number = 2; number < 17; number++) feed.log("window", { number, text: large.slice(0, 100_000) } as never);
  const again = await LiveStream.open(t, url, lastId ?? "");
  await again.until("result");
  assert.equal(again.all("window").length, 15);
  assert.ok(!again.isOver);
});

test("a reader for whom something waits for long is gone, however little it is", async (t) => {
  let nowMs = 0;
  const { feed, port } = await serve(t, () => nowMs);
  await deafReader(t, port);
  const text = "x".repeat(64 * 1024);
  // Fills what the kernel takes, but by far not what this process would keep.
  await waitUntil("something to wait", async () => {
    feed.log("window", { text } as never);
    await setImmediate();
    return feed.pendingBytes > 0;
  });
  await setImmediate();
  feed.log("window", {} as never);
  assert.equal(feed.readerCount, 1);
  nowMs = 31_000;
  feed.log("window", {} as never);
  await waitUntil("it is cut off", () => feed.readerCount === 0);
});

test("a reader that was behind at the last snapshots gets them when it has read the rest", async (t) => {
  const { feed, port } = await serve(t);
  const slow = await deafReader(t, port);
  let text = "";
  slow.on("data", (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-1_000);
  });
  slow.pause();
  feed.show("state", { state: "running" } as never);
  await waitUntil("it to be behind", async () => {
    feed.log("window", { text: "x".repeat(128 * 1024) } as never);
    await setImmediate();
    return feed.pendingBytes > 64 * 1024;
  });
  feed.show("state", { state: "stopping" } as never);
  feed.show("state", { state: "finished" } as never);
  slow.resume();
  await waitUntil("the last state", () => text.includes("finished"));
  assert.ok(!text.includes("stopping"));
});

/** All that a reader gets until the feed closes. */
async function readAll(port: number, headers: Readonly<Record<string, string>>): Promise<() => Promise<Buffer>> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ port, host: "127.0.0.1", headers }, resolve).on("error", reject);
  });
  const chunks: Buffer[] = [];
  response.on("data", (chunk: Buffer) => chunks.push(chunk));
  return async () => {
    await once(response, "end");
    return Buffer.concat(chunks);
  };
}

test("a reader that accepts gzip gets the same text as one stream, in an eighth of the bytes", async (t) => {
  const { feed, port } = await serve(t);
  const plain = await readAll(port, {});
  const packed = await readAll(port, { "accept-encoding": "gzip" });
  const { result } = syntheticReport({ minutes: 1, endpoints: 60, workers: 2, windows: 60 });
  for (let number = 0; number < 5; number++) {
    feed.log("log", { number, text: "größer" } as never);
    feed.show("result", { number, result } as never);
    // A reader that is behind would miss the next result.
    await waitUntil("both have it", () => feed.pendingBytes === 0);
  }
  feed.close();
  const [text, bytes] = await Promise.all([plain(), packed()]);
  // The checksum and the length at the end are checked, too.
  assert.ok(gunzipSync(bytes).equals(text));
  assert.ok(bytes.length < text.length / 8, `${bytes.length} of ${text.length}`);
});

test("a compressed event arrives at once, and one that comes back gets what it missed", async (t) => {
  const { feed, port } = await serve(t);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ port, host: "127.0.0.1", headers: { "accept-encoding": "gzip", "last-event-id": feed.lastId } }, resolve).on(
      "error",
      reject,
    );
  });
  t.after(() => response.destroy());
  const unpacked = response.pipe(createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }));
  unpacked.on("error", () => {});
  let text = "";
  unpacked.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  for (let number = 0; number < 3; number++) {
    feed.log("log", { number } as never);
    await waitUntil(`event ${number}`, () => text.includes(`"number":${number}`));
  }
});

test("a client that has left before it is connected is no reader", async (t) => {
  const feed = new LiveFeed(() => performance.now());
  const arrived = Promise.withResolvers<ServerResponse>();
  const server = createServer((_, response) => arrived.resolve(response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    feed.close();
    server.close();
    server.closeAllConnections();
  });
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write("GET /api/live HTTP/1.1\r\nhost: x\r\n\r\n");
  const response = await arrived.promise;
  socket.destroy();
  await once(response, "close");
  feed.connect(response, null);
  feed.log("event", { number: 1 } as never);
  assert.equal(feed.readerCount, 0);
});
