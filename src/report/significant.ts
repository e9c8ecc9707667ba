/** Microseconds as ms with 3 significant digits and never more than the microsecond: as exact as a histogram's slots. */
export function significantMs(micros: number): number {
  const whole = Math.round(micros);
  if (whole < 1_000) return whole / 1_000;
  const step = 10 ** (Math.floor(Math.log10(whole)) - 2);
  return (Math.round(whole / step) * step) / 1_000;
}
