import assert from "node:assert/strict";
import { test } from "node:test";
import { capacityResult } from "../../../src/analysis/capacity/capacity-result.ts";
import type { Search } from "../../../src/core/plan/search.ts";
import { parseThresholds } from "../../../src/core/thresholds/threshold.ts";
import { type TimedOperation, timedOperation } from "../../../src/master/load/operation.ts";
import { SearchDirector } from "../../../src/master/search/search-director.ts";
import { searchOf } from "../../../src/master/search/search-record.ts";
import { storedSearch, storedSearchSteps } from "../../../src/report/result/stored-run-data.ts";
import { measuredWindow } from "../../analysis/measured-windows.ts";

const limits = {
  targets: parseThresholds({ response_time: "p(95)<500", failures: "rate<0.01" }),
  ignored: [],
  tailPercentile: 95,
  deadlineMs: 1_200_000,
  timeScale: 0.2,
};
const search: Search = { kind: "arrivals", startPerSecond: 20, maxPerSecond: 500, atLeastPerSecond: null, ...limits };
const capacity = 80;

/** A service with a queue, a generator without fault, and the clock of a run, second by second. */
class Stage {
  readonly operations: TimedOperation[] = [];
  readonly told: string[] = [];
  director: SearchDirector;
  #nowMs = 0;
  #backlog = 0;

  constructor(staged: { readonly search: Search }) {
    this.director = this.newDirector(staged.search);
  }

  newDirector(of: Search): SearchDirector {
    return new SearchDirector({
      search: of,
      scenario: "default",
      nextSecondMs: () => this.#nowMs + 1_000,
      carryOut: (operation, atMs) => this.operations.push({ atMs, operation: { kind: "search", ...operation } }),
      generatorProblemIn: () => null,
      tell: (text) => this.told.push(text),
    });
  }

  /** Until the search is over, or `enough` holds. */
  play(enough: () => boolean = () => false): void {
    for (let seconds = 0; seconds < 4_000 && this.director.reason === null && !enough(); seconds++) this.#second();
  }

  #second(): void {
    const now = this.operations.findLast(({ atMs }) => atMs <= this.#nowMs)?.operation;
    const step = now?.kind === "search" ? now.step : null;
    const rate = step !== null && "ratePerSecond" in step ? step.ratePerSecond : 0;
    const due = Math.round(((this.#nowMs + 1_000) * rate) / 1_000) - Math.round((this.#nowMs * rate) / 1_000);
    const served = Math.min(this.#backlog + due, capacity);
    const waitMs = (this.#backlog / capacity) * 1_000;
    this.#backlog += due - served;
    const times = Array.from({ length: served }, (_, i) => 60 + waitMs + (i % 10));
    this.director.take(measuredWindow(this.#nowMs, { times, lags: Array<number>(due).fill(0.2) }));
    this.#nowMs += 1_000;
  }
}

test("a search finds the capacity of a service, changes the load on whole seconds, and reports each trial", () => {
  const stage = new Stage({ search });
  stage.director.begin();
  stage.play();
  const { director, operations, told } = stage;
  assert.equal(director.reason, "found");
  const result = capacityResult(search, director);
  assert.ok(result.kind === "arrivals" && result.capacity.kind === "found", JSON.stringify(result));
  const { ratePerSecond } = result.capacity;
  assert.ok(Math.abs(ratePerSecond / capacity - 1) <= 0.08, `${ratePerSecond} is not within 8 % of ${capacity}`);
  assert.deepEqual([result.overload, result.confirmed], ["plateau", true]);
  assert.ok(operations.every(({ atMs }) => atMs % 1_000 === 0));
  assert.equal(told.length, result.trials.length);
  assert.match(told[0] ?? "", /^trial 1: 20\/s held, p95 6\d ms$/);
  // After a trial that held, a calm service is not drained.
  const [first] = director.events.filter(({ kind }) => kind === "drain");
  assert.ok(first?.kind === "drain" && first.tookMs === 0 && first.drained);
});

test("a recorded search can be replayed, and resumes after a restart except for the trial in progress", () => {
  const stage = new Stage({ search });
  stage.director.begin();
  stage.play(() => stage.director.describe(1e9)?.startsWith("trial 6: ") === true);
  const before = stage.director.events.length;
  // As it comes back from a store.
  const kept = stage.operations.map((one) => timedOperation.parse(JSON.parse(JSON.stringify(one))));
  const second = stage.newDirector(search);
  second.resume(kept);
  assert.deepEqual(second.events, stage.director.events);
  stage.director = second;
  stage.play();
  assert.equal(second.reason, "found");
  const interrupted = second.events.slice(before).find(({ kind }) => kind === "trial");
  assert.ok(interrupted?.kind === "trial" && interrupted.outcome.kind === "invalid");
  assert.match(interrupted.outcome.reason, /the master was restarted/);
  // What the page draws is the same from the master as from the store.
  const controls = stage.operations.map(({ atMs, operation }) => ({ atMs, operation }));
  assert.deepEqual(stage.director.steps, storedSearchSteps(controls));
  const result = capacityResult(search, second);
  assert.ok(result.kind === "arrivals" && result.capacity.kind === "found");
  assert.ok(Math.abs(result.capacity.ratePerSecond / capacity - 1) <= 0.08);
  const { events, reason } = searchOf(stage.operations);
  assert.deepEqual(capacityResult(search, { events, reason }), result);
  assert.deepEqual(capacityResult(search, storedSearch(stage.operations)), result);
});

test("a trial during which a worker left is invalid and is repeated", () => {
  const stage = new Stage({ search });
  stage.director.begin();
  stage.director.spoil("a worker left");
  stage.play(() => stage.told.length === 2);
  assert.match(stage.told.join("\n"), /^trial 1: 20\/s is invalid: a worker left\ntrial 2: 20\/s held/);
});

test("workers that come and go void trials however often, and the search finds the capacity all the same", () => {
  const stage = new Stage({ search });
  stage.director.begin();
  for (let changes = 1; changes <= 12; changes++) {
    stage.play(() => stage.director.describe(0)?.startsWith(`trial ${changes}: `) === true);
    stage.director.spoil("a worker left or joined during the trial");
    stage.play(() => stage.told.length === changes);
  }
  assert.ok(stage.told.every((text) => text.endsWith("20/s is invalid: a worker left or joined during the trial")));
  stage.play();
  assert.equal(stage.director.reason, "found");
  const result = capacityResult(search, stage.director);
  assert.ok(result.kind === "arrivals" && result.capacity.kind === "found");
  assert.ok(Math.abs(result.capacity.ratePerSecond / capacity - 1) <= 0.08);
});

test("a search ends before it begins if no trial fits into its time", () => {
  const stage = new Stage({ search: { ...search, deadlineMs: 1_000 } });
  stage.director.begin();
  assert.equal(stage.director.reason, "deadline");
  assert.equal(stage.director.describe(0), null);
  assert.deepEqual(searchOf(stage.operations), {
    events: [],
    reason: "deadline",
    latest: { step: { kind: "end", reason: "deadline" }, atMs: 0 },
  });
});
