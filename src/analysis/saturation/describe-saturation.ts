import { formatClock } from "../../core/duration.ts";
import type { MovedMetric, Saturation } from "./saturation.ts";

/** The maximum number of metrics that a text names. */
const shown = 3;

/**
 * Describes what saturated, with a sentence for each metric: "queue rose to 118 with the break at 413/s; 0 to 3 expected
 * (very likely)"; or that nothing moved, or that it is not known.
 */
export function describeSaturation(saturation: Saturation): string[] {
  const { moved, still, untold } = saturation;
  const unknown = untold.slice(0, shown).map(({ name, reason }) => `not known for ${name}: ${reason}`);
  if (moved.length === 0) {
    if (still.length === 0) return unknown;
    return [`no observed metric moved ${breakText(saturation)} (${listed(still)})`, ...unknown];
  }
  const more = moved.length > shown ? [`and ${moved.length - shown} more metrics`] : [];
  return [...moved.slice(0, shown).map((metric) => sentence(metric, saturation)), ...more, ...unknown];
}

function listed(names: readonly string[]): string {
  const more = names.length > shown ? ` and ${names.length - shown} more` : "";
  return `${names.slice(0, shown).join(", ")}${more}`;
}

function sentence(metric: MovedMetric, saturation: Saturation): string {
  const { name, unit, kind, value, expected, sureness } = metric;
  const level = valueInUnit(value, unit);
  return `${name} ${verbs[kind]} ${level} ${placeOf(metric, saturation)}; ${rangeText(expected, unit)} expected (${sureness})`;
}

const verbs = { rose: "rose to", fell: "fell to", ceiling: "stopped rising at", floor: "stopped falling at" } as const;

function rangeText({ low, high }: MovedMetric["expected"], unit: string | null): string {
  const [least, most] = [valueInUnit(low, unit), valueInUnit(high, unit)];
  if (least === most) return least;
  // "0 to 3 MB", not "0 MB to 3 MB".
  const [of, same] = [least.split(" "), most.split(" ")];
  const isSameUnit = of.length === 2 && same.length === 2 && of[1] === same[1];
  return `${isSameUnit ? of[0] : least} to ${most}`;
}

function placeOf({ when, at, backAtMs }: MovedMetric, saturation: Saturation): string {
  const { of, breakAt } = saturation;
  if (of === "soak") return when === "with" ? breakText(saturation) : `at ${formatClock(at)}, ${when} the service`;
  if (of !== "spike") {
    if (when === "before") return `from ${loadText(at, of)} on, before ${breakName(saturation)}`;
    return at === breakAt ? breakText(saturation) : `at ${loadText(at, of)}, ${breakText(saturation)}`;
  }
  const back = backAtMs == null ? ", and did not return to normal" : `, back at ${formatClock(backAtMs)}`;
  const moved = `at ${formatClock(at)}`;
  if (breakAt === null) return `${moved}${back}`;
  return `${moved}, ${when} the first broken target at ${formatClock(breakAt)}${back}`;
}

function breakText(saturation: Saturation): string {
  return `with ${breakName(saturation)}`;
}

function breakName({ of, breakAt }: Saturation): string {
  switch (of) {
    case "rate":
    case "users":
      return breakAt === null ? "the break" : `the break at ${loadText(breakAt, of)}`;
    case "spike":
      return "the spike";
    case "soak":
      return breakAt === null ? "the drift" : `the step at ${formatClock(breakAt)}`;
  }
}

function loadText(load: number, of: "rate" | "users"): string {
  return of === "users" ? `${load} users` : `${significant(load)}/s`;
}

/** A value of an observed metric with its unit: "118", "0.98", "212 MB", "12 ms". */
export function valueInUnit(value: number, unit: string | null): string {
  if (unit === "bytes" || unit === "B") return bytesText(value);
  return unit === null ? significant(value) : `${significant(value)} ${unit}`;
}

function bytesText(value: number): string {
  const size = Math.abs(value);
  const power = size < 999.5 ? 0 : size < 999.5e3 ? 1 : size < 999.5e6 ? 2 : 3;
  return `${significant(value / 1_000 ** power)} ${["B", "kB", "MB", "GB"][power]}`;
}

function significant(value: number): string {
  const size = Math.abs(value);
  if (size < 1e-9) return "0";
  return size >= 1_000 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(3)));
}
