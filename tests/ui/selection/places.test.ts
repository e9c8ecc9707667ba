import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { lookNext } from "../../../src/report/page/look-next.ts";
import type { RunReport } from "../../../src/report/page/model.ts";
import type { Result } from "../../../src/report/result/result-schema.ts";
import { crossingOf } from "../../../src/ui/data/crossing.ts";
import { placeOfEvent, placeOfText, placeOfThreshold, type RunPart } from "../../../src/ui/selection/places.ts";
import { assertProperty } from "../../support/property.ts";
import { syntheticReport } from "../synthetic-report.ts";

const base = syntheticReport({ minutes: 1, endpoints: 3, workers: 2, windows: 60 });
const judged = { value: 150, passed: false, close: false };
const end = 1e12;

/** The p95 of all is over 100 ms from 00:30 on; half of the requests of /items/1 fail from 00:40 on. */
function withResult(result: Partial<Result>): RunReport {
  const { windows } = base;
  const p95Ms = windows.startMs.map((_, second) => (second >= 30 ? 150 : 50));
  const [first, failing, ...others] = windows.endpoints;
  assert.ok(first !== undefined && failing !== undefined);
  const failures = failing.requests.map((count, second) => (second >= 40 ? count / 2 : 0));
  const endpoints = [first, { ...failing, failures }, ...others];
  const total = { ...windows.total, p95Ms };
  return { ...base, windows: { ...windows, total, endpoints }, result: { ...base.result, ...result } };
}

test("a threshold leads to the time from when it failed on, and to its endpoint or class", () => {
  const cases: readonly (readonly [metric: string, expression: string, place: RunPart | null])[] = [
    ["response_time", "p(95)<100", { range: { fromMs: 30_000, toMs: end } }],
    ["failures{name:/items/1}", "rate<0.1", { endpoint: "GET /items/1", range: { fromMs: 40_000, toMs: end } }],
    ["response_time{name:/items/1}", "p(98)<1", { endpoint: "GET /items/1" }],
    ["response_time{class:Shopper}", "p(95)<1", { userClass: "Shopper" }],
    ["checks{check:created}", "rate>0.9", { check: "created" }],
    ["checks{check:other}", "rate>0.9", null],
    ["group_duration{group:order}", "p(95)<9", { group: "order" }],
    ["cart_size", "avg<3", null],
  ];
  const { responseTimeMs: durationMs } = base.result.total;
  const groups = [{ name: "order", count: 9, failures: 0, ratePerSecond: 1, durationMs, activeTimeMs: durationMs }];
  for (const [metric, expression, place] of cases) {
    const threshold = { ...judged, metric, expression };
    assert.deepEqual(placeOfThreshold(withResult({ thresholds: [threshold], groups }), threshold), place, metric);
  }
});

test("a threshold that holds leads to the window in which it was worst, and one of windows to the worst of these", () => {
  const report = withResult({});
  const p95Ms = report.windows.startMs.map((_, second) => (second === 17 ? 90 : 50));
  const total = { ...report.windows.total, requests: p95Ms.map(() => 200), p95Ms };
  const held = { ...judged, metric: "response_time", expression: "p(95)<100", value: 60, passed: true };
  assert.deepEqual(placeOfThreshold({ ...report, windows: { ...report.windows, total } }, held), {
    range: { fromMs: 17_000, toMs: 18_000 },
  });
  const fromMs = 20_000;
  const later = p95Ms.map((value, second) => (second === 33 ? 80 : value));
  assert.deepEqual(
    placeOfThreshold(
      { ...report, windows: { ...report.windows, total: { ...total, p95Ms: later } } },
      { ...held, span: { fromMs, windows: null } },
    ),
    { range: { fromMs: 33_000, toMs: 34_000 } },
  );
  const few = { ...total, requests: p95Ms.map((_, second) => (second === 17 ? 5 : 200)) };
  assert.notDeepEqual(placeOfThreshold({ ...report, windows: { ...report.windows, total: few } }, held), {
    range: { fromMs: 17_000, toMs: 18_000 },
  });
  const span = { fromMs: 0, windows: { widthMs: 10_000, judged: 51, broken: 1, worstStartMs: 20_000 } };
  assert.deepEqual(placeOfThreshold(report, { ...judged, metric: "response_time", expression: "p(95)<100", span }), {
    range: { fromMs: 20_000, toMs: 30_000 },
  });
});

test("each line of what to look at next, and each reason, leads to what it names", () => {
  const slow = { ...judged, metric: "response_time", expression: "p(95)<100" };
  const [worker, ...workers] = base.result.workers;
  assert.ok(worker !== undefined);
  const report = withResult({
    thresholds: [{ ...judged, metric: "failures", expression: "rate<0.1", value: 0.5 }, slow],
    workers: [{ ...worker, lost: true }, ...workers],
    errors: [
      { method: "GET", name: "/items/0", kind: "5xx", message: "503 Busy", count: 8, stack: "" },
      { method: "", name: "buy", kind: "exception", message: "no cart", count: 2, stack: "" },
    ],
  });
  const lines = lookNext(report.result, (threshold) => crossingOf(report, threshold));
  const places = lines.map((line) => placeOfText(report, line));
  assert.ok(
    places.some((place) => place?.worker === worker.number),
    lines.join("\n"),
  );
  assert.deepEqual(places.find((place) => place?.status === "5xx")?.endpoint, "GET /items/0");
  assert.deepEqual(
    places.find((place) => place?.error === "no cart"),
    { status: "exception", error: "no cart" },
  );
  assert.deepEqual(places.find((place) => place?.range !== undefined)?.range, { fromMs: 30_000, toMs: end });
  for (const reason of ["p(95) of response_time was 150 ms (limit < 100 ms)", "p95 was 150 ms (limit < 100 ms)"]) {
    assert.deepEqual(placeOfText(report, reason), { range: { fromMs: 30_000, toMs: end } }, reason);
  }
  assert.equal(placeOfText(report, "the run was aborted"), null);
  assert.equal(placeOfText(report, "worker 9 was lost"), null);
});

test("an event leads to the time from it on, and to its worker", () => {
  const report = withResult({});
  assert.deepEqual(placeOfEvent(report, { atMs: 5_000, text: "worker 2 (host, pid 7) was lost after 5 s" }), {
    worker: 2,
    range: { fromMs: 5_000, toMs: end },
  });
  assert.deepEqual(placeOfEvent(report, { atMs: 5_000, text: "the load was paused" }), {
    range: { fromMs: 5_000, toMs: end },
  });
});

test("the endpoint with the longest name is found, whatever the names are, and none in the name of another", () => {
  const name = fc
    .string({ unit: fc.constantFrom("/", "a", ":", "b", "."), minLength: 1, maxLength: 6 })
    // As the end of a name, these could as well be those of a sentence.
    .filter((one) => !/[:.]$/.test(one));
  assertProperty(
    fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 6 }), fc.nat(5), (names, at) => {
      const [first] = base.result.endpoints;
      assert.ok(first !== undefined);
      const endpoints = names.map((one) => ({ ...first, method: "GET", name: one }));
      const chosen = names[at % names.length] ?? "";
      const report = withResult({ endpoints, thresholds: [] });
      for (const text of [`GET ${chosen} drifts`, `GET ${chosen}, p95 1 ms`, `p95 of GET ${chosen}`]) {
        assert.equal(placeOfText(report, text)?.endpoint, `GET ${chosen}`, text);
      }
      const others = withResult({ endpoints: endpoints.filter((one) => one.name !== chosen), thresholds: [] });
      assert.equal(placeOfText(others, `GET ${chosen} drifts`), null);
    }),
  );
});
