import assert from "node:assert/strict";
import { test } from "node:test";
import { sessionText } from "../../../../../src/cli/actions/convert/har/session-text.ts";
import { entry, sessionOf } from "./recording.ts";

const url = "https://shop.example/api";

function keptOf(headers: unknown, method = "GET"): Record<string, string> {
  const recorded = entry({ url, method, mimeType: "application/json" });
  const { steps } = sessionOf([{ ...recorded, request: { ...recorded.request, headers } }]);
  return Object.fromEntries((steps[0]?.headers ?? []).map(({ name, value }) => [name, value]));
}

const pairs = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers).map(([name, value]) => ({ name, value }));

test("what a client sets itself is left out, in any case of letters", () => {
  const headers = {
    ":authority": "shop.example",
    ":method": "GET",
    HOST: "shop.example",
    Connection: "keep-alive",
    "Proxy-Connection": "keep-alive",
    "Content-Length": "1",
    "Transfer-Encoding": "chunked",
    Expect: "100-continue",
    TE: "trailers",
    Upgrade: "h2c",
    "HTTP2-Settings": "AAMAAABk",
    "Accept-Encoding": "gzip, br",
    "Accept-Language": "en",
    Cookie: "s=1",
    "User-Agent": "x",
    DNT: "1",
    "Sec-Fetch-Mode": "cors",
    "sec-ch-ua": "x",
    "Upgrade-Insecure-Requests": "1",
    Origin: "https://shop.example",
    Referer: "https://shop.example/",
    Priority: "u=1",
    Pragma: "no-cache",
    "Cache-Control": "no-cache",
    "If-None-Match": '"e1"',
    "If-Modified-Since": "Thu, 01 Jan 2026 00:00:00 GMT",
    Accept: "*/*",
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "HTTP/1.1 200 OK": "",
    "": "x",
  };
  assert.deepEqual(keptOf(pairs(headers)), {});
});

test("what an application sets stays", () => {
  const headers = {
    accept: "application/vnd.shop.v2+json",
    "if-match": '"e1"',
    "if-unmodified-since": "Thu, 01 Jan 2026 00:00:00 GMT",
    "cache-control": "max-stale=60",
    prefer: "return=minimal",
    range: "bytes=0-9",
    "x-tenant": "blue",
    "x-requested-with": "XMLHttpRequest",
  };
  assert.deepEqual(keptOf(pairs(headers)), headers);
  assert.deepEqual(keptOf(pairs({ "If-None-Match": "*" }), "PUT"), { "if-none-match": "*" });
  for (const accept of ["application/json, text/plain, */*", "text/html", "image/svg+xml", "text/csv"]) {
    assert.deepEqual(keptOf(pairs({ Accept: accept })), { accept });
  }
});

test("lines of one name are one list; values are what HTTP can send; an object will do", () => {
  const list = [
    { name: "X-Tag", value: "a" },
    { name: "x-tag", value: "b" },
    { name: "X-Broken", value: "a\r\nHost: evil.example\u0000" },
    { name: "X-Name", value: "日本" },
    { name: "X-Null", value: null },
    null,
    { value: "x" },
  ];
  assert.deepEqual(keptOf(list), {
    "x-tag": "a, b",
    "x-broken": "a Host: evil.example",
    "x-name": Buffer.from("日本").toString("latin1"),
    "x-null": "",
  });
  assert.deepEqual(keptOf({ "X-Tenant": "blue", Host: "x" }), { "x-tenant": "blue" });
  for (const nothing of [null, undefined, "x", 3, []]) assert.deepEqual(keptOf(nothing), {});
});

test("a secret header comes from the environment, whatever it is called", () => {
  const headers = {
    "User-Agent": "x",
    Cookie: "s=1",
    "X-Api-Key": "hush",
    "X-Tenant": 'a"b',
    "Ocp-Apim-Subscription-Key": "hush",
    "X-CSRF-Token": "hush",
    "X-Forwarded-Jwt": "hush",
    "X-Own": "Bearer hush",
    "X-Private-Key": "hush",
    "X-Jwt": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJodXNoIn0.hush",
  };
  const text = sessionText(sessionOf([entry({ url, headers })]), "x.har");
  assert.doesNotMatch(text, /hush|s=1|user-agent/);
  assert.match(text, /^const recordedXApiKey = env\("X_API_KEY"\);$/m);
  assert.match(text, /"x-api-key": recordedXApiKey,/);
  assert.match(text, /"x-tenant": "a\\"b",/);
  const twice = [
    entry({ url, headers: { authorization: "Bearer a" } }),
    entry({ url, headers: { authorization: "Bearer b" } }),
  ];
  assert.match(
    sessionText(sessionOf(twice), "x.har"),
    /^const recordedAuthorization = env\("AUTHORIZATION"\); \/\/ 2 different values were recorded$/m,
  );
});

test("credentials in a URL are a secret header", () => {
  const session = sessionOf([entry({ url: "https://ann:hush@shop.example/api" })]);
  assert.deepEqual(session.steps[0]?.headers, [
    { name: "authorization", value: `Basic ${Buffer.from("ann:hush").toString("base64")}`, isSecret: true },
  ]);
  assert.doesNotMatch(sessionText(session, "x.har"), /hush|ann:/);
});
