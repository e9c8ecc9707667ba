import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { test } from "node:test";
import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { phaseNames } from "../../../../src/core/request-phase.ts";
import { Network } from "../../../../src/worker/http/network/network.ts";
import { TimeLimitRules } from "../../../../src/worker/http/time-limits.ts";
import { eventually, TestClient, TestServer, within, withTimeout } from "../fixture.ts";
import { selfSigned } from "../self-signed.ts";

async function collected<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const all: Value[] = [];
  for await (const value of values) all.push(value);
  return all;
}

const head = "HTTP/1.1 200 OK\r\n";

/** A server that answers each request with `begin`, and leaves the rest to the test. */
async function serverOf(begin: string): Promise<{ server: TestServer; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = await TestServer.raw((socket) => {
    sockets.push(socket);
    socket.on("data", () => socket.write(begin, "latin1"));
  });
  return { server, sockets };
}

test(
  "a streamed response is there with its head, is read in lines, and keeps its connection",
  withTimeout,
  async () => {
    await using server = await TestServer.http((request, response) => {
      response.setHeader("set-cookie", "a=1");
      response.write('{"a":1}\r\n{"b":');
      setTimeout(() => response.end('"é"}\n\n[3]'), 60);
    });
    using client = new TestClient(server.url);
    for (let count = 0; count < 2; count++) {
      const response = await within(client.http.get("/", { stream: true }), "the head has arrived");
      assert.deepEqual([response.status, response.ok, response.error], [200, true, null]);
      assert.equal(client.http.cookies.get("a"), "1", "cookies are kept with the head");
      const lines = response.lines()[Symbol.asyncIterator]();
      assert.equal((await lines.next()).value, '{"a":1}');
      const firstMs = response.durationMs;
      assert.equal((await lines.next()).value, '{"b":"é"}');
      assert.ok(response.durationMs > firstMs, `${firstMs} ms, ${response.durationMs} ms`);
      assert.deepEqual([(await lines.next()).value, (await lines.next()).value], ["", "[3]"]);
      assert.equal((await lines.next()).done, true);
      assert.deepEqual([response.ok, response.receivedBytes], [true, 24]);
      await assert.rejects(
        async () => await collected(response.chunks()),
        /the body of a streamed response is read once/,
      );
      assert.throws(
        () => (response as unknown as { text(): string }).text(),
        /the response is streamed; read its chunks\(\)/,
      );
    }
    assert.deepEqual(client.counted, [["GET /", 2, {}]]);
    assert.equal(server.sockets.length, 1);
    const receiving = client.recorder.endpoints[0]?.phases.of(phaseNames.indexOf("receiving"));
    assert.ok((receiving?.sumMicros ?? 0) > 60_000, "the time to receive is that of the whole stream");
  },
);

