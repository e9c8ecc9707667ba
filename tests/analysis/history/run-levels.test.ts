import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { runLevels } from "../../../src/analysis/history/run-levels.ts";
import { Random } from "../../../src/core/random.ts";
import { assertProperty } from "../../support/property.ts";
import { flat, type SimulatedNoise, simulatedHistory } from "./simulated-history.ts";

const histories = 200;

/** How many of many simulated histories have a change. */
function alarms(length: number, noise: SimulatedNoise): number {
  const random = new Random(20_261_129, length);
  let found = 0;
  for (let round = 0; round < histories; round++) {
    if (runLevels("p95", simulatedHistory(random, flat(length), noise)).length > 1) found++;
  }
  return found;
}

describe("a service that does not change", () => {
  const kinds: [what: string, noise: SimulatedNoise][] = [
    ["quiet", { sigma: 0.02 }],
    ["noisy", { sigma: 0.15 }],
    ["sometimes disturbed", { sigma: 0.05, disturbed: 0.05 }],
    ["runs that resemble the one before", { sigma: 0.1, correlation: 0.5 }],
  ];
  for (const [what, noise] of kinds) {
    for (const length of [6, 12, 40]) {
      it(`has one level, or nearly always: ${what}, ${length} runs`, () => {
        const found = alarms(length, noise);
        // Of 200 at 1 % each, more than 8 have a chance of 0.03 %.
        assert.ok(found <= 8, `${found} of ${histories}`);
      });
    }
  }

  it("lies in its band in about 99 of 100 further runs", () => {
    const random = new Random(3, 0);
    let outside = 0;
    for (let round = 0; round < histories; round++) {
      const values = simulatedHistory(random, flat(13), { sigma: 0.1 });
      const band = runLevels("p95", values.slice(0, 12)).at(-1)?.band;
      assert.ok(band != null);
      const next = values[12] ?? 0;
      if (next < band.low || next > band.high) outside++;
    }
    assert.ok(outside <= 8, `${outside} of ${histories}`);
  });

  it("has a band only with five runs, and never a narrower one than a change that matters", () => {
    assert.equal(runLevels("p95", flat(4))[0]?.band, null);
    const [level] = runLevels("p95", flat(5));
    assert.ok(level?.band != null && level.band.low < 96 && level.band.high > 104);
    assert.deepEqual(runLevels("p95", []), []);
    assert.deepEqual(
      runLevels("errorRate", flat(6, 0)).map(({ from, runs, value }) => [from, runs, value]),
      [[0, 6, 0]],
    );
  });
});

describe("a service that changes", () => {
  /** The share of histories in which exactly the true steps are found, each at most `off` runs away. */
  function found(levels: readonly number[], steps: readonly number[], noise: SimulatedNoise, off = 1): number {
    const random = new Random(5, levels.length);
    let right = 0;
    for (let round = 0; round < histories; round++) {
      const positions = runLevels("p95", simulatedHistory(random, levels, noise))
        .slice(1)
        .map(({ from }) => from);
      if (
        positions.length === steps.length &&
        positions.every((position, step) => Math.abs(position - (steps[step] ?? 0)) <= off)
      )
        right++;
    }
    return right / histories;
  }

  it("a step is found, where it is", () => {
    assert.ok(found([...flat(20), ...flat(20, 120)], [20], { sigma: 0.05 }) > 0.95);
    assert.ok(found([...flat(20), ...flat(20, 80)], [20], { sigma: 0.05, disturbed: 0.05 }, 2) > 0.85);
  });

  it("a large step is found after three runs", () => {
    assert.ok(found([...flat(12), ...flat(3, 150)], [12], { sigma: 0.05 }, 0) > 0.95);
  });

  it("several steps are found", () => {
    const levels = [...flat(12), ...flat(10, 140), ...flat(12, 110)];
    assert.ok(found(levels, [12, 22], { sigma: 0.04 }) > 0.9);
  });

  it("a change says how large it is and whether it is worse", () => {
    const slower = runLevels("p95", [...flat(10), ...flat(10, 150)]);
    assert.deepEqual(
      slower.map(({ from, runs, value, change, isWorse }) => [from, runs, Math.round(value), change, isWorse]),
      [
        [0, 10, 100, null, false],
        [10, 10, 150, slower[1]?.change, true],
      ],
    );
    assert.ok(Math.abs((slower[1]?.change ?? 0) - 0.5) < 1e-9);
    const [, fewer] = runLevels("requestsPerSecond", [...flat(10), ...flat(10, 80)]);
    assert.ok(fewer?.isWorse === true && Math.abs((fewer.change ?? 0) + 0.2) < 1e-9);
    const [, failing] = runLevels("errorRate", [...flat(10, 0), ...flat(10, 0.02)]);
    assert.deepEqual([failing?.change, failing?.isWorse], [0.02, true]);
  });

  it("one odd run is no new level, nor is a change that is too small to matter", () => {
    assert.equal(runLevels("p95", [...flat(10), 900, ...flat(10)]).length, 1);
    assert.equal(runLevels("p95", [...flat(10), ...flat(10, 104)]).length, 1);
    assert.equal(runLevels("p95", [...flat(10, 2), ...flat(10, 2.8)]).length, 1);
  });
});

it("levels cover all runs once, in their order", () => {
  const values = fc.array(
    fc.integer({ min: 0, max: 5_000_000 }).map((micros) => micros / 1_000),
    { maxLength: 40 },
  );
  assertProperty(
    fc.property(values, fc.constantFrom("p95", "errorRate", "requestsPerSecond"), (given, figure) => {
      const levels = runLevels(figure, figure === "errorRate" ? given.map((value) => value / 5_000) : given);
      let next = 0;
      for (const { from, runs, value, band } of levels) {
        assert.equal(from, next);
        assert.ok(runs >= 1 && Number.isFinite(value));
        if (band !== null)
          assert.ok(band.low <= value + 1e-9 && band.high >= value - 1e-9, `${band.low} ${value} ${band.high}`);
        next += runs;
      }
      assert.equal(next, given.length);
    }),
  );
});
