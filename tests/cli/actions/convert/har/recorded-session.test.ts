import assert from "node:assert/strict";
import { test } from "node:test";
import { readHar } from "../../../../../src/cli/actions/convert/har/har.ts";
import { sessionNotes } from "../../../../../src/cli/actions/convert/har/session-notes.ts";
import { sessionText } from "../../../../../src/cli/actions/convert/har/session-text.ts";
import { ConfigurationError } from "../../../../../src/core/errors.ts";
import { entry, sessionOf } from "./recording.ts";

const shop = "https://shop.example";
const pathsOf = (...entries: readonly unknown[]) => sessionOf(entries).steps.map(({ path }) => path);

test("kept is what the user did at the page's service; pictures and other services are counted", () => {
  const session = sessionOf([
    entry({ url: `${shop}/logo.png`, type: "image" }),
    entry({ url: `${shop}/` }),
    entry({ url: "https://statistics.example/hit", type: "xhr" }),
    entry({ url: "https://api.shop.example/cart", type: "xhr" }),
    entry({ url: "https://statistics.example/hit", type: "xhr" }),
    entry({ url: `${shop}/app.js`, mimeType: "application/javascript" }),
    entry({ url: `${shop}/favicon.ico`, mimeType: "text/html", status: 404 }),
    entry({ url: `${shop}/jobs?page=2`, type: "fetch" }),
    entry({ url: "data:text/plain,x" }),
  ]);
  assert.deepEqual(
    session.steps.map(({ path }) => path),
    ["/", "/jobs?page=2"],
  );
  assert.deepEqual(session.origins, [shop]);
  assert.equal(session.leftOut.total, 7);
  const told = sessionNotes(session, "x.har").join("\n");
  assert.match(
    told,
    /^Made from x\.har: 2 requests to https:\/\/shop\.example \(the first page in the recording\)\.$/m,
  );
  assert.match(told, /^Left out: 7$/m);
  assert.match(
    told,
    /--origin URL, once for each:\n {4}1 https:\/\/api\.shop\.example \(same site\)\n {4}2 https:\/\/statistics\.example$/m,
  );
  assert.match(told, /^ {2}3 pictures, styles, scripts and the like \(--all keeps them\)$/m);
  assert.match(told, /^ {2}1 entry that is not HTTP/m);
});

