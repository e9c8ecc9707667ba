/** A test file that was made of another tool's file. */
export interface Conversion {
  readonly text: string;
  /** What was left out, and what to review. */
  readonly notes: readonly string[];
}
