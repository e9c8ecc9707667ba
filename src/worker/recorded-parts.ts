import type { RecordedMetric } from "../core/thresholds/recorded-metric.ts";
import { meets, type TagCondition } from "../core/thresholds/selector.ts";
import type { EndpointRecorder, IntervalRecorder } from "../stats/interval-recorder.ts";

type Tags = Readonly<Record<string, string>> | undefined;

/** A part of a metric that a threshold selects. It is recorded as a metric with its own name. */
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

/** Records the checks and iterations of one user that thresholds select. */
export class UserParts {
  readonly #checks: readonly RecordedPart[];
  /** The metrics that record the durations of a task, by the position of the task. */
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

/** The parts of metrics that thresholds select, except those of requests. Without any there is no cost at run time. */
export class RecordedParts {
  readonly #definitions: readonly RecordedMetric[];
  readonly #recorder: IntervalRecorder;

  constructor(definitions: readonly RecordedMetric[], recorder: IntervalRecorder) {
    this.#definitions = definitions;
    this.#recorder = recorder;
  }

  /** Returns the recorder of the selected parts of a custom metric; null without any. */
  of(metric: string): readonly RecordedPart[] | null {
    const parts = this.#of(metric).map(({ name, conditions }) => new RecordedPart(name, conditions));
    return parts.length === 0 ? null : parts;
  }

  /** Returns the recorder for the users of a class; null if no threshold selects their checks or iterations. */
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

/** Whether a condition depends on more than the user: its scenario and class never change. */
function isNotOfUser({ tag }: TagCondition): boolean {
  return tag !== "scenario" && tag !== "class";
}
