import assert from "node:assert/strict";
import { test } from "node:test";
import type { RequestOptions } from "../../../src/scenario/definition/http.ts";
import { InvalidRequest } from "../../../src/worker/http/request/invalid-request.ts";
import { type Echo, echo, TestClient, TestServer, withTimeout } from "./fixture.ts";

/** Options as JavaScript may have them, whatever the types say. */
const options = (value: unknown) => value as RequestOptions;

for (const [what, method, url, given, message] of [
  ["a line break in a value", "GET", "/", { headers: { "x-a": "1\r\nx-b: 2" } }, /header x-a contains a line break/],
  ["a line feed in a value", "GET", "/", { headers: { "x-a": "1\nx" } }, /header x-a contains a line break/],
  ["a NUL in a value", "GET", "/", { headers: { "x-a": "\0" } }, /the character U\+0000/],
  ["a value above Latin-1", "GET", "/", { headers: { "x-a": "€" } }, /the character U\+20AC/],
  ["a value that is an object", "GET", "/", { headers: { "x-a": {} } }, /header x-a is an object/],
  ["a line break in a name", "GET", "/", { headers: { "x\r\ny": "1" } }, /not a valid header name/],
  ["a colon in a name", "GET", "/", { headers: { "x:": "1" } }, /not a valid header name/],
  ["an empty name", "GET", "/", { headers: { "": "1" } }, /a header has an empty name/],
  ["a Transfer-Encoding", "POST", "/", { headers: { "Transfer-Encoding": "chunked" } }, /cannot be set/],
  ["an Upgrade", "GET", "/", { headers: { upgrade: "websocket" } }, /cannot be set/],
  ["two hosts", "GET", "/", { headers: { host: "a", Host: "b" } }, /more than one host/],
  ["a wrong length", "POST", "/", { headers: { "content-length": "3" }, body: "ab" }, /its content-length is 3/],
  ["a URL that is no text", "GET", undefined, {}, /its URL is undefined/],
  ["a path without its slash", "GET", "jobs", {}, /write "\/jobs"/],
  ["a URL of another scheme, with a name", "GET", "ftp://x/", { name: "/a" }, /neither http: nor https:/],
  ["a method that is none", "GET / HTTP/1.1\r\nx:", "/", {}, /no method/],
  ["CONNECT", "CONNECT", "/", {}, /no method/],
  ["CONNECT in lower case", "connect", "/", {}, /no method/],
  ["an empty method", "", "/", {}, /no method/],
  ["a method that is no text", undefined, "/", {}, /the method is undefined/],
] as const) {
  test(`not sent, and counted nowhere: ${what}`, withTimeout, async () => {
    await using server = await TestServer.http(echo);
    using client = new TestClient(server.url);
    await assert.rejects(client.http.request(method as "GET", url as string, options(given)), (error) => {
      assert.ok(error instanceof InvalidRequest);
      assert.match(error.message, /^the request cannot be sent: /);
      assert.match(error.message, message);
      return true;
    });
    assert.ok(client.counted.every(([, requests]) => requests === 0));
    assert.equal(server.sockets.length, 0);
    assert.equal((await client.http.get("/fine")).ok, true);
  });
}

test("unusual but valid requests are sent", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  using client = new TestClient(server.url);
  const headers = {
    "x-number": 7,
    "x-none": undefined,
    "x-null": null,
    "x-many": ["a", "b"],
    "x-latin": "é",
    Host: "example.com",
    "content-length": "2",
  };
  const seen = (await client.http.post("/%C3%A9?q=[1]#", options({ headers, body: "ab" }))).json<Echo>();
  assert.equal(seen.url, "/%C3%A9?q=[1]");
  assert.deepEqual(
    ["x-number", "x-none", "x-null", "x-many", "x-latin", "host", "content-length"].map((name) => seen.headers[name]),
    ["7", undefined, undefined, "a, b", "é", "example.com", "2"],
  );
});

test("a test may ask to close the connection", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  using client = new TestClient(server.url);
  for (let count = 0; count < 3; count++) {
    const seen = (await client.http.get("/", { headers: { Connection: "x-a, Close" } })).json<Echo>();
    assert.equal(seen.headers.connection, "close");
  }
  assert.equal(server.sockets.length, 3);
});

test("each header goes out once, the latest value of one that is set again and again", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  using client = new TestClient(server.url);
  for (const token of ["a", "b", "a", "c"]) {
    assert.equal(
      (await client.http.get("/", { headers: { "X-Token": token } })).json<Echo>().headers["x-token"],
      token,
    );
  }
  assert.equal((await client.http.get("/")).json<Echo>().headers["x-token"], undefined);
});

test("bodies: empty, larger than what is copied, with bytes that are no text", withTimeout, async () => {
  await using server = await TestServer.http((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => response.end(Buffer.concat(chunks)));
  });
  using client = new TestClient(server.url);
  const random = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  for (const body of [Buffer.alloc(0), random, Buffer.alloc(16_385, random), Buffer.alloc(5_000_000, random)]) {
    const got = await client.http.post("/", { body });
    assert.ok(body.equals(got.body), `${body.length} bytes`);
  }
  for (const body of ["", "ü".repeat(100_000), "a".repeat(3_000_000)]) {
    assert.equal((await client.http.put("/", { body })).text(), body);
  }
  assert.equal(server.sockets.length, 1);
});
