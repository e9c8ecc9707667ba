/** Formats numbers for people, in the same way in every report. */

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** "1,204" */
export function count(value: number): string {
  return grouped.format(value);
}

/** Milliseconds without their unit: three significant figures, "0.41", "4.07", "148", "12,300". */
export function milliseconds(value: number): string {
  if (value >= 99.95) return grouped.format(value);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

/** Milliseconds of something that was counted this many times; "–" if it never was. */
export function millisecondsOf(value: number | undefined, counted: number): string {
  return counted === 0 || value === undefined ? "–" : milliseconds(value);
}

/** A rate per second: "1,204", "12.3", "0.2". */
export function perSecondText(perSecond: number): string {
  return perSecond >= 99.95 ? grouped.format(perSecond) : perSecond.toFixed(1);
}

/** A share in percent: "0.02 %", "12.5 %", "0 %". A share above 0 is never shown as "0 %", and one below 1 never as "100.0 %". */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0) return "0 %";
  if (value < 0.01) return "< 0.01 %";
  if (value < 100 && value >= 99.95) return "> 99.9 %";
  return value < 1 ? `${value.toFixed(2)} %` : `${value.toFixed(1)} %`;
}

/** "1.2 MB"; powers of ten. The unit is chosen after rounding, so that nothing is "1000.0 kB". */
export function bytes(value: number): string {
  if (value < 1_000) return `${value} B`;
  if (value < 999.95e3) return `${(value / 1e3).toFixed(1)} kB`;
  return value < 999.95e6 ? `${(value / 1e6).toFixed(1)} MB` : `${(value / 1e9).toFixed(2)} GB`;
}

/** Rounds to three decimals, as for all numbers of a result. For times in ms, these are microseconds. */
export function rounded<Value extends number | null>(value: Value): Value;
export function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1_000) / 1_000;
}

/** Converts microseconds to ms with 3 significant digits, but not finer than one microsecond: as exact as a histogram's slots. */
export function significantMs(micros: number): number {
  const whole = Math.round(micros);
  if (whole < 1_000) return whole / 1_000;
  const step = 10 ** (Math.floor(Math.log10(whole)) - 2);
  return (Math.round(whole / step) * step) / 1_000;
}

/** The numbers of a data source in a result. */
interface RowNumbers {
  readonly rows: number;
  readonly used: number;
  readonly unused?: number;
  readonly uncertain?: number;
}

/** Describes what happened to the rows of a data source: "200 rows: 150 used, 45 unused, 5 uncertain (lost workers had them)". */
export function describeRows({ rows, used, unused, uncertain }: RowNumbers): string {
  const all = `${count(rows)} ${rows === 1 ? "row" : "rows"}`;
  if (unused === undefined || uncertain === undefined) return `${all}, taken ${count(used)} times`;
  const lost = uncertain === 0 ? "" : `, ${count(uncertain)} uncertain (lost workers had them)`;
  return `${all}: ${count(used)} used, ${count(unused)} unused${lost}`;
}
