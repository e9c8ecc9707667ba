import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import type { Method, RequestOptions } from "../../../../src/scenario/definition/http.ts";
import { assertAsyncProperty } from "../../../support/property.ts";
import { type Echo, echo, TestClient, TestServer, withTimeout } from "../fixture.ts";

/** Options as JavaScript may have them, whatever the types say. */
const asOptions = (value: unknown) => value as RequestOptions;

const circular: Record<string, unknown> = {};
circular.self = circular;

function transferred(): ArrayBuffer {
  const memory = new ArrayBuffer(3);
  structuredClone(memory, { transfer: [memory] });
  return memory;
}

/** What is refused, and what the message has to say. */
const refused: readonly (readonly [what: string, options: unknown, message: RegExp])[] = [
  ["a misspelt option", { jsn: { a: 1 } }, /unknown option "jsn"; did you mean json\?/],
  ["another misspelt option", { header: { a: "b" } }, /unknown option "header"; did you mean headers\?/],
  ["an option in another case", { maxredirects: 1 }, /did you mean maxRedirects\?/],
  ["an option of nobody", { colour: "red", json: {} }, /unknown option "colour"; valid: name, tags, headers, query/],
  ["a body in place of the options", { user: "ann", id: 1 }, /unknown option "user".*pass a body as { json: … }/],
  [
    "a host among the options",
    { host: "http://other" },
    /unknown option "host"; to reach another host, pass a whole URL/,
  ],
  ["a payload", { payload: {} }, /unknown option "payload"; set the body with json, form or body/],
  ["allow_redirects", { allow_redirects: false }, /maxRedirects sets how many/],
  ["a check of certificates", { insecureSkipTLSVerify: true }, /tls: \{ insecure: true \}/],
  ["params", { params: { a: 1 } }, /unknown option "params"; query adds fields/],
  ["an option of an inherited name", Object.create({ hedaers: {} }), /unknown option "hedaers"; did you mean headers/],
  ["text as the options", '{"a":1}', /the options are the string "{\\"a\\":1}"; expected an object: pass a body as/],
  ["a number as the options", 5, /the options are the number 5/],
  ["a function as the options", () => {}, /the options are a function/],
  ["a list as the options", [["a", 1]], /the options are a list/],
  ["bytes as the options", new Uint8Array(3), /the options are a Uint8Array/],
  ["a form as the options", new FormData(), /the options are a FormData/],
  ["a promise as the options", Promise.resolve({}), /the options are a promise/],
  ["a name that is none", { name: 5 }, /the option name is the number 5; expected a string/],
  ["an empty name", { name: "" }, /the option name is empty/],
  ["a blank name", { name: " \n" }, /the option name is empty/],
  ["a symbol as the name", { name: Symbol("a") }, /the option name is a symbol/],
  ["a list of tags", { tags: ["a"] }, /the option tags is a list; expected an object such as/],
  ["a tag that is a number", { tags: { kind: 5 } }, /the tag "kind" is the number 5; expected a string/],
  ["a Headers", { headers: new Headers({ a: "b" }) }, /the option headers is a Headers; Object.fromEntries\(…\)/],
  ["a Map of headers", { headers: new Map([["a", "b"]]) }, /the option headers is a Map; Object.fromEntries/],
  ["a promise of headers", { headers: Promise.resolve({}) }, /the option headers is a promise/],
  ["a header that is NaN", { headers: { a: Number.NaN } }, /the header a is the number NaN; expected a string/],
  [
    "undefined in the list of a header",
    { headers: { a: ["b", undefined] } },
    /in the list of the header a is undefined/,
  ],
  [
    "inherited headers",
    { headers: Object.create({ a: "b" }) },
    /the option headers inherits "a"; expected fields of its own/,
  ],
  ["an inherited query", { query: Object.create({ a: "b" }) }, /the option query inherits "a"/],
  ["text as headers", { headers: "a: b" }, /the option headers is the string "a: b"/],
  ["a header that is a function", { headers: { a: () => "b" } }, /the header a is a function/],
  ["a header that is a promise", { headers: { a: Promise.resolve("b") } }, /the header a is a promise/],
  ["undefined in a query", { query: { cursor: undefined } }, /query\.cursor is undefined; leave the field out/],
  ["null in a query", { query: { cursor: null } }, /query\.cursor is null; leave the field out/],
  ["a list in a query", { query: { id: [1, 2] } }, /query\.id is a list; new URLSearchParams\(\[\["id", "a"\]/],
  ["an object in a query", { query: { id: { a: 1 } } }, /query\.id is an object; expected a string, a number/],
  ["a line break in the name of a field", { form: { "a\nb": null } }, /form\["a\\nb"\] is null/],
  ["NaN in a query", { query: { id: Number.NaN } }, /query\.id is the number NaN/],
  ["a query of text", { query: "a=1" }, /the option query is a string; .* behind a \?/],
  ["half a character in a query", { query: { a: "\ud800" } }, /query\.a holds half of a surrogate pair/],
  ["a list in a form", { form: { tag: ["x"] } }, /form\.tag is a list/],
  ["undefined in a form", { form: { a: undefined } }, /form\.a is undefined/],
  ["a FormData as form", { form: new FormData() }, /the option form is a FormData/],
  ["json and form", { json: {}, form: {} }, /it has json and form; at most one of json, form, multipart and body/],
  ["json, form and body", { json: {}, form: {}, body: "" }, /it has json and form and body/],
  ["form and body", { form: {}, body: "x" }, /it has form and body/],
  ["a function as json", { json: () => 1 }, /the option json is a function; JSON cannot represent it/],
  ["a symbol as json", { json: Symbol("a") }, /the option json is a symbol/],
  ["a bigint in json", { json: { a: 1n } }, /the option json cannot be written as JSON: TypeError: .*BigInt/],
  ["json that holds itself", { json: circular }, /the option json cannot be written as JSON: TypeError: .*circular/],
  ["a promise as json", { json: Promise.resolve({}) }, /the option json is a promise; await it first/],
  ["a Map as json", { json: new Map([["a", 1]]) }, /the option json is a Map; JSON would lose its content/],
  ["a promise in json", { json: { id: 1, user: Promise.resolve({}) } }, /json\.user is a promise; await it first/],
  ["a Map in a list in json", { json: { a: [{}, new Map()] } }, /json\.a\.1 is a Map; JSON would lose its content/],
  ["json that throws", { json: { toJSON: () => assert.fail("no") } }, /json cannot be written as JSON: .*no/],
  ["an object as body", { body: { a: 1 } }, /the option body is an object; write { json: … }/],
  ["a number as body", { body: 5 }, /the option body is the number 5; write String/],
  ["a list as body", { body: [1] }, /the option body is a list/],
  ["a stream as body", { body: Readable.from(["a"]) }, /the option body is an object; read it first/],
  ["a web stream as body", { body: new ReadableStream() }, /the option body is a ReadableStream; read it first/],
  ["a promise as body", { body: Promise.resolve("a") }, /the option body is a promise; await it first/],
  ["a symbol as body", { body: Symbol("a") }, /the option body is a symbol/],
  ["a Response as body", { body: new Response("a") }, /the option body is a Response; read it first/],
  ["transferred memory as body", { body: transferred() }, /memory that no longer exists: it was transferred/],
  ["a function as body", { body: () => "a" }, /the option body is a function; expected a string or bytes/],
  [
    "a timeout without a unit",
    { timeout: 300 },
    /timeout: expected a duration, found the number 300; write "300s" or "300ms"/,
  ],
  ["a timeout as text without a unit", { timeout: "300" }, /timeout: duration "300" has no unit/],
  ["a timeout of no time", { timeout: "0s" }, /timeout is "0s"; expected a time longer than zero/],
  ["a misspelt limit", { timeout: { totl: "1ms" } }, /unknown limit "totl" in timeout; did you mean total\?/],
  ["a limit of k6's", { timeout: { read: "1s" } }, /unknown limit "read" in timeout; (valid|did you mean)/],
  ["a limit without a unit", { timeout: { total: 5 } }, /timeout\.total: expected a duration, found the number 5/],
  ["no timeout", { timeout: null }, /the option timeout is null/],
  ["a list of timeouts", { timeout: ["5s"] }, /the option timeout is a list/],
  ["a status as text", { expect: "200" }, /the option expect is the string "200"; write 200/],
  ["a class of statuses", { expect: "2xx" }, /write \({ status }\) => status >= 200 && status <= 299/],
  ["no status", { expect: [] }, /the option expect is an empty list/],
  ["a list with text in it", { expect: [200, "201"] }, /the option expect contains the string "201"; write 201/],
  ["a status that is none", { expect: 20 }, /the option expect is the number 20/],
  ["true as expectation", { expect: true }, /the option expect is true; expected a status/],
  ["negative redirects", { maxRedirects: -1 }, /the option maxRedirects is the number -1; expected a whole number/],
  ["NaN redirects", { maxRedirects: Number.NaN }, /the option maxRedirects is the number NaN/],
  ["redirects as text", { maxRedirects: "5" }, /the option maxRedirects is the string "5"/],
  ["a bad option beside redirects", { maxRedirects: 5, jsn: 1 }, /unknown option "jsn"/],
  ["a bad expectation beside redirects", { maxRedirects: 5, expect: "200" }, /the option expect/],
];

/** Asserts that the request is refused by name, with this line of the test on the stack. */
async function assertRefused(request: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(request, (error: Error & { code?: string }) => {
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /\n/);
    assert.equal(error.code, "MUSTER_INVALID_REQUEST");
    assert.match(error.stack ?? "", /request-options\.test\.ts/);
    return true;
  });
}

test("an option that is misspelt, misplaced or of another type is refused by name", withTimeout, async (t) => {
  await using server = await TestServer.http(echo);
  using client = new TestClient(server.url);
  using redirected = new TestClient(server.url, undefined, undefined, { maxRedirects: 3 });
  for (const [what, options, message] of refused) {
    await t.test(what, async () => {
      await assertRefused(client.http.post("/a", asOptions(options)), message);
      await assertRefused(redirected.http.post("/a", asOptions(options)), message);
    });
  }
  assert.ok(client.counted.every(([, requests]) => requests === 0));
  assert.equal(server.sockets.length, 0);
  assert.equal((await client.http.get("/fine")).status, 200);
});

test("a URL, a method and arguments that are none are refused by name", withTimeout, async () => {
  using client = new TestClient("http://127.0.0.1:1");
  const { http } = client;
  const get = (url: unknown) => http.get(url as string);
  await assertRefused(
    get(undefined),
    /its URL is undefined, not a string: give a path, such as "\/jobs", or a whole URL/,
  );
  await assertRefused(get(null), /its URL is null/);
  await assertRefused(get(5), /its URL is the number 5/);
  await assertRefused(get({ href: "/a" }), /its URL is an object/);
  await assertRefused(get(Symbol("a")), /its URL is a symbol/);
  await assertRefused(http.request(undefined as unknown as Method, "/"), /the method is undefined/);
  await assertRefused(http.request(Symbol("a") as unknown as Method, "/"), /the method is a symbol/);
  const endless = "A".repeat(100_000) as Method;
  await assertRefused(http.request(endless, "/"), /the method has 100000 characters; at most/);
  const post = http.post as (...given: unknown[]) => Promise<unknown>;
  await assertRefused(
    post.call(http, "/a", null, { headers: {} }),
    /POST was given three arguments; expected a URL and options: pass a body as { body: …, headers: … }/,
  );
  const { get: taken } = http;
  await assertRefused(taken("/a"), /vu\.http\.get was called without vu\.http/);
  await assertRefused(taken.call({} as typeof http, "/a"), /vu\.http\.get was called without vu\.http/);
});

test("unusual but valid requests are sent", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  using client = new TestClient(server.url);
  const { http } = client;
  const sent = async (options: unknown) => (await http.post("/a", asOptions(options))).json<Echo>();
  assert.equal((await http.get(new URL("/b?c=1", server.url))).json<Echo>().url, "/b?c=1");
  assert.equal((await http.request("options" as Method, "/")).json<Echo>().method, "OPTIONS");
  assert.equal((await http.get("/a", asOptions(null))).status, 200);
  assert.equal((await sent({ query: new URLSearchParams("id=1&id=2") })).url, "/a?id=1&id=2");
  assert.equal((await sent({ form: new URLSearchParams("id=1&id=2") })).body, "id=1&id=2");
  assert.equal((await sent({ query: { big: 12n } })).url, "/a?big=12");
  assert.equal((await sent({ json: { at: new Date(0), none: undefined } })).body, '{"at":"1970-01-01T00:00:00.000Z"}');
  assert.equal((await sent({ json: null })).body, "null");
  assert.equal((await sent({ body: null, json: undefined, form: undefined })).body, "");
  const unset = { name: undefined, tags: undefined, headers: undefined, timeout: undefined, expect: undefined };
  assert.equal((await sent(unset)).method, "POST");
  class Options {
    json = { a: 1 };
  }
  assert.equal((await sent(new Options())).body, '{"a":1}');
  assert.equal((await sent(Object.assign(Object.create(null), { body: "x" }))).body, "x");
  assert.deepEqual(
    client.counted.map(([endpoint]) => endpoint),
    ["GET /b", "OPTIONS /", "GET /a", "POST /a"],
  );
});

