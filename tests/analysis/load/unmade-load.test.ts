import assert from "node:assert/strict";
import { test } from "node:test";
import type { ScenarioLoad } from "../../../src/analysis/load/scenario-load.ts";
import { mayHoldWithLoad, unmadeLoad } from "../../../src/analysis/load/unmade-load.ts";
import { ThresholdSpans } from "../../../src/analysis/threshold-spans.ts";
import { breachOf, decide } from "../../../src/analysis/verdict.ts";
import { parseThresholds } from "../../../src/core/thresholds/threshold.ts";
import { RunTotals } from "../../../src/stats/run-totals.ts";
import { UsersBySecond } from "../../../src/stats/users-by-second.ts";
import type { Window } from "../../../src/stats/windows.ts";
import { record, reportOf } from "../../stats/recorder-events.ts";
import { iteration, measured, request } from "../measurements.ts";
import { loadOf } from "./load-fixture.ts";

const lost = [
  { kind: "worker-lost", atMs: 5_000, text: "worker 2 (b, pid 7) was lost after 5.0 s (sent nothing); its 3 users …" },
];
const classes = [{ scenario: "default", name: "User" }];

/** Loads of 20 requests to /pay, of which some were made in 10 s. */
function decided(thresholds: Record<string, string>, load: readonly ScenarioLoad[], events = lost, made = 15) {
  const work = Array.from({ length: made }, () => [request("/pay", 10), iteration]).flat();
  const unmade = unmadeLoad({ load, events, classes, toMs: 10_000 });
  const {
    verdict,
    exitCode,
    reasons,
    thresholds: outcomes,
  } = decide(parseThresholds(thresholds), measured(work, { unmade }), null);
  return { verdict, exitCode, reasons, unmade: outcomes[0]?.unmade };
}

const short = [loadOf({ planned: 20, made: 15 })];

test("a floor that a lost worker's part would have met is not known to have failed, counts as rates", () => {
  for (const floor of [
    { requests: "count>=20" },
    { "requests{name:/pay}": "count>18" },
    { requests: "rate>=2" },
    { iterations: "count==20" },
    { bytes_in: "count>1600" },
  ] as Record<string, string>[]) {
    const { verdict, exitCode, reasons, unmade } = decided(floor, short);
    assert.deepEqual([verdict, exitCode, unmade], ["invalid", 110, true], JSON.stringify(floor));
    assert.equal(
      reasons[0],
      "it is not known whether the whole load would have met this: 25 % of the planned load was not generated (15 of 20 iterations): worker 2 (b, pid 7) was lost after 5.0 s (sent nothing)",
    );
    assert.equal(reasons.length, 2, "the missed floor is named, too");
  }
});

test("a floor that not even the whole load would have met fails, and so does any other threshold", () => {
  assert.equal(decided({ requests: "count>=21" }, short).exitCode, 99);
  assert.equal(decided({ requests: "count>=20", response_time: "p(95)<1" }, short).exitCode, 99);
  assert.equal(decided({ requests: "count<10" }, short).exitCode, 99);
});

test("a floor fails if no load is missing, or no worker was lost", () => {
  assert.equal(decided({ requests: "count>=20" }, [loadOf({ planned: 15, made: 15 })]).exitCode, 99);
  assert.equal(decided({ requests: "count>=20" }, short, []).exitCode, 99);
  const dropped = [loadOf({ planned: 20, made: 15, dropped: 5 })];
  assert.equal(decided({ requests: "count>=20" }, dropped).exitCode, 99, "no user was free: that is the service's");
});

test("what a worker that stood still left out counts as well, and only of scenarios that a selector is about", () => {
  assert.equal(decided({ requests: "count>=20" }, [loadOf({ planned: 20, made: 15, late: 5 })], []).exitCode, 110);
  const two = [loadOf({ planned: 20, made: 15 }), loadOf({ scenario: "other", planned: 20, made: 20 })];
  assert.equal(decided({ "requests{scenario:other}": "count>=1" }, two).exitCode, 99);
  assert.match(decided({ requests: "count>=20" }, two).reasons[0] ?? "", /planned load of default was not generated/);
});

