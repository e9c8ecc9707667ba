/** One measurement of a series. The points of a series have strictly increasing `at`, in any unit of time. */
export interface SeriesPoint {
  readonly at: number;
  readonly value: number;
}
