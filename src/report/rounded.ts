/** As numbers of a result are: with three decimals, which is microseconds for times in ms. */
export function rounded<Value extends number | null>(value: Value): Value;
export function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1_000) / 1_000;
}
