import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ComparedRun } from "../../../src/analysis/comparison/compared-run.ts";
import { type Comparison, compareRuns } from "../../../src/analysis/comparison/comparison.ts";
import type { FigureKind } from "../../../src/analysis/comparison/figure.ts";
import { Random } from "../../../src/core/random.ts";
import { caseCount } from "../../support/depth.ts";
import { type SyntheticService, syntheticRun } from "./synthetic-run.ts";

const service: SyntheticService = {
  seconds: 60,
  requestsPerSecond: 50,
  medianMs: 40,
  sigma: 0.4,
  wander: 0.05,
  correlation: 0.6,
};

function figureOf({ total }: Comparison, kind: FigureKind) {
  const found = total.figures.find(({ figure }) => figure === kind);
  assert.ok(found);
  return found;
}

/** Counts the outcomes of `pairs` comparisons. */
function outcomes(pairs: number, before: SyntheticService, after: SyntheticService, endpoints = 2) {
  const random = new Random(20_261_125, 0);
  const found = { worse: 0, better: 0, unchanged: 0, incomparable: 0 };
  for (let pair = 0; pair < pairs; pair++) {
    found[compareRuns(syntheticRun(random, before, endpoints), syntheticRun(random, after, endpoints)).outcome]++;
  }
  return found;
}

describe("two runs of the same service", () => {
  const kinds: [what: string, service: SyntheticService][] = [
    ["calm", { ...service, sigma: 0.2, wander: 0.01, correlation: 0 }],
    ["heavy tails", { ...service, sigma: 1.2 }],
    ["seconds that resemble each other", { ...service, correlation: 0.9 }],
    ["restless", { ...service, wander: 0.2, correlation: 0.3 }],
    ["short", { ...service, seconds: 12 }],
    ["failures", { ...service, errorRate: 0.05 }],
  ];
  for (const [what, same] of kinds) {
    it(`no change is found, or nearly never: ${what}`, () => {
      const { worse, better } = outcomes(caseCount(20), same, same);
      // With 99 % confidence, more have a chance below 0.2 %.
      const most = Math.max(2, 0.03 * caseCount(20));
      assert.ok(worse + better <= most, `${worse} worse, ${better} better of ${caseCount(20)}`);
    });
  }

  it("order statistics that assume independent requests would have found one", () => {
    // The medians of two such runs differ by more than 3 of the standard errors that 3,000 independent requests have.
    const random = new Random(5, 0);
    const restless = { ...service, wander: 0.2, correlation: 0.9 };
    const naive = 1.2533 * Math.hypot(restless.sigma, restless.wander) * Math.sqrt(2 / 3_000);
    let fooled = 0;
    for (let pair = 0; pair < 40; pair++) {
      const [first, second] = [syntheticRun(random, restless), syntheticRun(random, restless)];
      if (Math.abs(Math.log((first.total.p50Ms ?? 1) / (second.total.p50Ms ?? 1))) > 3 * naive) fooled++;
    }
    assert.ok(fooled >= 10, `${fooled} of 40`);
  });
});

describe("a service that has changed", () => {
  it("20 % slower is found", () => {
    assert.deepEqual(outcomes(15, service, { ...service, medianMs: 48 }).worse, 15);
  });

  it("20 % quicker is found, and called better", () => {
    assert.deepEqual(outcomes(15, { ...service, medianMs: 50 }, service).better, 15);
  });

  it("3 % is too small to matter, however long the runs", () => {
    const long = { ...service, seconds: 400, wander: 0.01, correlation: 0 };
    const { worse, better } = outcomes(10, long, { ...long, medianMs: 41.2 });
    assert.deepEqual([worse, better], [0, 0]);
    const random = new Random(3, 0);
    const p50 = figureOf(
      compareRuns(syntheticRun(random, long), syntheticRun(random, { ...long, medianMs: 41.2 })),
      "p50",
    );
    assert.equal(p50.outcome, "same");
    assert.ok(p50.interval !== null && p50.interval.low < 0.03 && p50.interval.high > 0.03 && p50.interval.high < 0.05);
  });

  it("less than a millisecond is too small to matter, unless it is requested", () => {
    const random = new Random(4, 0);
    const quick = { ...service, medianMs: 2, wander: 0.01 };
    const [before, after] = [syntheticRun(random, quick), syntheticRun(random, { ...quick, medianMs: 2.6 })];
    assert.equal(figureOf(compareRuns(before, after), "p50").outcome, "same");
    assert.equal(figureOf(compareRuns(before, after, { share: 0.05, ms: 0.1 }), "p50").outcome, "worse");
  });

  it("failures and lost throughput are found", () => {
    const random = new Random(6, 0);
    const before = syntheticRun(random, service);
    const failing = figureOf(compareRuns(before, syntheticRun(random, { ...service, errorRate: 0.02 })), "errorRate");
    assert.deepEqual([failing.before, failing.outcome], [0, "worse"]);
    assert.ok(failing.change !== null && Math.abs(failing.change - 0.02) < 0.006);
    const rare = figureOf(compareRuns(before, syntheticRun(random, { ...service, errorRate: 0.0005 })), "errorRate");
    assert.notEqual(rare.outcome, "worse");
    const half = figureOf(
      compareRuns(before, syntheticRun(random, { ...service, requestsPerSecond: 25 })),
      "requestsPerSecond",
    );
    assert.deepEqual([half.before, half.after, half.change, half.outcome], [50, 25, -0.5, "worse"]);
  });
});

