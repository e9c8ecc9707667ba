import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { pino } from "pino";
import { type CapacityResult, capacityResult } from "../../../src/analysis/capacity/capacity-result.ts";
import { judgeCapacity } from "../../../src/analysis/capacity/capacity-verdict.ts";
import { Random } from "../../../src/core/random.ts";
import type { LossPolicy, RunEvent } from "../../../src/core/run.ts";
import type { LoadControl } from "../../../src/master/load/load-control.ts";
import type { TimedOperation } from "../../../src/master/load/operation.ts";
import { Collector } from "../../../src/master/record/collector.ts";
import type { RunParts, WatchedLoad } from "../../../src/master/run-context.ts";
import type { SearchDirector } from "../../../src/master/search/search-director.ts";
import { searchOfRun } from "../../../src/master/search/search-of-run.ts";
import type { HealthSample } from "../../../src/stats/health-sample.ts";
import { type Accident, accidents, effectsOf } from "../../report/result/simulated-run.ts";
import { caseCount, casesByDepth, deepTest } from "../../support/depth.ts";
import { rateSearch, Traffic } from "./simulated-search.ts";
import { knownServices } from "./simulated-services.ts";

const guide = await readFile(new URL("../../../docs/guide/trustworthy-results.md", import.meta.url), "utf8");
const rows = guide.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
const head = rows.find((cells) => cells[1] === "accident") ?? [];

const cellOf = (accident: Accident) => rows.find((cells) => cells[1] === accident)?.[head.indexOf("search")] ?? "";

const secondMs = 1_000;
const [service] = knownServices;

/** A search on simulated time. What watches the trials is that of a real run. */
class Stage {
  readonly search = rateSearch();
  readonly #collector = new Collector();
  readonly #operations: TimedOperation[] = [];
  readonly #events: RunEvent[] = [];
  readonly #policy: LossPolicy;
  readonly #control: { workers: readonly number[]; readonly nextSecondMs: number; search: LoadControl["search"] };
  #load = { isActive: true };
  #nowMs = 0;
  director: SearchDirector;

