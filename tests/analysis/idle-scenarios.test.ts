import assert from "node:assert/strict";
import { test } from "node:test";
import type { ScenarioIdleTimes } from "../../src/analysis/idle-scenarios.ts";
import { CountedTimes } from "../../src/analysis/idle-scenarios.ts";
import { ThresholdSpans } from "../../src/analysis/threshold-spans.ts";
import { breachOf } from "../../src/analysis/verdict.ts";
import { slicesOf } from "../../src/core/thresholds/slice.ts";
import { parseThresholds, type Threshold, type ThresholdDefinition } from "../../src/core/thresholds/threshold.ts";
import { RunTotals } from "../../src/stats/run-totals.ts";
import { UsersBySecond } from "../../src/stats/users-by-second.ts";
import type { Window } from "../../src/stats/windows.ts";
import { record, reportOf } from "../stats/recorder-events.ts";
import { request } from "./measurements.ts";

const endsNever = Number.POSITIVE_INFINITY;
/** "shop" has load from second 0 to 20 of 60, "yard" all the time. */
const scenarios: ScenarioIdleTimes[] = [
  { scenario: "shop", classes: ["Buyer"], idle: [{ fromMs: 20_000, toMs: endsNever }], graceMs: 5_000 },
  { scenario: "yard", classes: ["Seller"], idle: [{ fromMs: 60_000, toMs: endsNever }], graceMs: 5_000 },
];

interface Requested {
  readonly pay: number;
  readonly browse: number;
}

/** A run of 60 s: so many requests of /pay and of /browse in each second. */
function run(requestedIn: (second: number) => Requested): Window[] {
  return Array.from({ length: 60 }, (_, second) => {
    const { pay, browse } = requestedIn(second);
    const made = [
      ...Array.from({ length: pay }, () => request("/pay", 10)),
      ...Array.from({ length: browse }, () => request("/browse", 10)),
    ];
    const totals = new RunTotals();
    totals.add(reportOf(record(made)));
    const users = new UsersBySecond();
    users.add(second * 1_000, 1_000, 2, []);
    return { startMs: second * 1_000, widthMs: 1_000, totals, users };
  });
}

/** Requests of /pay end with "shop"; its last iterations take three seconds more. */
const endingRun = () => run((second) => ({ pay: second < 20 ? 10 : second < 23 ? 3 : 0, browse: 10 }));
const ending = endingRun();

const floorOf = (metric: string, definition: Partial<ThresholdDefinition> = {}): Threshold =>
  parseThresholds(
    { [metric]: { threshold: "rate>8", window: "5s", abortOnFail: true, ...definition } },
    { rampEndMs: 0, durationMs: 60_000 },
  )[0] as Threshold;

/** In which second a threshold ended the run (-1: in none), and how many of its windows were judged, broken and left out. */
function outcomeOf(threshold: Threshold, windows: readonly Window[], idle = scenarios) {
  const spans = new ThresholdSpans([threshold]);
  let breachedIn = -1;
  for (const [second, window] of windows.entries()) {
    spans.add(window);
    spans.close(window, [], [], idle);
    if (breachedIn < 0 && breachOf([threshold], spans) !== null) breachedIn = second;
  }
  spans.finish(60_000, [], [], idle);
  const totals = new RunTotals();
  for (const window of windows) totals.merge(window.totals);
  const { span, passed } = spans.final(threshold, { totals, durationMs: 60_000, users: 2, peakUsers: 2 });
  const { judged, broken, unjudged = 0 } = span?.windows ?? { judged: 0, broken: 0 };
  return { breachedIn, passed, judged, broken, unjudged };
}

test("a floor on what a scenario requested is not judged on the silence after its end", () => {
  const expected = { breachedIn: -1, passed: true, judged: 17, broken: 0, unjudged: 39 };
  assert.deepEqual(outcomeOf(floorOf("requests{name:/pay}"), ending), expected);
  const withoutTimes = outcomeOf(floorOf("requests{name:/pay}"), ending, []);
  assert.deepEqual([withoutTimes.breachedIn, withoutTimes.passed], [21, false]);
});

test("a floor whose selector names the scenario or class is not judged after its end, whatever else is silent", () => {
  for (const metric of ["requests{name:/pay,scenario:shop}", "requests{name:/pay,class:Buyer}"]) {
    const sliced = endingRun().map((window) => {
      const count = window.totals.endpoint("GET", "/pay");
      const key = metric.includes("scenario") ? 'name:"/pay",scenario:"shop"' : 'class:"Buyer",name:"/pay"';
      if (count.requests > 0) window.totals.addTo("slice", key).merge(count);
      return window;
    });
    const { breachedIn, passed, judged } = outcomeOf(floorOf(metric), sliced);
    assert.deepEqual([breachedIn, passed, judged], [-1, true, 17], metric);
  }
});