describe("what both runs do at the same time", () => {
  it("a ramp in both runs does not count as variation", () => {
    const random = new Random(8, 0);
    const ramped = (medianMs: number) => withRamp(syntheticRun(random, { ...service, medianMs }));
    const p50 = figureOf(compareRuns(ramped(40), ramped(48)), "p50");
    assert.equal(p50.outcome, "worse");
    assert.ok(p50.interval !== null && p50.interval.high - p50.interval.low < 0.25);
  });

  /** Every section is a quarter slower than the one before. */
  function withRamp(run: ComparedRun): ComparedRun {
    const slower = (values: readonly (number | null)[]) =>
      values.map((value, k) => (value === null ? null : value * 1.25 ** k));
    const { sections } = run.total;
    return { ...run, total: { ...run.total, sections: { ...sections, p50Ms: slower(sections.p50Ms) } } };
  }
});

describe("what is unclear", () => {
  const random = new Random(9, 0);

  it("runs below 10 s are incomparable", () => {
    const short = { ...service, seconds: 9 };
    const comparison = compareRuns(syntheticRun(random, short), syntheticRun(random, short));
    assert.equal(comparison.outcome, "incomparable");
    assert.match(figureOf(comparison, "p50").because ?? "", /too short/);
  });

  it("a percentile with few requests beyond it is unclear, and the reason has the number needed", () => {
    const few = { ...service, requestsPerSecond: 10 };
    const comparison = compareRuns(syntheticRun(random, few), syntheticRun(random, few));
    assert.match(figureOf(comparison, "p99").because ?? "", /^2000 requests are needed in each run$/);
    assert.notEqual(figureOf(comparison, "p50").interval, null);
  });

  it("endpoints of only one run are listed", () => {
    const comparison = compareRuns(syntheticRun(random, service, 2), syntheticRun(random, service, 1));
    assert.deepEqual(comparison.onlyBefore, [{ method: "GET", name: "/1" }]);
    assert.deepEqual(comparison.onlyAfter, []);
    assert.deepEqual(
      comparison.endpoints.map(({ name }) => name),
      ["/0"],
    );
  });

  it("a run compared with itself has no change", () => {
    const run = syntheticRun(random, { ...service, seconds: 100, errorRate: 0.1 });
    const { total } = compareRuns(run, run);
    for (const { change, p } of total.figures) assert.deepEqual([Math.abs(change ?? 1), p], [0, 1]);
  });

  it("times below the resolution are equal", () => {
    const immediate = { ...service, medianMs: 0 };
    const comparison = compareRuns(syntheticRun(random, immediate), syntheticRun(random, immediate));
    assert.deepEqual([comparison.outcome, figureOf(comparison, "p50").outcome], ["unchanged", "same"]);
  });

  it("runs of 20 and of 10 sections are compared", () => {
    const short = { ...service, seconds: 15, wander: 0.01 };
    const [before, after] = [
      syntheticRun(random, short),
      syntheticRun(random, { ...service, medianMs: 80, wander: 0.01 }),
    ];
    assert.deepEqual([before.sectionMs.length, after.sectionMs.length], [10, 20]);
    assert.equal(figureOf(compareRuns(before, after), "p50").outcome, "worse");
    assert.equal(figureOf(compareRuns(after, before), "p50").outcome, "better");
  });
});

describe("a run without a request", () => {
  it("has no change of its throughput", () => {
    const noTimes = { p50Ms: null, p95Ms: null, p99Ms: null };
    const noSections = { requests: [], failures: [], p50Ms: [], p95Ms: [], p99Ms: [] };
    const runOf = (requests: number): ComparedRun => {
      const total = { method: "", name: "Aggregated", requests, failures: 0, ...noTimes, sections: noSections };
      return { run: { durationMs: 10_000 }, sectionMs: [], total, endpoints: [] };
    };
    for (const requests of [0, 500]) {
      const { after, change, because } = figureOf(compareRuns(runOf(0), runOf(requests)), "requestsPerSecond");
      assert.deepEqual([after, change, because], [requests / 10, null, "there were no requests"]);
    }
  });
});
