import { describeValue } from "../../core/describe-value.ts";
import { InvalidValue } from "../../core/invalid-value.ts";
import { isTruthy } from "../../core/truthy.ts";
import { type MeasurementOptions, measurementTags } from "../../scenario/definition/measurement-tags.ts";
import type { IntervalRecorder } from "../../stats/interval-recorder.ts";
import type { UserParts } from "../recorded-parts.ts";
import type { OpenGroup } from "./open-group.ts";

const longestShownName = 60;

/** Records the checks of one user. Validates its arguments, because a test may be written in JavaScript. */
export class UserChecks {
  readonly #recorder: IntervalRecorder;
  readonly #parts: UserParts | null;

  constructor(recorder: IntervalRecorder, parts: UserParts | null) {
    this.#recorder = recorder;
    this.#parts = parts;
  }

  /**
   * Records a check and returns whether it passed. @throws InvalidValue for a value that is not a check, or that would
   * always pass
   */
  record(
    name: string,
    passed: boolean,
    options: MeasurementOptions | undefined,
    group: OpenGroup | null = null,
  ): boolean {
    requireName(name);
    const held = typeof passed === "boolean" ? passed : isTruthy(`vu.check(${shown(name)})`, passed);
    const tags = options === undefined ? undefined : measurementTags(`check ${shown(name)}`, options);
    this.#recorder.check(name, held);
    this.#parts?.check(name, held, tags, group?.path ?? "");
    return held;
  }
}

function requireName(name: string): void {
  if (typeof name === "string" && name !== "") return;
  const found = name === "" ? "an empty one" : describeValue(name);
  throw new InvalidValue(
    `vu.check: expected a name, found ${found}; write vu.check("status is 200", response.status === 200)`,
  );
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, longestShownName));
}
