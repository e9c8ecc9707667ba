import type { Token } from "./colours.ts";

/** How one line of a chart looks; lines differ in dash as well as in colour. */
export interface LineLook {
  readonly label: string;
  readonly colour: Token;
  readonly width: number;
  /** Lengths of dash and gap; empty is solid. */
  readonly dash: readonly number[];
  readonly filled?: boolean;
  /** Drawn, but left out of the legend. */
  readonly quiet?: boolean;
  readonly scale: "y" | "right";
  readonly format: (value: number) => string;
}

/** A horizontal line at a threshold's bound. */
export interface LimitLine {
  readonly bound: number;
  readonly label: string;
}

/** Of several percentiles the higher stands stronger against the page, and the highest is dashed. */
export const dashes = { solid: [], dashed: [6, 4], dotted: [2, 3], long: [10, 4] } as const;
