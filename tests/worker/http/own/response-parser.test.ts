import assert from "node:assert/strict";
import { test } from "node:test";
import { ResponseParser } from "../../../../src/worker/http/own/response-parser.ts";
import { lenientResponses } from "./lenient-responses.ts";
import { type Parsed, type ParseOptions, parse } from "./parsed.ts";
import { refused, refusedChunks } from "./refused-responses.ts";

const ok = "HTTP/1.1 200 OK\r\n";

/** Checks `text` whole, cut at every byte, and byte by byte: always the same, and equal to what is `expected`. */
function parses(text: string, expected: Partial<Parsed>, options: ParseOptions = {}): void {
  const whole = parse(text, options);
  for (const [key, value] of Object.entries(expected)) assert.deepEqual(whole[key as keyof Parsed], value, key);
  for (let cut = 1; cut < text.length; cut++) {
    assert.deepEqual(parse(text, { ...options, cuts: [cut] }), whole, `cut at ${cut}`);
  }
  const everywhere = Array.from({ length: text.length - 1 }, (_, index) => index + 1);
  assert.deepEqual(parse(text, { ...options, cuts: everywhere }), whole, "byte by byte");
}

test("a body with a length", () => {
  parses(`${ok}Content-Length: 5\r\n\r\nhello`, {
    status: 200,
    headers: { "content-length": "5" },
    body: "hello",
    outcome: "complete",
    keepsAlive: true,
    idleSeconds: -1,
    left: 0,
  });
  parses(`${ok}Content-Length: 0\r\n\r\n`, { body: "", outcome: "complete", keepsAlive: true });
  parses(`${ok}Content-Length: 5\r\n\r\nhell`, { body: "hell", outcome: "more" });
  parses(`${ok}Content-Length: 5\r\n\r\nhell`, { outcome: "more" }, { closes: true });
});

test("headers: any case, any blanks around the value, repeated ones joined", () => {
  parses(`${ok}X-A:1\r\nx-a: \t2 3\t \r\nX-EMPTY:\r\nCONTENT-LENGTH:\t0 \r\n\r\n`, {
    headers: { "x-a": "1, 2 3", "x-empty": "", "content-length": "0" },
    outcome: "complete",
  });
  parses(`${ok}Set-Cookie: a=1\r\nset-cookie: b=2; Path=/\r\nContent-Length: 0\r\n\r\n`, {
    setCookie: ["a=1", "b=2; Path=/"],
  });
  parses(`${ok}x: caf\xe9\xa0\r\nContent-Length: 0\r\n\r\n`, { headers: { x: "caf\xe9\xa0", "content-length": "0" } });
});

test("a header named as what every object has is a header like any other", () => {
  const { headers } = parse(`${ok}__proto__: a\r\nConstructor: b\r\n__proto__: c\r\nContent-Length: 0\r\n\r\n`);
  assert.deepEqual(Object.entries(headers), [
    ["__proto__", "a, c"],
    ["constructor", "b"],
    ["content-length", "0"],
  ]);
  assert.equal(Object.getPrototypeOf(headers), Object.prototype);
});

test("names that only look like those that count", () => {
  parses(`${ok}X-Content-Len: 9\r\nContent-Lengty: 9\r\nConnectiom: close\r\nContent-Length: 1\r\n\r\na`, {
    body: "a",
    outcome: "complete",
    keepsAlive: true,
  });
  // "\x1f" and "_" differ from "-" and "?" in the bit that tells the case of a letter.
  parses(`${ok}content_length: 9\r\nContent-Length: 1\r\n\r\na`, { body: "a", outcome: "complete" });
});

test("a body in chunks, with extensions and trailers, which are dropped", () => {
  parses(`${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n00000A;a=b;c="d e"\r\n, world!!!\r\n0\r\n\r\n`, {
    body: "hello, world!!!",
    outcome: "complete",
    keepsAlive: true,
  });
  parses(`${ok}transfer-encoding: CHUNKED\r\n\r\n1\r\na\r\n0;x\r\nDigest: 1\r\nContent-Length: 7\r\n\r\n`, {
    body: "a",
    headers: { "transfer-encoding": "CHUNKED" },
    outcome: "complete",
  });
  parses(`${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n`, { outcome: "more" }, { closes: true });
});

test("a body up to the end of the connection", () => {
  parses(`${ok}\r\nhello`, { body: "hello", outcome: "more" });
  parses(`${ok}\r\nhello`, { body: "hello", outcome: "complete", keepsAlive: false }, { closes: true });
  parses(`${ok}\r\n`, { body: "", outcome: "complete" }, { closes: true });
});

test("responses without a body, whatever they announce", () => {
  parses("HTTP/1.1 204 No Content\r\n\r\n", { outcome: "complete", keepsAlive: true });
  parses("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", { outcome: "complete", keepsAlive: true });
  parses(`${ok}Content-Length: 9\r\n\r\n`, { outcome: "complete", keepsAlive: true }, { isAnswerToHead: true });
  parses(`${ok}Transfer-Encoding: chunked\r\n\r\n`, { outcome: "complete" }, { isAnswerToHead: true });
  parses(ok.concat("\r\n"), { outcome: "complete", keepsAlive: true }, { isAnswerToHead: true });
  // What a 204 announces may come all the same: the connection is not used again.
  parses("HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", { outcome: "complete", keepsAlive: false });
});

