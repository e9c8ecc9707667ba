import type { Token } from "./colours.ts";

/** The look of one line of a chart. Lines differ in their dashes as well as in colour. */
export interface LineLook {
  readonly label: string;
  readonly colour: Token;
  readonly width: number;
  /** The lengths of the dashes and gaps; empty for a solid line. */
  readonly dash: readonly number[];
  readonly filled?: boolean;
  /** Whether the legend leaves the line out. */
  readonly quiet?: boolean;
  readonly scale: "y" | "right";
  readonly format: (value: number) => string;
}

/** A horizontal line at a threshold's bound. */
export interface LimitLine {
  readonly bound: number;
  readonly label: string;
}

/** The dash patterns of lines. With several percentiles, a higher one has more contrast, and the highest is dashed. */
export const dashes = { solid: [], dashed: [6, 4], dotted: [2, 3], long: [10, 4] } as const;