/** A run of 60 s at 10 requests per second, and at `after` from second 20 on, when one of two workers was lost. */
function spansOf(floor: string, after: number, window?: string) {
  const definition = { threshold: floor, abortOnFail: true, ...(window === undefined ? {} : { window }) };
  const [threshold] = parseThresholds({ requests: definition }, { rampEndMs: 0, durationMs: 60_000 });
  assert.ok(threshold !== undefined);
  const spans = new ThresholdSpans([threshold]);
  let breach: string | null = null;
  const unmadeAt = (second: number) => {
    const made = Math.min(second, 20) * 10 + Math.max(0, second - 20) * 5;
    const events = second > 20 ? lost.map((one) => ({ ...one, atMs: 20_000 })) : [];
    return unmadeLoad({ load: [loadOf({ planned: second * 10, made })], events, classes, toMs: second * 1_000 });
  };
  for (let second = 0; second < 60; second++) {
    const totals = new RunTotals();
    totals.add(reportOf(record(Array.from({ length: second < 20 ? 10 : after }, () => request("/", 10)))));
    const users = new UsersBySecond();
    users.add(second * 1_000, 1_000, 2, []);
    const one: Window = { startMs: second * 1_000, widthMs: 1_000, totals, users };
    spans.add(one);
    spans.close(one, [], [], [], unmadeAt(second + 1));
    breach ??= breachOf([threshold], spans);
  }
  spans.finish(60_000, [], [], [], unmadeAt(60));
  return { breach, outcome: spans.final(threshold, measured([])) };
}

test("with the load of a lost worker missing, windows that it explains are left out, and end no run", () => {
  const { breach, outcome } = spansOf("rate>8", 5, "5s");
  assert.equal(breach, null);
  const { judged = 0, broken, unjudged = 0 } = outcome.span?.windows ?? {};
  assert.deepEqual([outcome.passed, broken, judged + unjudged], [true, 0, 56]);
  assert.ok(unjudged >= 36, `${unjudged} windows are not judged`);
});

test("a window that the whole load would not have filled still fails, and ends the run", () => {
  const { breach, outcome } = spansOf("rate>8", 1, "5s");
  assert.match(breach ?? "", /^requests rate was/);
  assert.equal(outcome.passed, false);
});

test("a floor on the whole run with abortOnFail does not end it for the load of a lost worker", () => {
  assert.equal(spansOf("rate>9", 5).breach, null);
  assert.match(spansOf("rate>9", 0).breach ?? "", /^requests rate was/);
});

test("a load that its user ends while a worker is lost is judged by what was measured, and not by what was cut short", () => {
  const load = [loadOf({ planned: 1_000, made: 992 })];
  const lost = { kind: "worker-lost", atMs: 99_000, text: "worker 2 (b, pid 7) was lost after 99.0 s (sent nothing)" };
  const ended = { kind: "stopped", atMs: 95_000, text: "the load was stopped" };
  const of = (thresholds: Record<string, string>) => {
    const unmade = unmadeLoad({ load, events: [ended, lost], classes, toMs: 95_000 });
    const work = Array.from({ length: 20 }, () => [request("/", 10), iteration]).flat();
    return decide(
      parseThresholds(thresholds),
      measured(work, { unmade, cutShort: { atMs: 95_000, because: "a user stopped the load" } }),
      null,
    );
  };
  assert.equal(of({ response_time: "p(95)<500" }).exitCode, 0);
  const { exitCode, reasons } = of({ requests: "count>50" });
  assert.equal(exitCode, 110);
  assert.match(reasons[0] ?? "", /^a user stopped the load after 01:35/);
});

test("what is missing in all of a run is not missing in each part of it, nor is it all for ===", () => {
  const half = [loadOf({ planned: 20, made: 10 })];
  // Of 20 in the second half of the run, at most half could be missing: 3 would be 6.
  const [threshold] = parseThresholds({ requests: "count>=8" });
  assert.ok(threshold !== undefined);
  const unmade = unmadeLoad({ load: half, events: lost, classes, toMs: 10_000 });
  for (const isWindow of [true, false]) {
    const part = { fromMs: 6_000, toMs: 10_000, isWindow };
    assert.equal(mayHoldWithLoad(threshold, 3, unmade, part), false);
    assert.equal(mayHoldWithLoad(threshold, 4, unmade, part), true);
  }
  for (const operator of ["==", "==="]) {
    const [exact] = parseThresholds({ requests: `count${operator}20` });
    assert.ok(exact !== undefined);
    assert.equal(mayHoldWithLoad(exact, 10, unmade, { fromMs: 0, toMs: 10_000, isWindow: false }), true, operator);
  }
  // Nothing was made: 0 requests say nothing.
  const nothing = unmadeLoad({ load: [loadOf({ planned: 20, made: 0 })], events: lost, classes, toMs: 10_000 });
  assert.equal(mayHoldWithLoad(threshold, 0, nothing, { fromMs: 0, toMs: 10_000, isWindow: false }), true);
});