test("a floor is judged before the end of its scenario, and on what another one requests, too", () => {
  const floor = floorOf("requests{name:/pay}");
  const breaksEarly = run((second) => ({ pay: second < 10 ? 10 : 0, browse: 10 }));
  assert.equal(outcomeOf(floor, breaksEarly).breachedIn, 10);
  // "yard" pays too until second 40, long after the end of "shop".
  const paysOn = run((second) => ({ pay: second < 40 ? 10 : 0, browse: 10 }));
  const { breachedIn, passed } = outcomeOf(floor, paysOn);
  assert.deepEqual([breachedIn, passed], [40, false]);
});

test("an outage that begins while another scenario's last iterations may still run breaks a floor of this one", () => {
  const floor = floorOf("requests{name:/pay}");
  const [shop = "", yard = ""] = slicesOf([floor], ["shop", "yard"]).map(({ key }) => key);
  /** "yard" pays until second `untilSecond`; "shop", which ends in second 20, does or does not. */
  const paidBy = (untilSecond: number, isPaidByShop: boolean) =>
    run((second) => ({ pay: second < untilSecond ? 10 : 0, browse: 10 })).map((window, second) => {
      if (second >= untilSecond) return window;
      const count = window.totals.endpoint("GET", "/pay");
      window.totals.addTo("slice", yard).merge(count);
      if (isPaidByShop && second < 20) window.totals.addTo("slice", shop).merge(count);
      return window;
    });
  for (const isPaidByShop of [true, false]) {
    for (const untilSecond of [20, 21, 22, 24, 30]) {
      const { breachedIn, passed } = outcomeOf(floor, paidBy(untilSecond, isPaidByShop));
      assert.deepEqual([breachedIn, passed], [untilSecond, false], `until ${untilSecond}`);
    }
  }
  // Only "shop" paid, and nobody has to go on.
  const onlyShop = endingRun().map((window) => {
    const count = window.totals.endpoint("GET", "/pay");
    if (count.requests > 0) window.totals.addTo("slice", shop).merge(count);
    return window;
  });
  assert.deepEqual(outcomeOf(floor, onlyShop).passed, true);
});

test("a service that hangs as a whole breaks a floor, although a scenario has ended", () => {
  const hangs = run((second) => (second < 30 ? { pay: second < 20 ? 10 : 0, browse: 10 } : { pay: 0, browse: 0 }));
  assert.equal(outcomeOf(floorOf("requests{name:/browse}"), hangs).breachedIn, 30);
  assert.equal(outcomeOf(floorOf("requests"), hangs).passed, false);
});

test("a window without data is no failure while the only scenario that could give it has no load", () => {
  const times = floorOf("response_time{name:/pay}", { threshold: "p(95)<500" });
  const { breachedIn, passed, broken } = outcomeOf(times, ending);
  assert.deepEqual([breachedIn, passed, broken], [-1, true, 0]);
  assert.equal(outcomeOf(times, ending, []).passed, false);
  const late = scenarios.map((one) =>
    one.scenario === "shop" ? { ...one, idle: [{ fromMs: 0, toMs: 20_000 }] } : one,
  );
  const begins = run((second) => ({ pay: second < 20 ? 0 : 10, browse: 10 }));
  assert.deepEqual([outcomeOf(times, begins, late).passed, outcomeOf(times, begins, []).passed], [true, false]);
  // It responds no more while it is still asked.
  const hangs = run((second) => ({ pay: second < 10 ? 10 : 0, browse: 10 }));
  assert.equal(outcomeOf(times, hangs).passed, false);
});

test("a floor is not judged between two scenarios that make what it counts", () => {
  const gap = scenarios.map((one) =>
    one.scenario === "shop" ? { ...one, idle: [{ fromMs: 20_000, toMs: 40_000 }] } : one,
  );
  const resumes = run((second) => ({ pay: second < 20 || second >= 40 ? 10 : 0, browse: 10 }));
  const { breachedIn, passed, unjudged } = outcomeOf(floorOf("requests{name:/pay}"), resumes, gap);
  assert.deepEqual([breachedIn, passed, unjudged], [-1, true, 24]);
});

test("a floor on the whole run ends it neither before its scenario nor after it", () => {
  const windows = endingRun();
  for (const window of windows) {
    const { requests } = window.totals.endpoint("GET", "/pay");
    if (requests > 0) window.totals.addTo("slice", 'scenario:"shop"').merge(window.totals.endpoint("GET", "/pay"));
  }
  const whole = parseThresholds(
    { "requests{scenario:shop}": { threshold: "rate>8", abortOnFail: true } },
    { rampEndMs: 0, durationMs: 60_000 },
  )[0] as Threshold;
  assert.equal(outcomeOf(whole, windows).breachedIn, -1);
  assert.equal(outcomeOf(whole, windows, []).breachedIn > 20, true);
});

test("times of what was counted: in any order, with gaps", () => {
  const times = new CountedTimes();
  for (const second of [4, 1, 2, 9, 8, 3]) times.add(second * 1_000, (second + 1) * 1_000);
  const has = ([from, to]: readonly [number, number]) => times.hasIn(from * 1_000, to * 1_000);
  assert.deepEqual(
    (
      [
        [0, 1],
        [0, 2],
        [4, 5],
        [5, 8],
        [5, 9],
        [10, 20],
      ] as const
    ).map(has),
    [false, true, true, false, true, false],
  );
});
