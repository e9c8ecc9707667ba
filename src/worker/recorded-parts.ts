import { groupMetrics, streamMetrics } from "../core/thresholds/metrics.ts";
import type { RecordedMetric } from "../core/thresholds/recorded-metric.ts";
import { meets, type TagCondition } from "../core/thresholds/selector.ts";
import type { EndpointRecorder } from "../stats/endpoint-recorder.ts";
import type { IntervalRecorder } from "../stats/interval-recorder.ts";
import { StreamParts } from "./http/stream/stream-parts.ts";

type Tags = Readonly<Record<string, string>> | undefined;

/** A part of a metric that a threshold selects. It is recorded as a metric with its own name. */
export class RecordedPart {
  readonly name: string;
  readonly #conditions: readonly TagCondition[];

  constructor(name: string, conditions: readonly TagCondition[]) {
    this.name = name;
    this.#conditions = conditions;
  }

  /**
   * Whether a value with these tags belongs to the part.
   * @param group the path of the group: the value of the tag `group` unless the test sets that tag
   * @param checkName the name of the check: the value of the tag `check`; undefined if the value is not a check
   */
  holds(tags: Tags, group = "", checkName?: string): boolean {
    return this.#conditions.every((one) => {
      if (one.tag === "check" && checkName !== undefined) return meets(one, checkName);
      return meets(one, tags?.[one.tag] ?? (one.tag === "group" ? group : undefined));
    });
  }
}

/** A part of a group metric that a threshold selects. */
interface GroupPart {
  readonly part: RecordedPart;
  readonly metric: string;
}

/** A group that has ended. */
export interface EndedGroup {
  readonly path: string;
  /** The times of the group; null if the load generator stalled during it. */
  readonly times: { readonly durationMs: number; readonly activeMs: number } | null;
  readonly hasFailed: boolean;
}

/** Records the checks, the groups and the iterations of one user that thresholds select. */
export class UserParts {
  readonly #checks: readonly RecordedPart[];
  readonly #groups: readonly GroupPart[];
  /** The metrics that record the durations of a task, by the position of the task. */
  readonly #durations: readonly (readonly EndpointRecorder[])[];
  readonly #recorder: IntervalRecorder;

  constructor(
    checks: readonly RecordedPart[],
    groups: readonly GroupPart[],
    durations: readonly (readonly EndpointRecorder[])[],
    recorder: IntervalRecorder,
  ) {
    this.#checks = checks;
    this.#groups = groups;
    this.#durations = durations;
    this.#recorder = recorder;
  }

  /** @param group the path of the group in which the check was made; empty if there was none */
  check(name: string, passed: boolean, tags: Tags, group: string): void {
    const counted = { kind: "rate", count: passed ? 1 : 0, total: 1 } as const;
    for (const part of this.#checks) if (part.holds(tags, group, name)) this.#recorder.addMetric(part.name, counted);
  }

  grouped({ path, times, hasFailed }: EndedGroup): void {
    for (const { part, metric } of this.#groups) {
      if (!part.holds(undefined, path)) continue;
      if (metric === "group_failures") {
        this.#recorder.addMetric(part.name, { kind: "rate", count: hasFailed ? 1 : 0, total: 1 });
      } else if (times !== null) {
        const micros = (metric === "group_duration" ? times.durationMs : times.activeMs) * 1_000;
        this.#recorder.seriesOf("trend", part.name).record(micros, micros, 0, 0);
      }
    }
  }

  iterated(task: number, durationMs: number): void {
    const micros = durationMs * 1_000;
    for (const samples of this.#durations[task] ?? []) samples.record(micros, micros, 0, 0);
  }
}

/** The parts of metrics that thresholds select, except parts of requests. If there are none, there is no cost at run time. */
export class RecordedParts {
  readonly #definitions: readonly RecordedMetric[];
  readonly #recorder: IntervalRecorder;

  constructor(definitions: readonly RecordedMetric[], recorder: IntervalRecorder) {
    this.#definitions = definitions;
    this.#recorder = recorder;
  }

  /** Returns the parts of a custom metric that thresholds select; null if there are none. */
  of(metric: string): readonly RecordedPart[] | null {
    const parts = this.#of(metric).map(({ name, conditions }) => new RecordedPart(name, conditions));
    return parts.length === 0 ? null : parts;
  }

  /** Returns the recorder for the users of a class; null if no threshold selects their checks, groups or iterations. */
  ofUser(scenario: string, className: string, tasks: readonly { readonly name: string }[]): UserParts | null {
    const checks = this.#ofUser("checks", scenario, className).map(partOf);
    const durations = this.#ofUser("iteration_duration", scenario, className);
    const groups = groupMetrics.flatMap((metric) =>
      this.#ofUser(metric, scenario, className).map((one) => ({ part: partOf(one), metric })),
    );
    if (checks.length + groups.length + durations.length === 0) return null;
    const ofTasks = tasks.map((task) =>
      durations
        .filter(({ conditions }) => conditions.filter(isNotOfUser).every((one) => meets(one, task.name)))
        .map(({ name }) => this.#recorder.seriesOf("trend", name)),
    );
    return new UserParts(checks, groups, ofTasks, this.#recorder);
  }

  /** Returns the parts of the streams of a class that thresholds select; null if there are none. */
  streamsOf(scenario: string, className: string): StreamParts | null {
    const parts = streamMetrics.flatMap((metric) => this.#ofUser(metric, scenario, className));
    if (parts.length === 0) return null;
    const definitions = parts.map((one) => ({ ...one, conditions: one.conditions.filter(isNotOfUser) }));
    return new StreamParts(definitions, this.#recorder);
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

/** Returns the part of a metric for a user that already meets the conditions on scenario and class. */
function partOf({ name, conditions }: RecordedMetric): RecordedPart {
  return new RecordedPart(name, conditions.filter(isNotOfUser));
}

/** Whether a condition must be checked for each value. The scenario and class of a user never change. */
function isNotOfUser({ tag }: TagCondition): boolean {
  return tag !== "scenario" && tag !== "class";
}
