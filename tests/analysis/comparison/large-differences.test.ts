import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ComparedEndpoint, ComparedRun } from "../../../src/analysis/comparison/compared-run.ts";
import { compareRuns } from "../../../src/analysis/comparison/comparison.ts";
import type { FigureKind } from "../../../src/analysis/comparison/figure.ts";
import { Random } from "../../../src/core/random.ts";
import { normal } from "../synthetic-noise.ts";
import { type SyntheticService, syntheticRun } from "./synthetic-run.ts";

const fast: SyntheticService = {
  seconds: 60,
  requestsPerSecond: 50,
  medianMs: 0.32,
  sigma: 0.4,
  wander: 0.05,
  correlation: 0.6,
};
const slow = { ...fast, medianMs: 9.01 };

/** Gives every endpoint of a run other section percentiles. */
function withSections(run: ComparedRun, valueAt: (value: number, section: number) => number): ComparedRun {
  const changed = (endpoint: ComparedEndpoint): ComparedEndpoint => {
    const column = (values: readonly (number | null)[]) =>
      values.map((value, section) => (value === null ? null : valueAt(value, section)));
    const { p50Ms, p95Ms, p99Ms } = endpoint.sections;
    const sections = { ...endpoint.sections, p50Ms: column(p50Ms), p95Ms: column(p95Ms), p99Ms: column(p99Ms) };
    return { ...endpoint, sections };
  };
  return { ...run, total: changed(run.total), endpoints: run.endpoints.map(changed) };
}

function outcomesOf(before: ComparedRun, after: ComparedRun, kinds: readonly FigureKind[] = ["p50", "p95", "p99"]) {
  const { total, endpoints } = compareRuns(before, after);
  return [total, ...endpoints].flatMap(({ figures }) =>
    figures.filter(({ figure }) => kinds.includes(figure)).map(({ outcome }) => outcome),
  );
}

/** Thirty endpoints make the correction for the number of tests strict. */
const many = 30;

describe("0.32 ms before and 9.01 ms after are certain", () => {
  const random = new Random(20_261_129, 0);

  it("in runs of any length that can be compared, with many endpoints", () => {
    for (const seconds of [10, 15, 20, 60]) {
      const [before, after] = [fast, slow].map((one) => syntheticRun(random, { ...one, seconds }, many));
      assert.ok(before !== undefined && after !== undefined);
      assert.deepEqual(new Set(outcomesOf(before, after)), new Set(["worse"]), `${seconds} s`);
      assert.deepEqual(new Set(outcomesOf(after, before)), new Set(["better"]), `${seconds} s`);
    }
  });

  it("of few requests", () => {
    for (const requestsPerSecond of [1, 2, 5]) {
      const [before, after] = [fast, slow].map((one) => syntheticRun(random, { ...one, requestsPerSecond }, 3));
      assert.ok(before !== undefined && after !== undefined);
      assert.deepEqual(
        new Set(outcomesOf(before, after, ["p50", "p95"])),
        new Set(["worse"]),
        `${requestsPerSecond}/s`,
      );
    }
  });

  it("if the first sections are alike, as the load has only begun to rise", () => {
    const [before, after] = [fast, slow].map((one) => syntheticRun(random, one, many));
    assert.ok(before !== undefined && after !== undefined);
    const alike = withSections(after, (value, section) => (section < 2 ? value * (0.32 / 9.01) : value));
    assert.deepEqual(new Set(outcomesOf(before, alike)), new Set(["worse"]));
  });

  it("if the difference grows with the load from section to section", () => {
    const [before, after] = [fast, slow].map((one) => syntheticRun(random, one, many));
    assert.ok(before !== undefined && after !== undefined);
    const growing = withSections(after, (value, section) => value * 4 ** ((section - 10) / 10));
    assert.deepEqual(new Set(outcomesOf(before, growing, ["p50"])), new Set(["worse"]));
  });

  it("if a few sections are much slower still", () => {
    const [before, after] = [fast, slow].map((one) => syntheticRun(random, one, many));
    assert.ok(before !== undefined && after !== undefined);
    const stalled = withSections(after, (value, section) => (section % 9 === 4 ? value * 200 : value));
    assert.deepEqual(new Set(outcomesOf(before, stalled)), new Set(["worse"]));
  });
});

