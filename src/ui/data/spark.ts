/**
 * A sparkline as an SVG path of at most `points` points. Each point is the highest value of its stretch, so that no peak is
 * lost. Null values are gaps; without any value the path is empty.
 */
export function sparkPath(values: readonly (number | null)[], width: number, height: number, points = 48): string {
  const peaks = stretches(values, points);
  const top = Math.max(0, ...peaks.map((value) => value ?? 0));
  const step = peaks.length > 1 ? width / (peaks.length - 1) : 0;
  let path = "";
  let drawing = false;
  for (const [position, value] of peaks.entries()) {
    if (value !== null) {
      const y = top === 0 ? height - 1 : height - 1 - (value / top) * (height - 2);
      path += `${drawing ? "L" : "M"}${round(position * step)} ${round(y)}`;
      // A single point is drawn as a dash.
      if (!drawing && (peaks[position + 1] ?? null) === null) path += "h1";
    }
    drawing = value !== null;
  }
  return path;
}

function stretches(values: readonly (number | null)[], points: number): (number | null)[] {
  if (values.length <= points) return [...values];
  return Array.from({ length: points }, (_, position) => {
    const from = Math.floor((position * values.length) / points);
    const to = Math.floor(((position + 1) * values.length) / points);
    let most: number | null = null;
    for (let index = from; index < to; index += 1) {
      const value = values[index] ?? null;
      if (value !== null && (most === null || value > most)) most = value;
    }
    return most;
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
