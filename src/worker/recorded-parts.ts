import type { RecordedMetric } from "../core/thresholds/recorded-metric.ts";
import { meets, type TagCondition } from "../core/thresholds/selector.ts";
import type { EndpointRecorder, IntervalRecorder } from "../stats/interval-recorder.ts";

type Tags = Readonly<Record<string, string>> | undefined;

/** A part of a metric that some threshold is about, recorded as a metric of that name. */
export class RecordedPart {
  readonly name: string;
  readonly #conditions: readonly TagCondition[];

  constructor(name: string, conditions: readonly TagCondition[]) {
    this.name = name;
    this.#conditions = conditions;
  }

  /** @param checkName of a check, which `check` stands for */
  holds(tags: Tags, checkName?: string): boolean {
    return this.#conditions.every((one) =>
      meets(one, one.tag === "check" && checkName !== undefined ? checkName : tags?.[one.tag]),
    );
  }
}

/** Records what thresholds ask of one user's checks and iterations. */
export class UserParts {
  readonly #checks: readonly RecordedPart[];
  /** By the position of the task: where its durations go. */
  readonly #durations: readonly (readonly EndpointRecorder[])[];
  readonly #recorder: IntervalRecorder;

  constructor(
    checks: readonly RecordedPart[],
    durations: readonly (readonly EndpointRecorder[])[],
    recorder: IntervalRecorder,
  ) {
    this.#checks = checks;
    this.#durations = durations;
    this.#recorder = recorder;
  }

  check(name: string, passed: boolean, tags: Tags): void {
    const counted = { kind: "rate", count: passed ? 1 : 0, total: 1 } as const;
    for (const part of this.#checks) if (part.holds(tags, name)) this.#recorder.addMetric(part.name, counted);
  }

  iterated(task: number, durationMs: number): void {
    const micros = durationMs * 1_000;
    for (const samples of this.#durations[task] ?? []) samples.record(micros, micros, 0, 0);
  }
}

/** The parts of metrics that thresholds ask for, but for those of requests. Without any, nobody pays for them. */
export class RecordedParts {
  readonly #definitions: readonly RecordedMetric[];
  readonly #recorder: IntervalRecorder;

  constructor(definitions: readonly RecordedMetric[], recorder: IntervalRecorder) {
    this.#definitions = definitions;
    this.#recorder = recorder;
  }

  /** Of a metric of the test's own; null for none. */
  of(metric: string): readonly RecordedPart[] | null {
    const parts = this.#of(metric).map(({ name, conditions }) => new RecordedPart(name, conditions));
    return parts.length === 0 ? null : parts;
  }

  /** Of what such users do beside their requests; null for none. */
  ofUser(scenario: string, className: string, tasks: readonly { readonly name: string }[]): UserParts | null {
    const checks = this.#ofUser("checks", scenario, className).map(
      ({ name, conditions }) => new RecordedPart(name, conditions.filter(isNotOfUser)),
    );
    const durations = this.#ofUser("iteration_duration", scenario, className);
    if (checks.length + durations.length === 0) return null;
    const ofTasks = tasks.map((task) =>
      durations
        .filter(({ conditions }) => conditions.filter(isNotOfUser).every((one) => meets(one, task.name)))
        .map(({ name }) => this.#recorder.seriesOf("trend", name)),
    );
    return new UserParts(checks, ofTasks, this.#recorder);
  }

  #of(metric: string): readonly RecordedMetric[] {
    return this.#definitions.filter((one) => one.metric === metric);
  }

  #ofUser(metric: string, scenario: string, className: string): readonly RecordedMetric[] {
    return this.#of(metric).filter(({ conditions }) =>
      conditions.every((one) => isNotOfUser(one) || meets(one, one.tag === "class" ? className : scenario)),
    );
  }
}

/** The others are known of a user once and for all. */
function isNotOfUser({ tag }: TagCondition): boolean {
  return tag !== "scenario" && tag !== "class";
}
