/** Maps values to positions on an axis, with the ticks of the axis. */
export interface AxisScale {
  /** The position as a share of the axis, 0 at its start; values beyond the ends are clamped. */
  readonly share: (value: number) => number;
  readonly ticks: readonly number[];
  readonly isLogarithmic: boolean;
}

/** The factor between values above which the scale is logarithmic. On a linear one, the lower values would be a flat line. */
const widestLinear = 25;

/**
 * Creates a linear scale.
 * @param ticks the number of ticks that fit
 */
export function linearScale(from: number, to: number, ticks = 5): AxisScale {
  const width = to > from ? to - from : 1;
  return {
    share: (value) => clamped((value - from) / width),
    ticks: ticksBetween(from, from + width, ticks),
    isLogarithmic: false,
  };
}

/** Creates a scale for values above zero: linear from zero, or logarithmic if the values differ too much. */
export function positiveScale(values: readonly number[]): AxisScale {
  const above = values.filter((value) => value > 0);
  const [least, most] = [Math.min(...above), Math.max(...above)];
  if (above.length === 0) return linearScale(0, 1, 4);
  if (most / least <= widestLinear) return linearScale(0, most * 1.1, 4);
  const [from, to] = [Math.log10(least / 1.3), Math.log10(most * 1.3)];
  const decades = Array.from({ length: Math.ceil(to) - Math.floor(from) + 1 }, (_, step) => Math.floor(from) + step);
  const factors = to - from > 2.5 ? [1] : [1, 3];
  return {
    share: (value) => (value <= 0 ? 0 : clamped((Math.log10(value) - from) / (to - from))),
    ticks: decades
      .flatMap((decade) => factors.map((factor) => factor * 10 ** decade))
      .filter((tick) => tick >= 10 ** from && tick <= 10 ** to),
    isLogarithmic: true,
  };
}

/** Creates a scale of times, in ms since the start of the run, with ticks at whole seconds, minutes or hours. */
export function timeScale(fromMs: number, toMs: number): AxisScale {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400];
  const stepMs = (steps.find((step) => (toMs - fromMs) / (step * 1_000) <= 5) ?? 172_800) * 1_000;
  return { ...linearScale(fromMs, toMs), ticks: multiples(fromMs, toMs, stepMs) };
}

function ticksBetween(from: number, to: number, most: number): number[] {
  const rough = (to - from) / most;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * magnitude).find((one) => one >= rough * 0.999) ?? rough;
  return multiples(from, to, step);
}

function multiples(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

function clamped(share: number): number {
  return Math.min(1, Math.max(0, share));
}