test("server-sent events arrive one by one, however they are cut", withTimeout, async () => {
  const text = "\ufeff: hello\nid: 1\ndata: one\r\ndata:two\r\rdata: \nevent: other\nid\n\n\nevent: none\n\ndata: lost";
  await using server = await TestServer.http(async (_request, response) => {
    response.setHeader("content-type", "text/event-stream");
    for (const byte of Buffer.from(text)) {
      response.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  });
  using client = new TestClient(server.url);
  const response = await client.http.get("/", { stream: true });
  assert.deepEqual(await within(collected(response.events()), "they end"), [
    { type: "message", data: "one\ntwo", id: "1" },
    { type: "other", data: "", id: "" },
  ]);
  assert.deepEqual(client.counted, [["GET /", 1, {}]]);
});

test("a compressed stream is decompressed while it arrives", withTimeout, async () => {
  const compressed = gzipSync("one\ntwo\n".repeat(50_000));
  await using server = await TestServer.http((_request, response) => {
    response.setHeader("content-encoding", "gzip");
    response.end(compressed);
  });
  using client = new TestClient(server.url);
  const response = await client.http.get("/", { stream: true });
  assert.equal((await collected(response.lines())).length, 100_000);
  assert.equal(response.receivedBytes, compressed.length);
  const other = await client.http.get("/", { stream: true });
  for await (const line of other.lines()) {
    assert.equal(line, "one");
    break;
  }
  assert.deepEqual(client.counted, [["GET /", 2, {}]]);
});

test("who reads slowly makes the service wait, and loses nothing", withTimeout, async () => {
  const megabyte = Buffer.alloc(1024 * 1024, "x");
  let written = 0;
  await using server = await TestServer.http(async (_request, response) => {
    for (let count = 0; count < 40; count++) {
      written++;
      if (!response.write(megabyte)) await once(response, "drain");
    }
    response.end();
  });
  using client = new TestClient(server.url);
  const response = await client.http.get("/", { stream: true });
  const chunks = response.chunks()[Symbol.asyncIterator]();
  await chunks.next();
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.ok(written < 20, `${written} MB were written before they were read`);
  assert.ok(
    response.receivedBytes < 1024 * 1024,
    `${response.receivedBytes} bytes were received before they were read`,
  );
  let bytes = 0;
  for (let { value } = await chunks.next(); value !== undefined; { value } = await chunks.next()) bytes += value.length;
  assert.ok(response.receivedBytes === 40 * megabyte.length && bytes > 39 * megabyte.length);
  assert.equal((await within(client.http.get("/", { stream: true }), "it is answered")).status, 200);
  assert.equal(server.sockets.length, 1, "the connection is as good as before");
});

test("it is the same over TLS", withTimeout, async () => {
  const sent = Buffer.alloc(20 * 1024 * 1024, "x");
  const server = createServer(selfSigned, (_request, response) => response.end(sent)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const network = Network.usual.with({ tls: { ca: selfSigned.cert } });
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  using client = new TestClient(url, undefined, undefined, { network });
  try {
    for (let count = 0; count < 2; count++) {
      const response = await client.http.get("/", { stream: true });
      let bytes = 0;
      for await (const chunk of response.chunks()) {
        if (bytes === 0) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          assert.ok(response.receivedBytes < 2 * 1024 * 1024, `${response.receivedBytes} bytes`);
        }
        bytes += chunk.length;
      }
      assert.deepEqual([bytes, response.error], [sent.length, null]);
    }
  } finally {
    client.http.close();
    server.closeAllConnections();
    server.close();
  }
});

test(
  "a test that stops reading ends the request without a failure, and its connection is closed",
  withTimeout,
  async () => {
    const { server, sockets } = await serverOf(`${head}Transfer-Encoding: chunked\r\n\r\n6\r\none\ntw\r\n`);
    await using _ = server;
    using client = new TestClient(server.url);
    const response = await client.http.get("/", { stream: true });
    for await (const line of response.lines()) {
      assert.equal(line, "one");
      break;
    }
    assert.deepEqual([response.ok, response.error], [true, null]);
    assert.deepEqual(client.counted, [["GET /", 1, {}]]);
    await eventually(() => sockets.every((socket) => socket.destroyed || socket.readableEnded), "closed");
    const second = await client.http.get("/", { stream: true });
    second.cancel();
    second.cancel();
    assert.deepEqual(await collected(second.chunks()), []);
    assert.equal(sockets.length, 2);
    assert.deepEqual(client.counted, [["GET /", 2, {}]]);
  },
);

test("a stream that breaks is a failure that the test sees after what had arrived", withTimeout, async () => {
  const { server, sockets } = await serverOf(`${head}Content-Length: 100\r\n\r\none\ntwo\nthr`);
  await using _ = server;
  using client = new TestClient(server.url);
  const response = await client.http.get("/", { stream: true });
  assert.equal(response.ok, true);
  const lines = response.lines()[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, "one");
  sockets[0]?.end();
  assert.equal((await lines.next()).value, "two");
  assert.equal((await lines.next()).done, true, "half a line is none");
  assert.deepEqual([response.ok, response.error?.kind], [false, "reset"]);
  assert.deepEqual(client.counted, [["GET /", 1, { reset: 1 }]]);
});

/** The lines "one" and "two", compressed and flushed, in a body whose end is missing. */
const unended = {
  gzip: gzipSync("one\ntwo\n", { finishFlush: constants.Z_SYNC_FLUSH }),
  deflate: deflateSync("one\ntwo\n", { finishFlush: constants.Z_SYNC_FLUSH }),
  br: brotliCompressSync("one\ntwo\n", { finishFlush: constants.BROTLI_OPERATION_FLUSH }),
  zstd: zstdCompressSync("one\ntwo\n", { finishFlush: constants.ZSTD_e_flush }),
};

for (const [coding, compressed] of Object.entries(unended)) {
  test(`a stream in ${coding} that breaks or is left ends like any other`, withTimeout, async () => {
    const start = `${head}Content-Encoding: ${coding}\r\nContent-Length: 100\r\n\r\n`;
    const { server, sockets } = await serverOf(start + compressed.toString("latin1"));
    await using _ = server;
    using client = new TestClient(server.url);
    const broken = await client.http.get("/", { stream: true });
    setTimeout(() => sockets[0]?.end(), 50);
    assert.deepEqual(await within(collected(broken.lines()), "it ends"), ["one", "two"]);
    assert.deepEqual([broken.ok, broken.error?.kind], [false, "reset"]);
    const left = await client.http.get("/", { stream: { maxDuration: "50ms" } });
    assert.deepEqual(await within(collected(left.lines()), "it ends"), ["one", "two"]);
    assert.deepEqual([left.ok, client.counted], [true, [["GET /", 2, { reset: 1 }]]]);
  });
}

test("a whole body that is not what its coding says fails where it is read", withTimeout, async () => {
  await using server = await TestServer.http((request, response) => {
    response.setHeader("content-encoding", "gzip");
    response.end(request.url === "/unended" ? unended.gzip : "no gzip");
  });
  using client = new TestClient(server.url);
  const unread = (await client.http.get("/other", { stream: true })).chunks();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await assert.rejects(within(collected(unread), "it ends"), { code: "Z_DATA_ERROR" });
  const response = await client.http.get("/unended", { stream: true });
  await assert.rejects(within(collected(response.lines()), "it ends"), { code: "Z_BUF_ERROR" });
});

test("a stream without a length ends well when the connection does", withTimeout, async () => {
  const { server, sockets } = await serverOf(`${head}\r\none\ntw`);
  await using _ = server;
  using client = new TestClient(server.url);
  const response = await client.http.get("/", { stream: true });
  setTimeout(() => sockets[0]?.end("o"), 20);
  assert.deepEqual(await collected(response.lines()), ["one", "two"]);
  assert.deepEqual([response.ok, client.counted], [true, [["GET /", 1, {}]]]);
});

for (const [what, timeout, message] of [
  ["never ends", { total: "400ms" }, "no complete response within 400 ms"],
  ["falls silent", { body: "300ms" }, "no more body data within 300 ms"],
] as const) {
  test(`a stream that ${what} is ended by its time limit`, withTimeout, async () => {
    const { server, sockets } = await serverOf(`${head}Transfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n`);
    await using _ = server;
    using client = new TestClient(server.url, undefined, new TimeLimitRules({ total: "10s" }));
    const response = await client.http.get("/", { stream: true, timeout });
    assert.deepEqual(await within(collected(response.lines()), "it ends"), ["one"]);
    assert.deepEqual([response.error?.kind, response.error?.message], ["timeout", message]);
    assert.deepEqual(client.counted, [["GET /", 1, { timeout: 1 }]]);
    await eventually(() => sockets.every((socket) => socket.destroyed || socket.readableEnded), "closed");
  });
}

test("a duration that is longer than a timer of Node.js can be ends nothing", withTimeout, async () => {
  await using server = await TestServer.http((_request, response) => {
    response.write("one\n");
    setTimeout(() => response.end("two\n"), 50);
  });
  using client = new TestClient(server.url);
  const response = await client.http.get("/", { stream: { maxDuration: "30d" } });
  assert.deepEqual(await within(collected(response.lines()), "it ends"), ["one", "two"]);
});

test("a stream ends after its longest duration, which is no failure", withTimeout, async () => {
  const { server, sockets } = await serverOf(`${head}Transfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n`);
  await using _ = server;
  using client = new TestClient(server.url);
  const response = await client.http.get("/", { stream: { maxDuration: "400ms" } });
  assert.deepEqual(await within(collected(response.lines()), "it ends"), ["one"]);
  assert.deepEqual([response.ok, client.counted], [true, [["GET /", 1, {}]]]);
  assert.ok(response.durationMs >= 395, `${response.durationMs} ms`);
  await eventually(() => sockets.every((socket) => socket.destroyed || socket.readableEnded), "closed");
});

test(
  "while the test does not read, only the limit in total applies, and its message says so",
  withTimeout,
  async () => {
    await using server = await TestServer.http((_request, response) => response.end(Buffer.alloc(30 * 1024 * 1024)));
    using client = new TestClient(server.url);
    const response = await client.http.get("/", { stream: true, timeout: { body: "50ms", total: "400ms" } });
    const chunks = response.chunks()[Symbol.asyncIterator]();
    await chunks.next();
    await eventually(() => response.error !== null, "it is over");
    assert.deepEqual(response.error, {
      kind: "timeout",
      message: "the test had not read the whole response within 400 ms",
    });
  },
);

for (const [what, stream, body, message] of [
  ["more bytes", { maxBytes: 10 }, "01234567890", "the response has more than 10 bytes (stream.maxBytes)"],
  ["a longer line", { maxLineLength: 5 }, "abc\nabcdef\n", "a line of more than 5 characters (stream.maxLineLength)"],
  ["an endless line", { maxLineLength: 5 }, "abc\nabcdef", "a line of more than 5 characters (stream.maxLineLength)"],
  [
    "an endless event",
    { maxLineLength: 12 },
    "data: ab\n".repeat(9),
    "an event of more than 12 characters (stream.maxLineLength)",
  ],
] as const) {
  test(`${what} than allowed fail the request as a check, and close its connection`, withTimeout, async () => {
    const { server, sockets } = await serverOf(`${head}Content-Length: 1000\r\n\r\n${body}`);
    await using _ = server;
    using client = new TestClient(server.url);
    const response = await client.http.get("/", { stream });
    await within(collected<unknown>(what === "an endless event" ? response.events() : response.lines()), "it ends");
    assert.deepEqual([response.ok, response.error], [false, { kind: "check", message }]);
    assert.deepEqual(client.counted, [["GET /", 1, { check: 1 }]]);
    await eventually(() => sockets.every((socket) => socket.destroyed || socket.readableEnded), "closed");
  });
}

test("the status is judged with the head, and stays what it was", withTimeout, async () => {
  const { server } = await serverOf(`HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nno.\n`);
  await using _ = server;
  using client = new TestClient(server.url);
  const response = await client.http.get("/", { stream: true });
  assert.deepEqual([response.ok, response.error?.kind], [false, "5xx"]);
  assert.deepEqual(await collected(response.lines()), ["no."]);
  const expected = await client.http.get("/", {
    stream: true,
    expect: ({ status, headers }) => status === 503 && headers["content-length"] === "4",
  });
  expected.cancel();
  assert.equal(expected.ok, true);
  assert.deepEqual(client.counted, [["GET /", 2, { "5xx": 1 }]]);
});

test("without a response there is nothing to read, and the error says why", withTimeout, async () => {
  using client = new TestClient("http://127.0.0.1:1");
  const response = await client.http.get("/", { stream: true });
  assert.deepEqual([response.status, response.ok, response.error?.kind], [0, false, "refused"]);
  assert.deepEqual(await collected(response.lines()), []);
  assert.deepEqual(await collected((await client.http.get("/", { stream: true })).events()), []);
});

test("a user that is stopped cannot read on", withTimeout, async () => {
  const { server } = await serverOf(`${head}Transfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n`);
  await using _ = server;
  using client = new TestClient(server.url);
  const response = await client.http.get("/", { stream: true });
  const lines = response.lines()[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, "one");
  const next = lines.next();
  client.http.abort();
  await assert.rejects(within(next, "it ends"), /the virtual user was stopped/);
  assert.deepEqual(client.counted, [["GET /", 0, {}]]);
});

test(
  "at the end of an iteration, what nobody reads is abandoned, and who reads in the background continues",
  withTimeout,
  async () => {
    const { server, sockets } = await serverOf(`${head}Transfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n`);
    await using _ = server;
    using client = new TestClient(server.url);
    const unread = await client.http.get("/unread", { stream: true });
    const read = await client.http.get("/read", { stream: true });
    const lines = read.lines()[Symbol.asyncIterator]();
    await lines.next();
    assert.equal(client.http.leaveOpen(), 0, "neither was forgotten");
    assert.deepEqual(await collected(unread.lines()), []);
    assert.deepEqual(client.counted, [
      ["GET /unread", 1, {}],
      ["GET /read", 0, {}],
    ]);
    sockets[1]?.write("4\r\ntwo\n\r\n0\r\n\r\n");
    assert.equal((await lines.next()).value, "two");
    assert.equal((await lines.next()).done, true);
  },
);

test("redirects are followed to the stream", withTimeout, async () => {
  await using server = await TestServer.http((request, response) => {
    if (request.url === "/from") response.writeHead(302, { location: "/to" }).end("elsewhere");
    else response.end("here\n");
  });
  using client = new TestClient(server.url);
  const response = await client.http.get("/from", { stream: true, maxRedirects: 2 });
  assert.deepEqual(await collected(response.lines()), ["here"]);
  assert.equal(response.redirects.length, 1);
});

for (const [what, stream, message] of [
  ["a text", "yes", /the option stream is the string "yes"; expected an object such as/],
  ["a misspelt field", { maxByte: 1 }, /unknown field "maxByte" in stream; did you mean maxBytes\?/],
  ["no bytes", { maxBytes: 0 }, /stream\.maxBytes is the number 0; expected a whole number above 0/],
  ["a bare number as a duration", { maxDuration: 5 }, /stream\.maxDuration: /],
] as const) {
  test(`${what} as stream is refused by name`, withTimeout, async () => {
    using client = new TestClient("http://127.0.0.1:1");
    await assert.rejects(client.http.get("/", { stream } as never), message);
  });
}
