import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { BodyMemory, bodyMemory } from "../../../../src/worker/http/response/body-memory.ts";
import { BodyBlocks } from "../../../../src/worker/http/response/received-body.ts";
import { waitUntil } from "../../../support/wait-until.ts";
import { TestClient, TestServer, withTimeout } from "../fixture.ts";

const tooLarge = { code: "MUSTER_BODY_TOO_LARGE" };

test("memory is counted until it is released, and given back when its owner is gone", () => {
  let nowMs = 0;
  let collections = 0;
  const memory = new BodyMemory(
    1_000,
    () => {
      collections++;
    },
    () => nowMs,
  );
  const owner = {};
  const held = memory.hold(owner, 600);
  assert.equal(held?.grow(300), true);
  assert.equal(held.grow(200), false);
  assert.equal(memory.hold({}, 101), null);
  // Two that found no room, but one collection: the next is 250 ms later at the earliest.
  assert.deepEqual([memory.usedBytes, collections], [900, 1]);
  nowMs = 300;
  assert.equal(memory.hold({}, 101), null);
  assert.equal(collections, 2);
  held.release();
  held.release();
  assert.equal(memory.usedBytes, 0);
  assert.ok(memory.hold(owner, 1_000));
});

test("a body whose memory is used up is not kept, and a small one is", () => {
  const memory = new BodyMemory(200_000, () => {});
  const piece = Buffer.alloc(50_000, "x");
  const [first, second, small] = [new BodyBlocks(memory), new BodyBlocks(memory), new BodyBlocks(memory)];
  for (const blocks of [first, first, first, second, second, small]) blocks.add(piece, 0, piece.length);
  assert.equal(first.toBuffer().length, 150_000);
  assert.throws(() => second.toBuffer(), tooLarge);
  assert.equal(small.toBuffer().length, 50_000);
  assert.equal(memory.usedBytes, 150_000);
  first.release();
  assert.equal(memory.usedBytes, 0);
});

const zeros = Buffer.alloc(140 << 20);
// Each takes half a second.
const gzip = gzipSync(zeros, { level: 9 });
const br = brotliCompressSync(zeros, { params: { 1: 1 } });
const deflate = deflateSync(zeros);
const bombs = [
  ["gzip", gzip],
  ["br", br],
  ["zstd", zstdCompressSync(zeros)],
  ["deflate", deflate],
  // Without the header and the checksum, as some servers send it.
  ["deflate", deflate.subarray(2, -4)],
  ["gzip, gzip", gzipSync(gzip)],
  ["br, gzip", gzipSync(br)],
] as const;

test("a body that is small until it is decompressed cannot fill the memory", withTimeout, async () => {
  let next = 0;
  await using server = await TestServer.http((_, response) => {
    const [coding, bytes] = bombs[next++] ?? bombs[0];
    response.setHeader("content-encoding", coding);
    response.end(bytes);
  });
  using client = new TestClient(server.url);
  for (const [coding] of bombs) {
    const response = await client.http.get("/", { name: "bomb" });
    assert.equal(response.ok, true, coding);
    assert.throws(() => response.text(), tooLarge, coding);
    assert.throws(() => response.json(), tooLarge, coding);
    assert.throws(() => response.body, tooLarge, coding);
  }
  assert.ok(bodyMemory.usedBytes < bodyMemory.most);
});

test(
  "bodies that a test keeps take no more than the memory of all, and none that it lets go",
  withTimeout,
  async () => {
    const large = Buffer.alloc(40 << 20, "x");
    const packed = gzipSync(large);
    await using server = await TestServer.http((request, response) => {
      if (request.url === "/packed") response.setHeader("content-encoding", "gzip").end(packed);
      else response.end(large);
    });
    using client = new TestClient(server.url);
    const kept: Uint8Array[] = [];
    await assert.rejects(async () => {
      for (let count = 0; count < 10; count++) kept.push((await client.http.get(count % 2 ? "/" : "/packed")).body);
    }, tooLarge);
    assert.ok(kept.length >= 4 && kept.length <= 6, `${kept.length}`);
    kept.length = 0;
    const isWhole = (url: string) =>
      client.http
        .get(url)
        .then(({ body }) => body.length === large.length)
        .catch(() => false);
    // A garbage collection is tried from time to time.
    let read = 0;
    await waitUntil("bodies are read again", async () => {
      if (await isWhole(read % 2 === 0 ? "/" : "/packed")) read++;
      return read === 4;
    });
  },
);
