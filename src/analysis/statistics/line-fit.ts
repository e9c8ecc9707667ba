import type { SeriesPoint } from "./series-point.ts";

export interface LineFit {
  readonly intercept: number;
  readonly slope: number;
  readonly squaredError: number;
}

/** Fits the line with the least squared error (C. F. Gauss, 1809); it is level if all points are at the same time. */
export function fitLine(points: readonly SeriesPoint[]): LineFit {
  const { length } = points;
  const meanAt = points.reduce((sum, { at }) => sum + at, 0) / length;
  const mean = points.reduce((sum, { value }) => sum + value, 0) / length;
  let products = 0;
  let squares = 0;
  for (const { at, value } of points) {
    products += (at - meanAt) * (value - mean);
    squares += (at - meanAt) ** 2;
  }
  const slope = squares > 0 ? products / squares : 0;
  const squaredError = points.reduce((sum, { at, value }) => sum + (value - mean - slope * (at - meanAt)) ** 2, 0);
  return { intercept: mean - slope * meanAt, slope, squaredError };
}
