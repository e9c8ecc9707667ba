import { fromRanges, unpackRanges } from "../../../src/core/ranges.ts";
import type { RunEvent } from "../../../src/core/run.ts";
import { defineTest, defineUser } from "../../../src/index.ts";
import { LoadControl } from "../../../src/master/load/load-control.ts";
import type { TimedOperation } from "../../../src/master/load/operation.ts";
import type { ScenarioSpec } from "../../../src/protocol/scenario-spec.ts";
import type { LoadDefinition, UserDefinition } from "../../../src/scenario/definition/define.ts";
import type { ShapeStatistics } from "../../../src/scenario/definition/load.ts";
import { type RunOverrides, resolveRun } from "../../../src/scenario/resolve/resolve.ts";

export type SpecOf<Kind extends ScenarioSpec["kind"]> = Extract<ScenarioSpec, { kind: Kind }>;

const tasks = { list: () => {} };
const usual = [defineUser({ name: "a", weight: 2, tasks }), defineUser({ name: "b", tasks })];
const nothingYet = { users: 0, requests: 0, failures: 0, requestsPerSecond: 0, failuresPerSecond: 0 };

interface ControlOptions {
  readonly workers?: readonly number[];
  readonly users?: readonly UserDefinition[];
  readonly overrides?: RunOverrides;
  readonly statistics?: () => ShapeStatistics;
}

/** A run's load as the master steers it, on a clock that the test sets, and what each worker knows of it. */
export class TestControl {
  nowMs = 0;
  readonly workers: readonly number[];
  readonly control: LoadControl;
  /** What was sent after the start, in order. */
  readonly sent: [worker: number, specs: ScenarioSpec[]][] = [];
  readonly events: RunEvent[] = [];
  /** What a master keeps, to take the load up again. */
  readonly operations: TimedOperation[] = [];
  readonly #load: LoadDefinition;
  readonly #options: ControlOptions;
  readonly #timeline: { readonly elapsedMs: number };
  readonly #known = new Map<number, Map<number, ScenarioSpec>>();

  constructor(load: LoadDefinition, options: ControlOptions = {}) {
    const { workers = [1, 2, 3], users = usual, overrides = {} } = options;
    const { statistics = () => ({ ...nothingYet, p50Ms: 0, p95Ms: 0, p99Ms: 0 }) } = options;
    this.workers = workers;
    const elapsedMs = () => this.nowMs;
    this.#timeline = {
      get elapsedMs() {
        return elapsedMs();
      },
    };
    this.#load = load;
    this.#options = options;
    this.control = new LoadControl({
      resolved: resolveRun(defineTest({ host: "http://127.0.0.1:1", users, load }), overrides),
      starters: workers,
      timeline: this.#timeline,
      statistics,
      workers: {
        find: (worker) => ({
          update: (specs) => {
            this.sent.push([worker, specs]);
            this.#learn(worker, specs);
          },
        }),
      },
      defer: (tell) => tell(),
      journal: {
        // As it comes out of the store.
        record: (operation) => this.operations.push(JSON.parse(JSON.stringify(operation)) as TimedOperation),
        note: (kind, text) => this.events.push({ atMs: Math.max(0, Math.round(this.nowMs)), kind, text }),
        commit: () => {},
      },
    });
    for (const worker of workers) this.#learn(worker, this.control.specsFor(worker));
  }

  /** The same load as a master has it that was restarted now. */
  resumed(): LoadControl {
    const { users = usual, overrides = {} } = this.#options;
    const options = {
      resolved: resolveRun(defineTest({ host: "http://127.0.0.1:1", users, load: this.#load }), overrides),
      starters: [],
      timeline: this.#timeline,
      statistics: () => ({ ...nothingYet, p50Ms: 0, p95Ms: 0, p99Ms: 0 }),
      workers: { find: () => undefined },
      journal: { record: () => {}, note: () => {}, commit: () => {} },
      defer: () => {},
    };
    return new LoadControl(options, { workers: [...this.workers], operations: this.operations });
  }

  /** As the worker has it by now. */
  specs(worker: number): ScenarioSpec[] {
    return [...(this.#known.get(worker)?.values() ?? [])];
  }

  /** The specification of one scenario, by worker. */
  byWorker<Kind extends ScenarioSpec["kind"]>(kind: Kind, id = 0): SpecOf<Kind>[] {
    return this.workers.map((worker) => {
      const spec = this.#known.get(worker)?.get(id);
      if (spec?.kind !== kind) throw new Error(`worker ${worker} has no ${kind} scenario ${id}`);
      return spec as SpecOf<Kind>;
    });
  }

  get eventTexts(): string[] {
    return this.events.map(({ atMs, kind, text }) => `${atMs} ${kind}: ${text}`);
  }

  #learn(worker: number, specs: readonly ScenarioSpec[]): void {
    const known = this.#known.get(worker) ?? new Map<number, ScenarioSpec>();
    this.#known.set(worker, known);
    // As it comes over the socket.
    for (const spec of JSON.parse(JSON.stringify(specs)) as ScenarioSpec[]) known.set(spec.id, spec);
  }
}

export const usersOf = (spec: { readonly virtualUsers: string }) => fromRanges(unpackRanges(spec.virtualUsers));
export const planOf = ({ points, endMs }: SpecOf<"closed"> | SpecOf<"open">) => ({
  points,
  durationMs: endMs ?? Number.POSITIVE_INFINITY,
});
export const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
