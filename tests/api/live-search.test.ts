import assert from "node:assert/strict";
import { test } from "node:test";
import { liveSearch } from "../../src/api/live/live-state.ts";
import { parseThresholds } from "../../src/core/thresholds/threshold.ts";
import { SearchDirector } from "../../src/master/search/search-director.ts";
import { measuredWindow } from "../analysis/measured-windows.ts";

test("a search tells what it is at, what it knows, and its latest trials", () => {
  let nowMs = 0;
  let trialsEnded = 0;
  const director = new SearchDirector({
    search: {
      kind: "arrivals",
      startPerSecond: 20,
      maxPerSecond: 500,
      atLeastPerSecond: null,
      targets: parseThresholds({ response_time: "p(95)<500" }),
      ignored: [],
      tailPercentile: 95,
      deadlineMs: 1_200_000,
      timeScale: 0.2,
    },
    scenario: "default",
    nextSecondMs: () => nowMs + 1_000,
    carryOut: () => {},
    generatorProblemIn: () => null,
    tell: () => trialsEnded++,
  });
  /** Seconds in which each of so many iterations takes so long, until a trial ends. */
  const trialOf = (rate: number, responseMs: number) => {
    const before = trialsEnded;
    for (let seconds = 0; seconds < 300 && trialsEnded === before; seconds++, nowMs += 1_000) {
      const times = Array<number>(rate).fill(responseMs);
      director.take(measuredWindow(nowMs, { times, lags: Array<number>(rate).fill(0.2) }));
    }
    assert.equal(trialsEnded, before + 1);
  };

  director.begin();
  assert.deepEqual(liveSearch(director, 0), { now: "trial 1: 20/s, settling", known: null, trials: [] });
  trialOf(20, 60);
  const climbing = liveSearch(director, nowMs);
  assert.match(climbing.now ?? "", /^trial 2: 30\/s, settling$/);
  assert.equal(climbing.known, "20/s held");
  assert.deepEqual(climbing.trials, [{ number: 1, outcome: "passed", text: "20/s held, p95 60 ms" }]);
  // A rate fails when two trials agree.
  for (let trial = 0; trial < 2; trial++) trialOf(30, 900);
  const narrowing = liveSearch(director, nowMs);
  assert.equal(narrowing.known, "20/s held, 30/s failed");
  assert.deepEqual(
    narrowing.trials.map(({ number, outcome }) => [number, outcome]),
    [
      [1, "passed"],
      [2, "failed"],
      [3, "failed"],
    ],
  );
});
