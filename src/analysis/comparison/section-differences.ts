import type { Figure } from "./figure.ts";
import type { FigureScale } from "./figure-scale.ts";

/**
 * The differences of a figure between two runs, by section. Runs of different length may have 20 and 10 sections: then
 * two neighbouring sections of the run with 20 count as one.
 *
 * @returns differences on the scale, in the order of the sections; sections without a value in either run are left out
 */
export function sectionDifferences(before: Figure, after: Figure, scale: FigureScale): number[] {
  const count = Math.min(before.sections.length, after.sections.length);
  const placed = ({ sections }: Figure) => {
    const values = sections.map((value) => (value === null ? null : scale.at(value)));
    return values.length > count ? inPairs(values) : values;
  };
  const [first, second] = [placed(before), placed(after)];
  return first.flatMap((from, position) => {
    const to = second[position] ?? null;
    return from === null || to === null ? [] : [to - from];
  });
}

function inPairs(values: readonly (number | null)[]): (number | null)[] {
  return Array.from({ length: values.length / 2 }, (_, position) => {
    const both = values.slice(2 * position, 2 * position + 2).filter((value) => value !== null);
    return both.length === 0 ? null : both.reduce((sum, value) => sum + value, 0) / both.length;
  });
}

/** The minimum share of the sections that must share a change; with fewer, it may come from a single event. */
const shareOfMost = 0.75;

/**
 * Whether most sections have at least half of a change between the whole runs.
 * @param differences by section, on the scale of the change
 */
export function sharedByMost(differences: readonly number[], change: number): boolean {
  return sharing(differences, change) >= shareOfMost * differences.length;
}

/** Describes how few of the sections have a change. */
export function whereOnly(differences: readonly number[], change: number): string {
  const parts = `${sharing(differences, change)} of ${differences.length} parts`;
  return `only ${parts} of the runs differ that much: it may be a single event`;
}

function sharing(differences: readonly number[], change: number): number {
  return differences.filter((difference) => difference / change >= 0.5).length;
}