  constructor(policy: LossPolicy) {
    this.#policy = policy;
    const nextSecondMs = () => this.#nowMs + secondMs;
    this.#control = {
      workers: [1, 2, 3],
      get nextSecondMs() {
        return nextSecondMs();
      },
      search: (operation, atMs) => this.#operations.push({ atMs, operation: { kind: "search", ...operation } }),
    };
    this.director = this.#directed();
    this.director.begin();
  }

  #directed(): SearchDirector {
    const [log, journal] = [pino({ level: "silent" }), { events: this.#events, warnings: [], note() {}, warn() {} }];
    const options = {
      resolved: { search: this.search, scenarios: [{ name: "default" }] },
      log,
      onWorkerStrain: "invalid",
    };
    const run = { options, collector: this.#collector, journal } as unknown as RunParts;
    this.#load.isActive = false;
    this.#load = { isActive: true };
    const director = searchOfRun(run, Object.assign(this.#load, { control: this.#control }) as unknown as WatchedLoad);
    assert.ok(director !== null);
    return director;
  }

  /** Plays the search to its end, with an accident in second `at`. `more`: when else the master dies. */
  play(accident: Accident, at: number, more: readonly number[] = []): CapacityResult {
    const effects = effectsOf(accident, at, this.#policy);
    const others = more.flatMap((second) => effectsOf("the master dies and is resumed", second).events);
    assert.ok(service !== undefined);
    const traffic = new Traffic(service.create(new Random(1, 1)));
    // Seconds that a lost worker has not reported are closed when it is declared lost: both are seen together.
    const lossMs = Math.min(...effects.missing.map(({ fromMs }) => fromMs));
    const seenAtMs = ({ kind, atMs }: RunEvent) => (kind === "worker-lost" ? Math.min(lossMs, atMs) : atMs);
    for (; this.director.reason === null && this.#nowMs < 2 * 3_600_000; this.#nowMs += secondMs) {
      for (const event of [...effects.events, ...others]) if (seenAtMs(event) === this.#nowMs) this.#happen(event);
      for (const sample of effects.samples) if (sample.atMs === this.#nowMs) this.#sample(sample);
      this.#collector.recent.add(traffic.second(this.#nowMs, this.#rate * effects.madeIn(this.#nowMs / secondMs)));
      this.#collector.recent.close(this.#nowMs + secondMs);
    }
    return capacityResult(this.search, { events: this.director.events, reason: this.director.reason });
  }

  get #rate(): number {
    const operation = this.#operations.findLast(({ atMs }) => atMs <= this.#nowMs)?.operation;
    return operation?.kind === "search" && "ratePerSecond" in operation.step ? operation.step.ratePerSecond : 0;
  }

  #happen(event: RunEvent): void {
    this.#events.push(event);
    const workers = { "worker-lost": [1, 2], "worker-returned": [1, 2, 3], "worker-joined": [1, 2, 3, 4] };
    const now = workers[event.kind as keyof typeof workers];
    if (now !== undefined && this.#policy === "rebalance") this.#control.workers = now;
    if (event.kind !== "master-resumed") return;
    this.director = this.#directed();
    this.director.resume([...this.#operations]);
  }

  #sample(sample: HealthSample): void {
    const window = { startMs: sample.atMs, widthMs: sample.widthMs, samples: new Map([[3, [sample]]]) };
    this.#collector.health.restore([window], []);
  }
}

const searched = (accident: Accident, at: number, policy: LossPolicy = "rebalance") =>
  new Stage(policy).play(accident, at);

/** Seconds in which accidents begin: in the first trial, and in later ones. */
const moments = [5, 70, 133, 320];

for (const accident of accidents) {
  const declare = accident === "a worker dies" ? test : deepTest;
  declare(`${accident}: the search finds the capacity, and says what happened to its trial`, async () => {
    assert.match(cellOf(accident), /^passed/);
    for (const at of moments.slice(0, caseCount(1))) {
      const result = searched(accident, at);
      assert.ok(result.kind === "arrivals" && result.capacity.kind === "found", `${at}: ${JSON.stringify(result)}`);
      assert.ok(Math.abs(result.capacity.ratePerSecond / 60 - 1) <= 0.1, `${at}: ${result.capacity.ratePerSecond}/s`);
      assert.equal(judgeCapacity(result).verdict, "passed");
      const isVoid = result.trials.some(({ outcome }) => outcome.kind === "invalid" && outcome.isVoid === true);
      const isInTrial = result.trials.some(
        ({ startMs, settleMs, measureMs }) => startMs <= at * 1_000 && at * 1_000 < startMs + settleMs + measureMs,
      );
      const isRepeated = cellOf(accident).endsWith("the trial is repeated");
      if (isRepeated && isInTrial) assert.ok(isVoid, `${at}: a trial is void`);
      if (!cellOf(accident).includes("the trial is repeated")) assert.ok(!isVoid, `${at}: no trial is void`);
    }
  });
}

test("with --on-worker-loss=continue, the trial of a loss is void, too, and no trial of the smaller load fails", () => {
  for (const at of [5, 133]) {
    const result = searched("a worker dies", at, "continue");
    assert.ok(result.kind === "arrivals");
    const since = result.trials.filter(
      ({ startMs, settleMs, measureMs }) => startMs + settleMs + measureMs > at * 1_000,
    );
    const [first, ...others] = since.map(({ outcome }) => outcome);
    assert.ok(first?.kind === "invalid" && first.isVoid, JSON.stringify(first));
    assert.deepEqual(
      others.filter(({ kind }) => kind !== "invalid"),
      [],
    );
    assert.notEqual(judgeCapacity(result).verdict, "failed");
  }
});

for (const [more, declare] of casesByDepth(1, [
  [66, 68, 70, 135],
  [133, 135],
])) {
  const times = more.length;
  declare(
    `a master that is resumed ${times} times, in one trial and while a worker is lost, finds the capacity all the same`,
    async () => {
      const result = new Stage("rebalance").play("a worker dies", 134, more);
      assert.ok(result.kind === "arrivals" && result.capacity.kind === "found", JSON.stringify(result));
      assert.ok(Math.abs(result.capacity.ratePerSecond / 60 - 1) <= 0.1, `${result.capacity.ratePerSecond}/s`);
      assert.equal(judgeCapacity(result).verdict, "passed");
    },
  );
}