describe("a difference that few sections have", () => {
  const random = new Random(20_261_130, 0);

  it("is not certain, and the reason says so", () => {
    const [before, like] = [syntheticRun(random, fast), syntheticRun(random, fast)];
    const stalled = withSections(like, (value, section) => (section === 7 || section === 8 ? value * 1_000 : value));
    const { total } = compareRuns(before, { ...stalled, total: { ...stalled.total, p95Ms: 300 } });
    const p95 = total.figures.find(({ figure }) => figure === "p95");
    assert.equal(p95?.outcome, "unclear");
    assert.equal(p95?.because, "only 2 of 20 parts of the runs differ that much: it may be a single event");
  });
});

describe("runs of the same service with few requests", () => {
  const kinds: [what: string, service: SyntheticService][] = [
    ["heavy tails", { ...fast, medianMs: 40, sigma: 1.2 }],
    ["seconds that resemble each other", { ...fast, medianMs: 40, wander: 0.2, correlation: 0.8 }],
  ];
  for (const [what, service] of kinds) {
    it(`no change is found, or nearly never: ${what}`, () => {
      const random = new Random(7, 0);
      let found = 0;
      for (let pair = 0; pair < 60; pair++) {
        const rates = [1 + (pair % 3), 1 + (pair % 7)];
        const [before, after] = rates.map((requestsPerSecond) =>
          syntheticRun(random, { ...service, requestsPerSecond }, 3),
        );
        assert.ok(before !== undefined && after !== undefined);
        const times = outcomesOf(before, after);
        if (times.includes("worse") || times.includes("better")) found++;
      }
      // With 99 % confidence more than 3 of 60 have a chance of 0.3 %.
      assert.ok(found <= 3, `${found} of 60`);
    });
  }

  it("a rare slow request, which moves the p99 by chance, is no change", () => {
    const random = new Random(11, 0);
    let found = 0;
    for (let pair = 0; pair < 60; pair++) {
      const runs = [0, 1].map(() => rarelySlow(random));
      if (outcomesOf(runs[0] as ComparedRun, runs[1] as ComparedRun).some((one) => one === "worse" || one === "better"))
        found++;
    }
    assert.ok(found <= 3, `${found} of 60`);
  });

  /** 200 requests, of which one in a hundred takes 100 times as long. */
  function rarelySlow(random: Random): ComparedRun {
    const times = Array.from({ length: 200 }, () => (random.next() < 0.01 ? 40 : 0.4) * Math.exp(0.2 * normal(random)));
    const percentile = (values: readonly number[], p: number) =>
      values.toSorted((a, b) => a - b)[Math.ceil((p / 100) * values.length) - 1] ?? null;
    const sections = Array.from({ length: 20 }, (_, k) => times.slice(10 * k, 10 * k + 10));
    const total: ComparedEndpoint = {
      ...{ method: "", name: "Aggregated", requests: 200, failures: 0 },
      ...{ p50Ms: percentile(times, 50), p95Ms: percentile(times, 95), p99Ms: percentile(times, 99) },
      sections: {
        requests: sections.map(({ length }) => length),
        failures: sections.map(() => 0),
        p50Ms: sections.map((values) => percentile(values, 50)),
        p95Ms: sections.map((values) => percentile(values, 95)),
        p99Ms: sections.map((values) => percentile(values, 99)),
      },
    };
    return { run: { durationMs: 20_000 }, sectionMs: sections.map(() => 1_000), total, endpoints: [] };
  }
});
