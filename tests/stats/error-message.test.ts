import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { withoutConnection } from "../../src/stats/connection-message.ts";
import { groupedMessage } from "../../src/stats/error-message.ts";
import { assertProperty } from "../support/property.ts";

const openSsl = (thread: string, line: number) =>
  `write EPROTO ${thread}:error:0A000410:SSL routines:ssl3_read_bytes:ssl/tls alert handshake failure:` +
  `../deps/openssl/openssl/ssl/record/rec_layer_s3.c:${line}:SSL alert number 40\n`;

const cases: [raw: string, grouped: string][] = [
  [
    openSsl("80B2F5F6A77F0000", 1605),
    "write EPROTO error:0A000410:SSL routines:ssl3_read_bytes:ssl/tls alert handshake failure:SSL alert number 40",
  ],
  [
    "1234567812345678:error:14094410:SSL routines:f:wrong version number:C:\\ssl\\record.c:78:\n",
    "error:14094410:SSL routines:f:wrong version number",
  ],
  ["connect ECONNREFUSED 127.0.0.1:34567 - Local (127.0.0.1:51342)", "connect ECONNREFUSED 127.0.0.1:34567"],
  ["connect ETIMEDOUT ::1:34567 - Local (undefined:undefined)", "connect ETIMEDOUT ::1:34567"],
  ["write EPIPE 10.0.0.1:51342", "write EPIPE 10.0.0.1:<value>"],
  ["[::1]:51342 to 127.0.0.1:8080, local port 51342", "[::1]:<value> to 127.0.0.1:8080, local port <value>"],
  [
    "Connect Timeout Error (attempted addresses: 10.0.0.2:443, 10.0.0.1:443, timeout: 10000ms)",
    "Connect Timeout Error (timeout: 10000ms)",
  ],
  ["getaddrinfo ENOTFOUND service.test", "getaddrinfo ENOTFOUND service.test"],
  ['no session for {"user":"ann","password":"pen"}', 'no session for {"user":"ann","password":"***"}'],
  ["GET http://ann:pen@service.test/?token=pen&page=2 failed", "GET http://***@service.test/?token=***&page=2 failed"],
  [`Unexpected token '<', "<html><hea"... is not valid JSON`, `Unexpected token '<', "…" is not valid JSON`],
  [`Unexpected token '}', ..."a":"b" }\n}, "c"... is not valid JSON`, `Unexpected token '}', "…" is not valid JSON`],
  [`"undefined" is not valid JSON`, `"undefined" is not valid JSON`],
  [
    "Expected ':' after property name in JSON at position 5 (line 1 column 6)",
    "Expected ':' after property name in JSON",
  ],
  ["Unexpected non-whitespace character after JSON at position 7", "Unexpected non-whitespace character after JSON"],
  ["job 6FA459EA-ee8a-3ca4-894e-db77e160355e is missing", "job <uuid> is missing"],
  ["job 01ARZ3NDEKTSV4RRFFQ69G5FAV", "job <value>"],
  ["job V1StGXR8_Z5jdHi6B-myT", "job <value>"],
  ["user cjld2cjxh0000qzrmn831i7rn", "user <value>"],
  ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-<value>-<value>-01"],
  ["order_1234567 at 0x7fff5fbff8c0", "order_<value> at <value>"],
  ["pid 4711, jobId: 42, request_id=a-1", "pid <value>, jobId: <value>, request_id=<value>"],
  [`{"id": "a1", "n": 3}`, `{"id": "<value>", "n": 3}`],
  ["Bearer abcdefghij refused", "Bearer <value> refused"],
  ["at 2026-11-28T20:01:22.123Z late", "at <time> late"],
  ["2026/11/28 20:01:22 [error] 42", "<time> [error] 42"],
  ["Sat, 28 Nov 2026 20:01:22 GMT", "<time>"],
  ["Sat Nov 28 2026 20:01:22 GMT+0000 (Coordinated Universal Time) was", "<time> was"],
  ["1764360082123 ms, 0.123456789 s", "<value> ms, <value> s"],
  ["a\tb\r\n\n  c\u0000d \u001b[31mred\u001b[39m\n", "a b c d red"],
];

