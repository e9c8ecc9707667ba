/** The possible time units of the values of a file, each with the number of them in a millisecond. */
export const valuesPerMs = { ns: 1_000_000, us: 1_000, ms: 1 } as const;
export type TimeUnit = keyof typeof valuesPerMs;

export const timeUnitNames: Readonly<Record<TimeUnit, string>> = {
  ns: "nanoseconds",
  us: "microseconds",
  ms: "milliseconds",
};

/** The unit of the values of a file. */
export interface FileUnit {
  readonly unit: TimeUnit;
  /** Where the unit comes from: the file states it, it follows from the file, or the user gave it. */
  readonly certainty: "said" | "inferred" | "asked";
  /** The reason why the unit is known, as the end of a sentence. */
  readonly because: string;
}

export interface UnknownUnit {
  readonly unit: null;
  readonly certainty: "unknown";
  /** The reason why the unit is not known, as a clause. */
  readonly because: string;
}

/** The shortest response time that is believed: no HTTP request is answered sooner. */
const shortestMs = 0.01;
/** The rounding error of Interval_Max, which has 3 decimals. */
const rounding = 0.000_51;

/** Finds the unit of a log from its column Interval_Max: writers divide the maximum so that this column is in milliseconds. */
export class MaxColumn {
  readonly #possible = new Set<number>(Object.values(valuesPerMs));
  #max = 0;

  /**
   * Takes one interval into account.
   * @param lowest the lowest value in the slot of the maximum
   * @param highest the highest value in that slot
   */
  add(column: number, lowest: number, highest: number): void {
    this.#max = Math.max(this.#max, highest);
    for (const divisor of this.#possible) {
      if (lowest / divisor > column + rounding || highest / divisor < column - rounding) this.#possible.delete(divisor);
    }
  }

  /** Returns the unit that follows from all intervals. */
  unit(): FileUnit | UnknownUnit {
    const [divisor, ...others] = this.#possible;
    if (divisor === undefined) return unknown("Interval_Max is not the maximum in milliseconds");
    if (others.length > 0) return unknown("Interval_Max has too few digits to tell");
    if (divisor === valuesPerMs.ms) return unknown("Interval_Max is the maximum itself, in whatever unit");
    const unit = divisor === valuesPerMs.ns ? "ns" : "us";
    if (this.#max / divisor < shortestMs) {
      return unknown(`Interval_Max suggests ${timeUnitNames[unit]}, but no request takes only ${this.#max} of them`);
    }
    const because = `as Interval_Max is the maximum divided by ${divisor.toLocaleString("en-US")}`;
    return { unit, certainty: "inferred", because };
  }
}

function unknown(because: string): UnknownUnit {
  return { unit: null, certainty: "unknown", because };
}
