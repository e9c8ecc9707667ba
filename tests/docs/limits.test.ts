import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { limitsByActor } from "../../scripts/docs/limits/listed-limits.ts";
import { limitsPage } from "../../scripts/docs/limits.ts";
import { root } from "./markdown.ts";

test("docs/limits.md has the limits of the code: `npm run docs:limits` writes it", async () => {
  assert.equal(await readFile(join(root, "docs/limits.md"), "utf8"), await limitsPage());
});

const places = ["api", "protocol", "master", "runner/delivery", "runner/metrics", "worker/http"];

/** Constants that are no limit of what somebody else sends. */
const others = new Set([
  // What muster makes at a time, and how often.
  ...["master/shared/permit-requests.ts mostOfLease", "master/run-observer.ts mostWarned"],
  ...["master/observe/service-observer.ts mostEvents", "master/observe/service-observer.ts longestReason"],
  "master/observe/readers.ts longestShown",
  "master/observe/exposition.ts longestShown",
  ...["master/shared/data-requests.ts mostBytes", "master/shared/data-requests.ts mostRows"],
  ...["master/record/journal.ts longestIntervalMs", "master/record/journal.ts longestLockMs"],
  ...["worker/http/own/idle-time.ts longestMs", "worker/http/undici/place.ts longestConnectMs"],
  ...["worker/http/trace/place-in-test.ts mostFrames"],
  // Of clocks, not of amounts.
  "master/record/report-bounds.ts mostAheadMs",
  // Samples beyond are merged, or the oldest left out.
  ...["mostSamples", "mostOfAll", "mostDelays"].map((name) => `master/record/health-log.ts ${name}`),
  // Sizes of buffers: what is larger is handled in another way.
  ...["worker/http/request/memory.ts maxCopiedBytes", "worker/http/own/wire-request.ts maxCopiedBytes"],
  ...["worker/http/own/wire-request.ts maxTextLength", "worker/http/undici/connection.ts maxWholeBytes"],
  ...["maxBlockBytes", "maxTextBytes"].map((name) => `worker/http/response/received-body.ts ${name}`),
  // Caches.
  ...["worker/http/request/routes.ts maxRoutes", "worker/http/request/request-headers.ts maxKnownNames"],
  ...["maxRemembered", "mostUnchecked", "longestUnchecked"].map(
    (name) => `worker/http/request/user-cookies.ts ${name}`,
  ),
  ...["worker/http/own/latest-head.ts maxBytes", "worker/http/time-limits.ts maxKnown"],
  ...["worker/http/network/names.ts mostNames", "worker/http/spans/request-rows.ts mostMasked"],
  // Sizes of what muster makes: the rest follows in another request, or in wider buckets.
  ...["otlp-request.ts mostBodyBytes", "remote-write-request.ts mostBodyBytes"].map((name) => `runner/metrics/${name}`),
  ...["histogram-buckets.ts mostBuckets", "in-slices.ts longestSliceMs"].map((name) => `runner/metrics/${name}`),
  ...["runner/metrics/snappy.ts longestCopy", "worker/http/spans/request-rows.ts mostRowBytes"],
  // Texts of errors about what the test gave.
  ...["worker/http/request/target.ts longestShownUrl", "worker/http/request/field-text.ts longestShownName"],
  ...["longestShownPath", "longestSearched"].map((name) => `worker/http/request/json-text.ts ${name}`),
]);

test("each limit of the protocol, the master, the web API and the client is listed", async () => {
  const listed = new Set(limitsByActor.flatMap(({ limits }) => limits.map(({ file, name }) => `${file} ${name}`)));
  for (const { file, name, members } of await constants()) {
    const names = members.length === 0 ? [`${file} ${name}`] : members.map((member) => `${file} ${name}.${member}`);
    for (const one of names) assert.ok(listed.has(one) || others.has(`${file} ${name}`), `src/${one}`);
  }
});

/** Constants that are named like limits; `members` are the names of the numbers of an object. */
async function constants(): Promise<{ file: string; name: string; members: string[] }[]> {
  const found: { file: string; name: string; members: string[] }[] = [];
  const folders = await Promise.all(
    places.map(async (place) =>
      (await readdir(join(root, "src", place), { recursive: true })).map((at) => `${place}/${at}`),
    ),
  );
  for (const file of [...folders.flat().filter((entry) => entry.endsWith(".ts")), "stats/name-cap.ts"]) {
    const text = await readFile(join(root, "src", file), "utf8");
    for (const [, name = "", value = ""] of text.matchAll(
      /^(?:export )?const ((?:max|most|longest|largest)[A-Z]\w*) = ([^;]*)/gm,
    )) {
      const members = value.startsWith("{") ? [...value.matchAll(/(\w+): \d/g)].map(([, member = ""]) => member) : [];
      found.push({ file, name, members });
    }
  }
  return found;
}
