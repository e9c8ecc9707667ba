import assert from "node:assert/strict";
import { test } from "node:test";
import { type HarEntry, readHar } from "../../src/cli/convert/har.ts";
import { recordedSession } from "../../src/cli/convert/recorded-session.ts";
import { sessionText } from "../../src/cli/convert/session-text.ts";
import { ConfigurationError } from "../../src/core/errors.ts";
import { entry } from "./recording.ts";

const options = { origin: null, everything: false };

function stepsOf(...entries: readonly HarEntry[]) {
  return recordedSession(entries, options).steps;
}

test("kept is what the user did at the first page's service; pictures and other services are not", () => {
  const session = recordedSession(
    [
      entry({ url: "https://shop.example/logo.png", type: "image" }),
      entry({ url: "https://shop.example/" }),
      entry({ url: "https://statistics.example/hit", type: "xhr" }),
      entry({ url: "https://shop.example/app.js", mimeType: "application/javascript" }),
      entry({ url: "https://shop.example/jobs?page=2", type: "fetch" }),
      entry({ url: "data:text/plain,x" }),
    ],
    options,
  );
  assert.deepEqual([session.origin, session.leftOut], ["https://shop.example", 4]);
  assert.deepEqual(
    session.steps.map(({ path }) => path),
    ["/", "/jobs?page=2"],
  );
});

test("what looks like an id is one name; a path without is its own", () => {
  const names = [
    "/jobs/17/parts/3",
    "/users/6f9619ff-8b86-d011-b42d-00cf4fc964ff",
    "/a/0123456789abcdef",
    "/v2/jobs",
  ].map((path) => stepsOf(entry({ url: `https://shop.example${path}` }))[0]?.name);
  assert.deepEqual(names, ["/jobs/:id/parts/:id", "/users/:id", "/a/:id", "/v2/jobs"]);
});

test("pauses are from the end of all that was under way, and only those of a person", () => {
  const at = (ms: number, time: number) => entry({ url: "https://shop.example/", atMs: ms, time });
  const pauses = stepsOf(at(0, 3_000), at(100, 50), at(3_200, 100), at(5_640, 1)).map(({ pauseMs }) => pauseMs);
  assert.deepEqual(pauses, [0, 0, 0, 2_300]);
});

test("a header of the application stays, a secret one comes from the environment, the browser's own go", () => {
  const headers = { "User-Agent": "x", Cookie: "s=1", "X-Api-Key": "hush", "X-Tenant": 'a"b', ":authority": "shop" };
  const text = sessionText(recordedSession([entry({ url: "https://shop.example/", headers })], options));
  assert.ok(!/hush|s=1|user-agent|authority/.test(text), text);
  assert.match(text, /^const recordedXApiKey = env\("X_API_KEY"\);$/m);
  assert.match(text, /headers: \{ "x-api-key": recordedXApiKey, "x-tenant": "a\\"b" \}/);
});

test("bodies: JSON as JSON, others with their type", () => {
  const post = (mimeType: string, text: string) =>
    stepsOf(
      entry({
        url: "https://shop.example/",
        method: "POST",
        body: { mimeType, text },
        headers: { "Content-Type": mimeType },
      }),
    )[0];
  assert.deepEqual(post("application/json; charset=utf-8", '{"a":[1]}')?.body, { kind: "json", value: { a: [1] } });
  assert.deepEqual(post("application/json", '{"a":[1]}')?.headers, []);
  for (const [mimeType, text] of [
    ["application/x-www-form-urlencoded", "a=1"],
    ["application/json", "{"],
    ["application/json", '{"__proto__":1}'],
  ] as const) {
    assert.deepEqual(post(mimeType, text)?.body, { kind: "text", text });
    assert.deepEqual(post(mimeType, text)?.headers, [{ name: "content-type", value: mimeType }]);
  }
});

test("files that are no recording, and recordings of nothing, are refused", () => {
  for (const text of ["{", "[]", '{"log":{"entries":[{}]}}']) {
    assert.throws(
      () => readHar("x.har", text),
      (error) => error instanceof ConfigurationError && /^x\.har is no HAR file: /.test(error.message),
    );
  }
  assert.throws(() => recordedSession([], options), /nothing was recorded that could be a test/);
  assert.throws(
    () => recordedSession([entry({ url: "https://shop.example/" })], { ...options, origin: "https://other.example" }),
    /nothing was recorded of https:\/\/other\.example/,
  );
});

test("entries come in the order of time", () => {
  const log = {
    entries: [entry({ url: "https://b.example/", atMs: 5 }), entry({ url: "https://a.example/", atMs: 1 })],
  };
  assert.deepEqual(
    readHar("x", `\uFEFF${JSON.stringify({ log })}`).map(({ request }) => request.url),
    ["https://a.example/", "https://b.example/"],
  );
});
