/** A limit: a numeric constant of the code. */
export interface Limit {
  readonly what: string;
  /** Below src. */
  readonly file: string;
  /** Of a constant, or of a number in an object: "mostItems.tasks". */
  readonly name: string;
  readonly unit: "bytes" | "characters" | "levels" | "ms" | "";
  readonly then: string;
}

export const limit = (what: string, file: string, name: string, unit: Limit["unit"], then: string): Limit => {
  return { what, file, name, unit, then };
};

export const otherRow = "further ones are counted together under `(other)`; names that thresholds select stay";
