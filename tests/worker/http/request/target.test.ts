import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { InvalidRequest } from "../../../../src/worker/http/request/invalid-request.ts";
import { parseBase, resolveUrl } from "../../../../src/worker/http/request/target.ts";
import { assertProperty } from "../../../support/property.ts";

const origin = "http://127.0.0.1:8000";
const bases = ["", "/", "/prod", "/prod/", "/a%20b/v1"].map((path) => parseBase(origin + path));

/** Paths made of what the URL parser treats in a way of its own, and of what it leaves alone. */
const path = fc
  .array(
    fc.oneof(
      fc.constantFrom("/", "/", ".", "..", "%2e", "%2E.", "\\", "?", "#", "&", "=", "%", "%zz", "%C3%A9"),
      fc.constantFrom(
        " ",
        "\t",
        "\r\n",
        "'",
        '"',
        "<",
        ">",
        "^",
        "`",
        "{",
        "}",
        "|",
        "[",
        "]",
        "@",
        ":",
        ";",
        "é",
        "€",
        "\ud800",
      ),
      fc.string({ maxLength: 4, unit: "binary" }),
      fc.stringMatching(/^[\w~-]{1,5}$/),
    ),
    { maxLength: 12 },
  )
  .map((parts) => `/${parts.join("")}`);

test("a path is sent as the URL parser has it behind the base, and named as the whole URL is", () => {
  assertProperty(
    fc.property(fc.constantFrom(...bases), path, (base, url) => {
      const written = `${origin}${base.path}${url}`;
      const reference = new URL(written);
      const target = resolveUrl(base, url);
      assert.equal(target.origin, origin);
      assert.equal(target.path, reference.pathname + reference.search);
      assert.match(target.path, /^\/[!-~]*$/);
      assert.deepEqual(resolveUrl(base, written), target);
      assert.deepEqual(resolveUrl(base, origin + target.path), target);
      const isBelow = `${reference.pathname}/`.startsWith(`${base.path}/`);
      assert.equal(target.name.startsWith("/"), isBelow);
      assert.equal(target.name.includes("?"), false);
    }),
  );
});

test("any two URLs of one origin and path have one name, and those of two paths have two", () => {
  const base = parseBase("HTTP://Example.COM:80/prod/");
  const names = (urls: readonly string[]) => [...new Set(urls.map((url) => resolveUrl(base, url).name))];
  const same = [
    "/jobs",
    "/jobs?x=1#f",
    "/jobs#f",
    "/./jobs",
    "/x/../jobs",
    "/x/%2E%2e/jobs",
    " /jobs\n",
    "/jo\tbs",
    "http://example.com/prod/jobs",
    "HTTP://EXAMPLE.com:80/prod/jobs?y#z",
    "http:\\\\example.com\\prod\\jobs",
    "http://me:secret@example.com/prod/jobs",
  ];
  assert.deepEqual(names(same), ["/jobs"]);
  assert.deepEqual(names(["/", "http://example.com/prod", "http://example.com/prod/"]), ["/"]);
  assert.deepEqual(names(["http://example.com/jobs", "/../jobs"]), ["http://example.com/jobs"]);
  assert.deepEqual(names(["http://example.com/prodigal"]), ["http://example.com/prodigal"]);
  assert.deepEqual(names(["//other/jobs"]), ["//other/jobs"]);
  assert.deepEqual(names(["https://example.com/prod/jobs"]), ["https://example.com/prod/jobs"]);
  assert.deepEqual(names(["http://münchen.example:80/ä?x"]), ["http://xn--mnchen-3ya.example/%C3%A4"]);
});

test("a text that is neither a path nor a whole URL is refused with a suggestion, and without passwords", () => {
  const base = parseBase(origin);
  for (const [url, message] of [
    ["jobs/1", /: "jobs\/1" is neither a path nor a whole URL: write "\/jobs\/1" for a path of the host$/],
    ["?q=1", /write "\/\?q=1" for/],
    ["#f", /write "\/#f" for/],
    ["\\jobs", /write "\/jobs" for/],
    ["", /its URL is empty: write "\/" for the host itself$/],
    [" \n", /its URL is empty/],
    ["127.0.0.1:8000/jobs", /is neither a path nor a whole URL/],
    [
      "localhost:8000/jobs",
      /"localhost:8000\/jobs" begins with localhost:, which is neither http: nor https:; write "http:\/\/localhost:8000\/jobs" for that host$/,
    ],
    ["ftp://me:secret@example.com/", /"ftp:\/\/…@example.com\/" begins with ftp:/],
    [
      "example.com/jobs",
      /"\/example\.com\/jobs" for a path of the host, or "http:\/\/example\.com\/jobs" for another host$/,
    ],
    ["http://me:sec ret@/jobs", /"http:\/\/…@\/jobs" is not a valid URL$/],
    ["http://me:sec/ret@example.com/", /"http:\/\/…@example\.com\/" is not a valid URL$/],
    ["http://me:secret@example.com:99999/", /"http:\/\/…@example.com:99999\/" is not a valid URL$/],
    [`x${"y".repeat(10_000)}`, /yyy…" is neither/],
    [undefined, /its URL is undefined, not a string/],
    [null, /its URL is null/],
    [["/jobs"], /its URL is a list/],
    [Promise.resolve("/jobs"), /its URL is a promise, not a string/],
    [() => "/jobs", /its URL is a function/],
  ] as const) {
    assert.throws(
      () => resolveUrl(base, url as string),
      (error) => error instanceof InvalidRequest && message.test(error.message) && !error.message.includes("secret"),
      String(url),
    );
  }
  assert.equal(resolveUrl(base, new URL("http://127.0.0.1:8000/jobs") as unknown as string).name, "/jobs");
});

test("user and password are those of the URL, else those of the host for its origin only", () => {
  const base = parseBase("http://us%40er:p%3Aw%C3%A9@example.com/prod");
  const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
  for (const [url, expected] of [
    ["/jobs", basic("us@er:p:wé")],
    ["/./jobs", basic("us@er:p:wé")],
    ["http://example.com/elsewhere", basic("us@er:p:wé")],
    ["http://a:b@example.com/", basic("a:b")],
    ["http://a@example.com/", basic("a:")],
    ["http://:b@example.com/", basic(":b")],
    ["http://a%zz:ü@other.example/", basic("a%zz:ü")],
    ["http://other.example/", null],
    ["https://example.com/", null],
    ["http://example.com:8080/", null],
  ] as const) {
    const target = resolveUrl(base, url);
    assert.equal(target.authorization, expected, url);
    assert.ok(![target.origin, target.path, target.name].some((text) => text.includes("@")), url);
  }
});
