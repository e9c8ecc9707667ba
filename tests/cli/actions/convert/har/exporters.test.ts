import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { readHar } from "../../../../../src/cli/actions/convert/har/har.ts";
import { readHarFile } from "../../../../../src/cli/actions/convert/har/har-file.ts";
import { recordedSession } from "../../../../../src/cli/actions/convert/har/recorded-session.ts";

interface Exported {
  /** What is peculiar to it. */
  readonly exporter: string;
  readonly file: string;
  /** "POST /users text", in their order. */
  readonly steps: readonly string[];
  /** By kind. */
  readonly leftOut?: Readonly<Record<string, number>>;
}

/** Made by hand, with no more in each file than what is peculiar to its exporter. */
const exporters: readonly Exported[] = [
  {
    exporter: "Chrome and Edge: types of resources, pseudo headers, caches, blocked and cancelled requests",
    file: "chrome",
    steps: ["GET / none", "POST /search form"],
    leftOut: { cached: 1, blocked: 1, unanswered: 1, socket: 1, part: 1, scheme: 1 },
  },
  {
    exporter: "Firefox: no types of resources, a form's head in the text, empty params",
    file: "firefox",
    steps: ["GET / none", "POST /login form"],
    leftOut: { part: 1 },
  },
  {
    exporter: "Safari: no times of some entries, status -1 of failed ones",
    file: "safari",
    steps: ["GET / none"],
    leftOut: { unanswered: 1 },
  },
  {
    exporter: "WebPageTest: a sentence as title, certificate checks first, statuses as text",
    file: "webpagetest",
    steps: ["GET / none"],
    leftOut: { background: 1 },
  },
  { exporter: "sitespeed.io: several runs as pages", file: "sitespeed", steps: ["GET / none", "GET / none"] },
  {
    exporter: "Charles, Fiddler: CONNECT, nulls, a byte count of unknown bodies",
    file: "charles",
    steps: ["PUT /jobs/1 json"],
    leftOut: { method: 1 },
  },
  {
    exporter: "mitmproxy: a WebSocket as https and 101, updates of the system",
    file: "mitmproxy",
    steps: ["POST /api bytes"],
    leftOut: { socket: 1, background: 1 },
  },
  { exporter: "BrowserMob, har4j: fields in params, no text", file: "browsermob", steps: ["POST /users form"] },
  {
    exporter: "Advanced REST Client: fields in params, cookies and caches of null",
    file: "advanced-rest-client",
    steps: ["POST /users form"],
  },
  {
    exporter: "Insomnia, Postman: the query apart, an empty postData, no response",
    file: "insomnia",
    steps: ["GET /jobs?page=2 none", "POST /upload text"],
  },
  {
    exporter: "Playwright: bodies in files of their own, monotonic times",
    file: "playwright",
    steps: ["GET / none", "POST /api none incomplete"],
  },
  {
    exporter: "HTTP Toolkit, Proxyman: bodies that are not text",
    file: "http-toolkit",
    steps: ["POST /a bytes", "POST /b none incomplete"],
  },
];

for (const { exporter, file, steps, leftOut = {} } of exporters) {
  test(exporter, async () => {
    const json = await readHarFile(join(import.meta.dirname, "fixtures", `${file}.har`));
    const session = recordedSession(readHar(file, json), { origins: [], everything: false });
    assert.deepEqual(session.origins, ["https://shop.example"]);
    assert.deepEqual(
      session.steps.map(({ method, path, body, isIncomplete }) =>
        [method, path, body.kind, ...(isIncomplete ? ["incomplete"] : [])].join(" "),
      ),
      steps,
    );
    assert.deepEqual(Object.fromEntries(session.leftOut.byKind), leftOut);
  });
}
