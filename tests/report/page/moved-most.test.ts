import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../src/core/random.ts";
import { type MovingFigure, movedMost } from "../../../src/report/page/moved-most.ts";

interface Truth {
  readonly endpoints: number;
  readonly seconds: number;
  /** The correlation of each second with the next. */
  readonly correlation?: number;
  /** The factor by which each endpoint is slower in the range. */
  readonly factorOf?: (endpoint: number) => number;
  readonly failuresOf?: (endpoint: number, isHere: boolean) => number;
}

const fromMs = 60_000;

/** The figures of a run whose truth is known: p95 about 50 ms with 15 % of noise, and failures of 50 requests a second. */
function simulated(seed: number, { endpoints, seconds, correlation = 0, factorOf, failuresOf }: Truth): MovingFigure[] {
  const source = new Random(seed, 0);
  const random = () => source.next();
  const noise = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const startMs = Array.from({ length: seconds }, (_, second) => second * 1_000);
  return Array.from({ length: endpoints }, (_, endpoint) => {
    let drift = noise();
    const times = startMs.map((start) => {
      drift = correlation * drift + Math.sqrt(1 - correlation ** 2) * noise();
      return 50 * Math.exp(0.15 * drift) * (start >= fromMs ? (factorOf?.(endpoint) ?? 1) : 1);
    });
    const failed = startMs.map((start) => {
      const share = failuresOf?.(endpoint, start >= fromMs) ?? 0.002;
      return Array.from({ length: 50 }, random).filter((one) => one < share).length / 50;
    });
    const subject = `/${endpoint}`;
    const counts = startMs.map(() => 50);
    return [
      { subject, figure: "p95", unit: "ms" as const, floor: 1, startMs, values: times },
      { subject, figure: "failed", unit: "share" as const, floor: 0.01, startMs, values: failed, counts },
    ];
  }).flat();
}

test("in 60 runs in which nothing moved, hardly ever anything is named, however many figures there are", () => {
  for (const correlation of [0, 0.6]) {
    let alarms = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const figures = simulated(seed, { endpoints: 10, seconds: 90, correlation });
      const { moves, compared } = movedMost(figures, fromMs, 90_000);
      assert.equal(compared, 20);
      if (moves.length > 0) alarms += 1;
    }
    assert.ok(alarms <= 2, `${alarms} of 60 runs with correlation ${correlation}`);
  }
});

test("what moved is named, the largest move first, with its values before and in the range", () => {
  let found = 0;
  for (let seed = 1; seed <= 50; seed++) {
    const { moves } = movedMost(
      simulated(seed, {
        endpoints: 20,
        seconds: 90,
        correlation: 0.3,
        factorOf: (endpoint) => ({ 3: 6, 7: 0.5 })[endpoint] ?? 1,
        failuresOf: (endpoint, isHere) => (endpoint === 5 && isHere ? 0.04 : 0.002),
      }),
      fromMs,
      90_000,
    );
    const names = moves.map(({ of }) => `${of.subject} ${of.figure}`);
    assert.equal(names[0], "/3 p95");
    assert.ok((moves[0]?.here ?? 0) > 3 * (moves[0]?.before ?? 0));
    if (names.includes("/5 failed") && names.includes("/7 p95") && names.length === 3) found += 1;
  }
  assert.ok(found >= 47, `${found} of 50`);
});

test("few values, few failures and small changes are not named", () => {
  const figures = simulated(3, { endpoints: 4, seconds: 63, factorOf: () => 10 });
  assert.deepEqual(movedMost(figures, fromMs, 63_000), { moves: [], compared: 0 });
  assert.deepEqual(movedMost(figures, 0, 63_000), { moves: [], compared: 0 });
  const startMs = [...Array(24).keys()].map((second) => second * 1_000);
  const rare: MovingFigure = {
    ...{ subject: "a", figure: "failed", unit: "share", floor: 0.01, startMs },
    values: startMs.map((start) => (start < 20_000 ? 0 : 0.02)),
    counts: startMs.map(() => 50),
  };
  assert.deepEqual(movedMost([rare, ...Array(30).fill(rare)], 20_000, 24_000).moves, []);
  const certain = { ...rare, figure: "p95", values: startMs.map((start) => (start < 20_000 ? 50 : 51)), counts: [] };
  assert.deepEqual(movedMost([certain], 20_000, 24_000).moves, []);
  const clear = { ...certain, values: startMs.map((start) => (start < 20_000 ? 50 : 60)) };
  assert.deepEqual(
    movedMost([clear], 20_000, 24_000).moves.map(({ before, here }) => [before, here]),
    [[50, 60]],
  );
});

test("what only happens after the range, and gaps, change nothing", () => {
  const startMs = [...Array(60).keys()].map((second) => second * 1_000);
  const values = startMs.map((start) => (start % 2_000 === 0 ? null : start < 20_000 ? 10 : start < 40_000 ? 20 : 900));
  const figure: MovingFigure = { subject: "a", figure: "p95", unit: "ms", floor: 1, startMs, values };
  assert.deepEqual(movedMost([figure], 20_000, 40_000).moves, [{ of: figure, before: 10, here: 20 }]);
});
