import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { HttpResponse } from "../../../../src/scenario/definition/http.ts";
import { TestClient, TestServer, withTimeout } from "../fixture.ts";

const text = JSON.stringify({ text: "naïve ".repeat(2_000) });

/** What a test gets of `bytes` sent with a Content-Encoding. */
async function received(bytes: Uint8Array, coding: string): Promise<{ got: HttpResponse; bytesIn: number }> {
  await using server = await TestServer.http((_, response) => {
    response.setHeader("content-encoding", coding);
    response.end(bytes);
  });
  using client = new TestClient(server.url);
  const got = await client.http.get("/");
  return { got, bytesIn: client.recorder.endpoints[0]?.bytesIn ?? 0 };
}

for (const [coding, bytes] of [
  ["gzip", gzipSync(text)],
  ["X-GZIP", gzipSync(text)],
  ["deflate", deflateSync(text)],
  ["deflate", deflateRawSync(text)],
  ["br", brotliCompressSync(text)],
  ["zstd", zstdCompressSync(text)],
  ["gzip, br", brotliCompressSync(gzipSync(text))],
  ["identity", Buffer.from(text)],
] as const) {
  test(`${coding} is unpacked when the body is read, and counted as it came`, withTimeout, async () => {
    const { got, bytesIn } = await received(bytes, coding);
    assert.deepEqual([got.ok, got.error], [true, null]);
    assert.deepEqual(got.json(), JSON.parse(text));
    assert.ok(Buffer.from(text).equals(got.body));
    assert.equal(got.text(), text);
    const headBytes = bytesIn - bytes.length;
    assert.ok(headBytes > 0 && headBytes < 400, `${headBytes}`);
  });
}

test("an unknown coding is left unchanged", withTimeout, async () => {
  const { got } = await received(Buffer.from("as it came"), "gzip, rot13");
  assert.equal(got.text(), "as it came");
});

test("a body that does not match its coding fails when it is read, not the request", withTimeout, async () => {
  const { got } = await received(Buffer.from("no gzip"), "gzip");
  assert.equal(got.ok, true);
  assert.throws(() => got.text());
  assert.throws(() => got.body);
});

test("answers without a body need no unpacking", withTimeout, async () => {
  await using server = await TestServer.http((_, response) => response.setHeader("content-encoding", "gzip").end());
  using client = new TestClient(server.url);
  assert.equal((await client.http.head("/")).text(), "");
  assert.equal((await client.http.get("/")).body.length, 0);
});

test("no Accept-Encoding is sent unless the test sends it", withTimeout, async () => {
  await using server = await TestServer.http((request, response) => {
    response.end(JSON.stringify(request.headers["accept-encoding"] ?? null));
  });
  using client = new TestClient(server.url);
  assert.equal((await client.http.get("/")).json(), null);
  assert.equal((await client.http.get("/", { headers: { "Accept-Encoding": "br" } })).json(), "br");
});