test("more services are kept when they are named, with their whole URLs", () => {
  const entries = [
    entry({ url: `${shop}/` }),
    entry({ url: "https://api.shop.example/jobs/17", headers: { Authorization: "Bearer abc" } }),
    entry({ url: `${shop}/me`, type: "xhr", headers: { Authorization: "Bearer def" } }),
    entry({ url: "https://statistics.example/hit" }),
  ];
  const text = sessionText(sessionOf(entries, { origins: [shop, "https://api.shop.example"] }), "x.har");
  assert.match(text, /host: env\("SERVICE_URL", "https:\/\/shop\.example"\)/);
  assert.match(text, /^const service2 = env\("SERVICE_URL_2", "https:\/\/api\.shop\.example"\);$/m);
  assert.match(text, /vu\.http\.get\(service2 \+ "\/jobs\/17", \{\s+name: "https:\/\/api\.shop\.example\/jobs\/:id"/);
  // What one service may know is not sent to another.
  assert.match(text, /^const recordedAuthorization = env\("AUTHORIZATION"\);$/m);
  assert.match(text, /^const recordedAuthorization2 = env\("AUTHORIZATION_2"\);$/m);
  assert.doesNotMatch(text, /Bearer|statistics\.example\/hit/);
});

test("what looks like an id is one name; a path without is its own", () => {
  const names = [
    "/jobs/17/parts/3",
    "/users/6f9619ff-8b86-d011-b42d-00cf4fc964ff",
    "/a/0123456789abcdef",
    "/v2/jobs",
  ].map((path) => sessionOf([entry({ url: `${shop}${path}` })]).steps[0]?.name);
  assert.deepEqual(names, ["/jobs/:id/parts/:id", "/users/:id", "/a/:id", "/v2/jobs"]);
});

test("pauses are from the end of all that was under way, and only those of a person", () => {
  const at = (ms: number, time: number) => entry({ url: `${shop}/`, atMs: ms, time });
  const pauses = sessionOf([at(0, 3_000), at(100, 50), at(3_200, 100), at(5_640, 1), at(90_000_000, 1)]).steps;
  assert.deepEqual(
    pauses.map(({ pauseMs }) => pauseMs),
    [0, 0, 0, 2_300, 3_600_000],
  );
});

test("what only browsers send is left out: WebSockets, preflights, event streams, caches, service workers", () => {
  const kept = [
    { ...entry({ url: "wss://shop.example/chat" }) },
    entry({ url: `${shop}/chat`, status: 101 }),
    entry({ url: `${shop}/chat`, headers: { Connection: "Upgrade", upgrade: "WebSocket" } }),
    { ...entry({ url: `${shop}/chat` }), _webSocketMessages: [{ type: "send" }] },
    entry({ url: `${shop}/api`, method: "OPTIONS", headers: { "access-control-request-method": "PUT" } }),
    entry({ url: `${shop}/api`, method: "OPTIONS", type: "preflight" }),
    entry({ url: `${shop}/events`, type: "eventsource", mimeType: "text/event-stream" }),
    { ...entry({ url: `${shop}/cached` }), _fromCache: "disk" },
    {
      ...entry({ url: `${shop}/worker` }),
      _fetchedViaServiceWorker: true,
      _serviceWorkerResponseSource: "cache-storage",
    },
    entry({ url: `${shop}:443`, method: "CONNECT" }),
    entry({ url: `${shop}/odd`, method: "G E T" }),
    entry({ url: `${shop}/cancelled`, status: 0 }),
  ];
  const options = entry({ url: `${shop}/api`, method: "OPTIONS" });
  const chat = entry({ url: `${shop}/completions`, method: "POST", mimeType: "text/event-stream" });
  assert.deepEqual(pathsOf(entry({ url: `${shop}/` }), ...kept, options, chat), ["/", "/api", "/completions"]);
});

test("a recording of requests only is kept whatever it says of their answers", () => {
  const request = { method: "get", url: `${shop}/a` };
  assert.deepEqual(pathsOf({ request }, { request, response: null }, { request, response: { status: 0 } }), [
    "/a",
    "/a",
    "/a",
  ]);
  assert.doesNotMatch(sessionText(sessionOf([{ request }]), "x.har"), /expect:|sleep\(/);
});

test("files that are not a recording, and recordings of nothing, are refused in one line", () => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [[], /^x\.har is not a HAR file: it has no log\.entries$/],
    [null, /^x\.har is not a HAR file/],
    [{ log: { entries: [{}] } }, /^x\.har is not a HAR file: no entry in its log has a request with a URL$/],
    [{ log: { entries: [] } }, /^x\.har contains no request: its log has no entries$/],
    [{ openapi: "3.1.0" }, /^x\.har is not a HAR file: it is an OpenAPI description$/],
    [{ info: { schema: "https://schema.getpostman.com/json/collection/v2.1.0" } }, /it is a Postman collection$/],
  ];
  for (const [json, says] of cases) {
    assert.throws(
      () => readHar("x.har", json),
      (error) => error instanceof ConfigurationError && says.test(error.message),
    );
  }
  const page = [entry({ url: `${shop}/` })];
  assert.throws(
    () => sessionOf(page, { origins: ["https://other.example"] }),
    /^ConfigurationError: the recording contains no request to https:\/\/other\.example for a test; it contains requests to https:\/\/shop\.example$/,
  );
  assert.throws(() => sessionOf([entry({ url: `${shop}/a.png`, type: "image" })]), /--all keeps pictures/);
  assert.throws(() => sessionOf([entry({ url: "data:text/plain,x" })]), /contains no HTTP request for a test/);
});

test("entries come in the order of time; those without a time stay where they are", () => {
  const undated = (path: string, time: unknown) => ({ ...entry({ url: shop + path }), startedDateTime: time });
  assert.deepEqual(
    pathsOf(
      entry({ url: `${shop}/c`, atMs: 5 }),
      undated("/d", null),
      entry({ url: `${shop}/a`, atMs: 1 }),
      undated("/b", "yesterday"),
    ),
    ["/a", "/b", "/c", "/d"],
  );
});

test("nothing in a recording gets out of the comments of the test", () => {
  const text = sessionText(sessionOf([entry({ url: `${shop}/` })]), "a\u2028process.exit(1)\n;b.har");
  assert.match(text, /^\/\/ Made from a process\.exit\(1\) ;b\.har: /m);
});
