import { valueInUnit } from "../../analysis/saturation/describe-saturation.ts";
import type { Result } from "../result/result-schema.ts";
import { type Column, table } from "../text/table.ts";

const columns: readonly Column[] = [
  { title: "  observed", align: "left", maxWidth: 60 },
  { title: "min", align: "right", leftOut: 1 },
  { title: "mean", align: "right" },
  { title: "max", align: "right" },
  { title: "last", align: "right", leftOut: 2 },
];

/** Renders the observed metrics as a table; no lines if nothing was observed. */
export function observedTable({ observed }: Pick<Result, "observed">, width: number): string[] {
  if (observed === undefined || observed.metrics.length === 0) return [];
  const rows = observed.metrics.map(({ name, unit, min, avg, max, last }) => [
    `  ${observedTitle(name, unit)}`,
    ...[min, avg, max, last].map((value) => observedText(value, unit)),
  ]);
  return table(columns, rows, width);
}

/** "queue, requests". The unit is left out for bytes, because their values contain it. */
export function observedTitle(name: string, unit: string | null): string {
  return unit === null || isBytes(unit) ? name : `${name}, ${unit}`;
}

/** A value of an observed metric. Its magnitude is unknown, so only values in bytes get a unit. */
export function observedText(value: number, unit: string | null): string {
  return valueInUnit(value, isBytes(unit) ? unit : null);
}

function isBytes(unit: string | null): boolean {
  return unit === "bytes" || unit === "B";
}
