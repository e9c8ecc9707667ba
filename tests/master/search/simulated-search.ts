import { type CapacityResult, capacityResult } from "../../../src/analysis/capacity/capacity-result.ts";
import type { Search } from "../../../src/core/plan/search.ts";
import { Random } from "../../../src/core/random.ts";
import { parseThresholds } from "../../../src/core/thresholds/threshold.ts";
import { SearchDirector } from "../../../src/master/search/search-director.ts";
import { IntervalRecorder } from "../../../src/stats/interval-recorder.ts";
import { RunTotals } from "../../../src/stats/run-totals.ts";
import { UsersBySecond } from "../../../src/stats/users-by-second.ts";
import { reportOf } from "../../stats/recorder-events.ts";
import { type KnownService, type SimulatedService, searchTargets } from "./simulated-services.ts";

const secondMs = 1_000;
/** Seconds that the windows and the change of the load take after a step has ended. */
const leadMs = 1_000;

type RateResult = Extract<CapacityResult, { kind: "arrivals" }>;

/** A search for the rate that a service bears. */
export function rateSearch(over: Partial<Search> = {}): Search {
  return {
    kind: "arrivals",
    startPerSecond: 30,
    maxPerSecond: 2_000,
    atLeastPerSecond: null,
    targets: parseThresholds({
      response_time: `p(95)<${searchTargets.p95Ms}`,
      failures: `rate<${searchTargets.errorRate}`,
    }),
    ignored: [],
    tailPercentile: 95,
    deadlineMs: 60 * 60_000,
    timeScale: 1,
    ...over,
  } as Search;
}

/** Searches the capacity of a service on simulated time: the director, its trials and the judgement are the real ones. */
export function simulatedSearch(service: KnownService, seed: number, over: Partial<Search> = {}): RateResult {
  const search = rateSearch(over);
  const changes: { readonly atMs: number; readonly rate: number }[] = [];
  let nowMs = 0;
  const director = new SearchDirector({
    search,
    scenario: "default",
    nextSecondMs: () => nowMs + leadMs,
    carryOut: ({ step }, atMs) => {
      if ("ratePerSecond" in step) changes.push({ atMs, rate: step.ratePerSecond });
    },
    generatorProblemIn: () => null,
    tell: () => {},
  });
  director.begin();
  const traffic = new Traffic(service.create(new Random(seed, 1)));
  for (; director.reason === null; nowMs += secondMs) {
    director.take(traffic.second(nowMs, changes.findLast(({ atMs }) => atMs <= nowMs)?.rate ?? 0));
  }
  const result = capacityResult(search, { events: director.events, reason: director.reason });
  if (result.kind !== "arrivals") throw new Error("a search over rates has another result");
  return result;
}

/** The requests to a service at an even rate. */
export class Traffic {
  readonly #answer: SimulatedService;
  /** Ended requests by the second in which they ended: the response time in microseconds, negative if it failed. */
  readonly #ended = new Map<number, number[]>();
  #due = 0;

  constructor(answer: SimulatedService) {
    this.#answer = answer;
  }

  /** Sends the requests of one second; returns its window. */
  second(startMs: number, rate: number) {
    let started = 0;
    for (this.#due += rate; this.#due >= 1; this.#due--, started++) {
      const atMs = startMs + secondMs * Math.max(0, 1 - this.#due / rate);
      const { atMs: doneMs, status } = this.#answer(atMs);
      const micros = Math.max(1, Math.round((doneMs - atMs) * 1_000));
      const second = Math.floor(doneMs / secondMs);
      const there = this.#ended.get(second) ?? [];
      there.push(status < 400 ? micros : -micros);
      this.#ended.set(second, there);
    }
    const ended = this.#ended.get(startMs / secondMs) ?? [];
    this.#ended.delete(startMs / secondMs);
    return windowOf(startMs, started, ended);
  }
}

function windowOf(startMs: number, started: number, ended: readonly number[]) {
  const recorder = new IntervalRecorder(true);
  const endpoint = recorder.endpoint("GET", "/");
  for (const signed of ended) {
    const micros = Math.abs(signed);
    endpoint.record(micros, micros, 100, 100);
    if (signed < 0) recorder.failure(endpoint, "4xx", "429 Too Many Requests");
  }
  for (let one = 0; one < started; one++) {
    recorder.scheduleLag.record(200);
    recorder.blockedTime.record(0);
  }
  recorder.completedIterations = ended.length;
  const totals = new RunTotals();
  totals.add(reportOf(recorder));
  const users = new UsersBySecond();
  users.add(startMs, secondMs, 10, []);
  return { startMs, widthMs: secondMs, users, totals };
}