for (const [raw, grouped] of cases) {
  test(`${JSON.stringify(raw)} is grouped as ${JSON.stringify(grouped)}`, () => {
    assert.equal(groupedMessage(raw), grouped);
    assert.equal(groupedMessage(grouped), grouped, "the second time changes nothing");
  });
}

for (const message of [
  "404 Not Found",
  "expected status 200 or 201, got 404",
  "expected 200,201,204",
  "no response within 500 ms, 1234.5 ms",
  "valid 3 of 4, invalid 5",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, base64ToUtf8Converter, my-service-2-in-zone-3-of-4",
  "SyntaxError: no (runs-20261128/load-test.ts:12:5)",
]) {
  test(`${JSON.stringify(message)} stays unchanged`, () => assert.equal(groupedMessage(message), message));
}

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
const moments = fc
  .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
  .map((date) => date.toISOString());
const ids = fc.oneof(
  fc.tuple(fc.uuid(), fc.uuid()),
  fc.tuple(fc.ulid(), fc.ulid()).filter((pair) => pair.every((id) => (id.match(/\d+/g)?.length ?? 0) >= 3)),
  fc.tuple(hex(32), hex(32)).filter((pair) => pair.every((id) => /\d/.test(id))),
  fc.tuple(hex(8), hex(8)).filter((pair) => pair.every((id) => /\d/.test(id))),
  fc.tuple(fc.integer({ min: 100_000 }), fc.integer({ min: 100_000 })),
  fc.tuple(moments, moments),
);
const words = fc.stringMatching(/^[a-z ]{0,12}$/);

test("the same words around two ids are one message", () => {
  assertProperty(
    fc.property(words, ids, words, (before, [one, other], after) => {
      const around = (id: unknown) => groupedMessage(`Error: ${before} ${id} ${after} (load-test.ts:3:7)`);
      assert.equal(around(one), around(other));
    }),
  );
});

test("small numbers that differ are two messages", () => {
  assertProperty(
    fc.property(words, fc.nat(99_999), fc.nat(99_999), (before, one, other) => {
      fc.pre(one !== other && !/id *$/.test(before));
      assert.notEqual(groupedMessage(`${before} ${one} ms`), groupedMessage(`${before} ${other} ms`));
    }),
  );
});

test("any text becomes one line of at most 301 characters", () => {
  assertProperty(
    fc.property(fc.string({ unit: "binary", maxLength: 2_000 }), (raw) => {
      const grouped = groupedMessage(raw);
      assert.ok(grouped.length <= 301);
      assert.doesNotMatch(grouped, /\p{Cc}/u);
    }),
    { factor: 0.2 },
  );
});

test("pieces of messages in any order: the second time changes nothing", () => {
  const pieces = fc.array(fc.oneof(fc.constantFrom(...cases.map(([raw]) => raw)), ids.map(String), words), {
    maxLength: 4,
  });
  assertProperty(
    fc.property(pieces, (chosen) => {
      const grouped = groupedMessage(chosen.join(" "));
      fc.pre(grouped.length <= 300);
      assert.equal(groupedMessage(grouped), grouped);
    }),
  );
});

test("a long message is cut after ids have been replaced", () => {
  const long = (id: string) => `${"x".repeat(290)} ${id} ${"y".repeat(5_000_000)}`;
  assert.equal(groupedMessage(long("4bf92f3577b34da6")), groupedMessage(long("00f067aa0ba902b7")));
});

test("the message of a network error keeps its text", () => {
  assert.equal(withoutConnection("connect ECONNREFUSED 127.0.0.1:80"), "connect ECONNREFUSED 127.0.0.1:80");
});
