/** A test file that was converted from the file of another tool. */
export interface Conversion {
  readonly text: string;
  /** Notes on the parts that were left out and the parts to review. */
  readonly notes: readonly string[];
}