test("informational responses are skipped", () => {
  parses(
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: </a>\r\nContent-Length: 9\r\n\r\n${ok}Content-Length: 1\r\n\r\na`,
    {
      status: 200,
      headers: { "content-length": "1" },
      body: "a",
      outcome: "complete",
    },
  );
  assert.match(parse("HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n").outcome, /change of protocol/);
  assert.match(parse("HTTP/1.1 100 Continue\r\n\r\n".repeat(200)).outcome, /more than 100 informational/);
});

test("line ends before the status line are skipped", () => {
  parses(`\r\n\n\r\n${ok}A: b\r\nContent-Length: 1\r\n\r\na`, {
    status: 200,
    headers: { a: "b", "content-length": "1" },
    body: "a",
    outcome: "complete",
  });
});

test("whether the connection is kept", () => {
  const kept = (version: string, headers: string) =>
    parse(`HTTP/${version} 200 OK\r\n${headers}Content-Length: 0\r\n\r\n`).keepsAlive;
  assert.equal(kept("1.1", ""), true);
  assert.equal(kept("1.1", "Connection: close\r\n"), false);
  assert.equal(kept("1.1", "Connection: x, Close ,y\r\n"), false);
  assert.equal(kept("1.1", "Connection: keep-alive\r\nConnection: close\r\n"), false);
  assert.equal(kept("1.1", "Connection: closed\r\n"), true);
  assert.equal(kept("1.0", ""), false);
  assert.equal(kept("1.0", "Connection: Keep-Alive\r\n"), true);
  assert.equal(kept("1.0", "Connection: keep-alive, close\r\n"), false);
  assert.equal(parse(`${ok}Keep-Alive: max=9, timeout=5\r\nContent-Length: 0\r\n\r\n`).idleSeconds, 5);
});

test("a head like the one before is not taken for one to another method", () => {
  let received = "";
  const parser = new ResponseParser({
    head: () => {},
    body: (bytes, from, to) => {
      received += bytes.toString("latin1", from, to);
    },
  });
  const respond = (isAnswerToHead: boolean, text: string) => {
    parser.begin(isAnswerToHead);
    return parser.feed(Buffer.from(text), 0, text.length);
  };
  const head = `${ok}Content-Length: 2\r\n\r\n`;
  respond(false, `${head}ab`);
  assert.equal(respond(true, head), head.length);
  assert.equal(parser.isComplete, true);
  respond(false, `${head}cd`);
  respond(false, `${head}ef`);
  assert.deepEqual([received, parser.isComplete], ["abcdef", true]);
});

test("bytes behind the response are left alone", () => {
  parses(`${ok}Content-Length: 1\r\n\r\nabc`, { body: "a", outcome: "complete", left: 2 });
  parses(`${ok}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP`, { outcome: "complete", left: 4 });
  parses(`HTTP/1.1 204 X\r\n\r\nabc`, { outcome: "complete", left: 3 });
});

test("reason phrases: none, without the space, above ASCII", () => {
  for (const line of ["HTTP/1.1 200 ", "HTTP/1.1 200", "HTTP/1.1 200 \xfc\t.", "HTTP/1.0 200 OK"]) {
    parses(`${line}\r\nContent-Length: 0\r\n\r\n`, { status: 200, outcome: "complete" });
  }
});

for (const { what, text, status = 200, body = "hello", keepsAlive = true, ...rest } of lenientResponses) {
  test(`read as other clients do: ${what}`, () => {
    const closes = rest.isUntilClose === true;
    const expected = { status, body, keepsAlive, outcome: "complete", left: 0 };
    if (text.length > 2_000) assert.partialDeepStrictEqual(parse(text, { closes, cuts: [100, 100_000] }), expected);
    else parses(text, expected, { closes });
    for (const [name, value] of Object.entries(rest.headers ?? {})) assert.equal(parse(text).headers[name], value);
  });
}

for (const [what, text, why] of refused) {
  test(`refused: ${what}`, () => {
    const { outcome } = parse(text);
    assert.match(outcome, why);
    parses(text, { outcome });
  });
}

for (const [what, text, why] of refusedChunks) {
  test(`refused in chunks: ${what}`, () => {
    assert.match(parse(text).outcome, why);
    const everywhere = Array.from({ length: text.length - 1 }, (_, index) => index + 1);
    assert.match(parse(text, { cuts: everywhere }).outcome, why);
  });
}

test("a head may have 16 KB and 1,000 headers, and not more", () => {
  const rest = "\r\nContent-Length: 0\r\n\r\n";
  const padding = 16 * 1024 - ok.length - "A: ".length - rest.length;
  const large = (length: number) => `${ok}A: ${"b".repeat(length)}${rest}`;
  assert.equal(parse(large(padding)).outcome, "complete");
  assert.match(parse(large(padding + 1)).outcome, /more than 16 KB/);
  assert.match(parse(`${ok}A: ${"b".repeat(17_000)}`).outcome, /more than 16 KB/);
  assert.match(parse(`HTTP/1.1 200 ${"O".repeat(17_000)}`).outcome, /more than 16 KB/);
  const many = (count: number) => `${ok}${"A: b\r\n".repeat(count)}Content-Length: 0\r\n\r\n`;
  assert.equal(parse(many(999)).outcome, "complete");
  assert.match(parse(many(1_000)).outcome, /more than 1000 headers/);
});
