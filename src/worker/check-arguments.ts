import { hasHeld } from "../core/held.ts";
import { InvalidValue } from "../core/invalid-value.ts";
import { valueInWords } from "../core/value-words.ts";
import { type MeasurementOptions, type MeasurementTags, measurementTags } from "../scenario/measurement-tags.ts";

/* What a test gives `vu.check`, which it may have written in JavaScript. Three functions, as an object for all would be one more per check. */

const longestShownName = 60;

/** @throws InvalidValue */
export function requireCheckName(name: string): void {
  if (typeof name === "string" && name !== "") return;
  const found = name === "" ? "an empty one" : valueInWords(name);
  throw new InvalidValue(
    `vu.check: expected a name, found ${found}; write vu.check("status is 200", response.status === 200)`,
  );
}

/** Whether the check held. @throws InvalidValue for what would always hold */
export function checkHeld(name: string, passed: boolean): boolean {
  return typeof passed === "boolean" ? passed : hasHeld(`vu.check(${shown(name)})`, passed);
}

/** @throws TypeError */
export function checkTags(name: string, options: MeasurementOptions | undefined): MeasurementTags {
  return options === undefined ? undefined : measurementTags(`check ${shown(name)}`, options);
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, longestShownName));
}
