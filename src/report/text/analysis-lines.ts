import { describeSaturation } from "../../analysis/saturation/describe-saturation.ts";
import type { Result } from "../result/result-schema.ts";
import { capacityLines } from "./capacity-lines.ts";
import { driftLines } from "./drift-lines.ts";
import { spikeLines } from "./spike-lines.ts";
import type { Style } from "./style.ts";

/**
 * Renders the findings of a capacity search, a soak or a spike, and which metrics saturated, for the summary of a run:
 * one section each.
 */
export function analysisSections(result: Result, style: Style, width: number): string[][] {
  return [
    capacityLines(result, style, width),
    driftLines(result, style),
    spikeLines(result, style),
    saturationLines(result, style),
  ];
}

/** Renders which metrics saturated when the service broke. */
function saturationLines({ saturation }: Result, style: Style): string[] {
  if (saturation === undefined) return [];
  const hasMoved = saturation.moved.length > 0;
  const [first = "", ...others] = describeSaturation(saturation);
  const head = `  ${hasMoved ? "saturated: " : "what saturated: "}${first}`;
  return [hasMoved ? style.strong(head) : head, ...others.map((line) => style.muted(`  ${line}`))];
}