test("options that change between two requests are looked at anew", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  using client = new TestClient(server.url);
  const options: Record<string, unknown> = { json: 1 };
  assert.equal((await client.http.post("/", options)).ok, true);
  options.expect = "200";
  await assertRefused(client.http.post("/", options), /the option expect/);
  delete options.expect;
  options.jsn = 2;
  await assertRefused(client.http.post("/", options), /unknown option "jsn"/);
});

test("a property that was added to all objects is not an option", withTimeout, async (t) => {
  await using server = await TestServer.http(echo);
  using client = new TestClient(server.url);
  Object.defineProperty(Object.prototype, "polluted", { value: 1, enumerable: true, configurable: true });
  t.after(() => Reflect.deleteProperty(Object.prototype, "polluted"));
  assert.equal((await client.http.post("/", { json: 1 })).ok, true);
});

test("any arguments give a sent or refused request, and the next one works", withTimeout, async () => {
  await using server = await TestServer.http((_, response) => response.end());
  using client = new TestClient(server.url);
  const anything = fc.anything({ withBigInt: true, withNullPrototype: true, withTypedArray: true, withMap: true });
  const fields = ["name", "tags", "headers", "query", "json", "form", "body", "timeout", "expect", "maxRedirects"];
  const options = fc.oneof(anything, fc.dictionary(fc.constantFrom(...fields), anything));
  const url = fc.oneof({ weight: 3, arbitrary: fc.constant<unknown>("/a") }, { weight: 1, arbitrary: anything });
  await assertAsyncProperty(
    fc.asyncProperty(fc.oneof(fc.constant<unknown>("POST"), anything), url, options, async (method, to, given) => {
      const outcome = await client.http.request(method as Method, to as string, asOptions(given)).then(
        () => "sent",
        (error) => (error instanceof Error && !/\n/.test(error.message) ? "refused" : String(error)),
      );
      assert.ok(outcome === "sent" || outcome === "refused", outcome);
      assert.equal((await client.http.get("/a")).status, 200);
    }),
  );
});
