import { exitCodes, MusterError } from "./errors.ts";

/** The error for a text that is not a valid duration. The message is one line that quotes the text and shows valid examples. */
export class DurationError extends MusterError {
  readonly code = "bad-duration";
  readonly exitCode = exitCodes.badConfiguration;
}

const millisecondsPerUnit: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
};
/** The longest delay of a Node.js timer, in ms, which is 24.8 days: a longer one would fire at once. */
export const longestTimerMs = 2 ** 31 - 1;

const longestMs = 365 * 86_400_000;
const bareNumber = /^\d+(?:\.\d+)?$/;
const wholeForm = /^(?:\d+(?:\.\d{1,20})?(?:ms|[dhms]))+$/;
const part = /(\d+)(?:\.(\d+))?(ms|[dhms])/g;
const numberWithoutUnitAtTheEnd = /(?:ms|[dhms])(\d+(?:\.\d+)?)$/;
const longestQuote = 40;

/**
 * Parses a duration such as `"500ms"`, `"7s"`, `"1.5s"` or `"1h3m7s"`.
 *
 * Units are d, h, m, s and ms, in descending order, each at most once, without spaces or a sign. Only the last number may
 * have decimals (up to twenty, as a computed number may have). The longest duration is 365 days.
 *
 * @returns milliseconds, 0 or more; whole unless the text names a fraction of a millisecond
 * @throws DurationError if the text has another form, or the value is not a string (JavaScript test files are not
 * type-checked)
 */
export function parseDuration(text: string): number {
  if (typeof text !== "string") throw wrongTypeError(text);
  if (!wholeForm.test(text)) throw refusal(text, reasonForBadForm(text));
  let totalMs = 0;
  let previousUnitMs = Number.POSITIVE_INFINITY;
  let decimalsSeen = false;
  for (const [, whole, decimals, unit] of text.matchAll(part)) {
    const unitMs = millisecondsPerUnit[unit as string] as number;
    if (unitMs >= previousUnitMs)
      throw refusal(text, "must have its units in the order d, h, m, s, ms, each at most once");
    if (decimalsSeen) throw refusal(text, "may have decimals only in its last number");
    // Not Number("1.001") * 1000, which is 1000.9999999999999: the decimals are scaled as an integer.
    const fractionMs = decimals === undefined ? 0 : (Number(decimals) * unitMs) / 10 ** decimals.length;
    totalMs += Number(whole) * unitMs + fractionMs;
    previousUnitMs = unitMs;
    decimalsSeen = decimals !== undefined;
  }
  if (totalMs > longestMs) throw refusal(text, "is longer than 365d, the longest duration");
  return totalMs;
}

/**
 * Formats a duration so that {@link parseDuration} can read it: `"1h3m7s"`, `"1.5s"`, `"500ms"`, `"0s"`.
 *
 * @param durationMs milliseconds, rounded to whole ones; whole milliseconds survive the round trip exactly
 * @throws RangeError if `durationMs` is negative or not finite
 */
export function formatDuration(durationMs: number): string {
  if (!Number.isFinite(durationMs) || durationMs < 0) throw new RangeError(`not a duration: ${durationMs} ms`);
  let restMs = Math.round(durationMs);
  if (restMs === 0) return "0s";
  if (restMs < 1_000) return `${restMs}ms`;
  let text = "";
  for (const unit of ["d", "h", "m"]) {
    const unitMs = millisecondsPerUnit[unit] as number;
    const count = Math.floor(restMs / unitMs);
    if (count > 0) text += `${count}${unit}`;
    restMs -= count * unitMs;
  }
  return restMs > 0 ? `${text}${restMs / 1_000}s` : text;
}

/**
 * Formats elapsed time as on a clock: `"02:41"`, from one hour on `"1:02:41"`.
 *
 * @param elapsedMs milliseconds, rounded down to seconds; a negative time (a clock set back) is shown as `"00:00"`
 */
export function formatClock(elapsedMs: number): string {
  const totalSeconds = Math.max(0, Math.floor(elapsedMs / 1_000));
  const hours = Math.floor(totalSeconds / 3_600);
  const minutesAndSeconds = `${twoDigits(Math.floor(totalSeconds / 60) % 60)}:${twoDigits(totalSeconds % 60)}`;
  return hours > 0 ? `${hours}:${minutesAndSeconds}` : minutesAndSeconds;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

function reasonForBadForm(text: string): string {
  if (text === "") return "is empty";
  if (bareNumber.test(text)) return `has no unit: write for example "${text.slice(0, longestQuote)}s"`;
  if (text.startsWith("-")) return "is negative";
  if (/\s/.test(text)) return "contains a space";
  const unitless = numberWithoutUnitAtTheEnd.exec(text)?.[1];
  if (unitless !== undefined) return `has no unit after "${unitless.slice(0, longestQuote)}"`;
  return "is not a duration";
}

function refusal(text: string, reason: string): DurationError {
  const shown = text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
  // JSON quoting keeps the message on one line whatever the text holds.
  return new DurationError(
    `duration ${JSON.stringify(shown)} ${reason}; valid examples are "30s", "5m", "1h3m7s", "500ms"`,
  );
}

/** The error for a value that is not a string, most often seconds as a number, as other tools expect them. */
function wrongTypeError(value: unknown): DurationError {
  const isCount = typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY;
  const found = typeof value === "number" ? `the number ${value}` : value === null ? "null" : typeof value;
  const instead = isCount ? `write "${value}s" or "${value}ms"` : 'valid examples are "30s", "5m", "1h3m7s", "500ms"';
  return new DurationError(`expected a duration, found ${found}; ${instead}`);
}
