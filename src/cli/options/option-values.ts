import { isIP } from "node:net";
import { availableParallelism } from "node:os";
import { InvalidArgumentError } from "commander";
import { parseDuration } from "../../core/duration.ts";
import { MusterError } from "../../core/errors.ts";
import { parseHostEntry } from "../../core/hosts/host-rules.ts";
import { nearestName } from "../../core/nearest.ts";
import { parseTarget, type Targets } from "../../core/thresholds/targets.ts";
import { type LogLevel, logLevels } from "../../runner/run-options.ts";
import { curlConnectTo, parseDestination, parsePlace } from "../../scenario/connections/connect-to.ts";

/* Parsers of option values. Commander adds the name of the flag to their errors. */

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < 0) {
    throw new InvalidArgumentError("Expected a whole number of at least 0.");
  }
  return value;
}

export function countFromOne(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError("Expected a whole number of at least 1.");
  return value;
}

/** Parses a number of processes; "auto", or -1 as in Locust, is one per core. */
export function processCount(text: string): number {
  return text === "auto" || text === "-1" ? availableParallelism() : countFromOne(text);
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError("Expected a number above 0.");
  }
  return value;
}

/** Parses a percentage into a share: 0.1 for "10%". */
export function percentage(text: string): number {
  const value = Number(/^(.+)%$/.exec(text.trim())?.[1] ?? "?");
  if (!(Number.isFinite(value) && value >= 0)) throw new InvalidArgumentError('Expected a percentage, e.g. "10%".');
  return value / 100;
}

/** Parses a share from 0 to 1, or a percentage of at most 100%: 0.05 for "0.05" or "5%". */
export function share(text: string): number {
  const isPercentage = text.trim().endsWith("%");
  const value = isPercentage ? Number(text.trim().slice(0, -1)) / 100 : Number(text);
  if (/^[\s%]*$/.test(text) || !(value >= 0 && value <= 1)) {
    throw new InvalidArgumentError('Expected a share from 0 to 1, or a percentage, e.g. "5%".');
  }
  return value;
}

export function port(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new InvalidArgumentError("Expected a port from 0 to 65535.");
  }
  return value;
}

/** Parses IP addresses, separated by commas. */
export function addresses(text: string): string[] {
  const list = text.split(",").map((address) => address.trim());
  const wrong = list.find((address) => isIP(address) === 0);
  if (wrong !== undefined) throw new InvalidArgumentError(`"${wrong}" is not an IP address.`);
  return list;
}

/** Parses a duration into milliseconds: 90000 for "1m30s". */
export function duration(text: string): number {
  return explained(() => parseDuration(text));
}

/** Parses one or more names, separated by commas. A repeated option adds to the names that were given before. */
export function names(text: string, before: readonly string[] = []): readonly string[] {
  const given = text.split(",").map((name) => name.trim());
  if (given.includes("")) throw new InvalidArgumentError("Expected names, separated by commas.");
  return [...before, ...given];
}

/** Parses one or more targets, separated by commas. A repeated option adds to the targets that were given before. */
export function target(text: string, before: Targets = {}): Targets {
  return explained(() => Object.assign({}, before, ...text.split(",").map(parseTarget)) as Targets);
}

/**
 * Parses rules for where connections go: "api.test:443=10.0.0.5:8443", or curl's "api.test:443:10.0.0.5:8443", separated by
 * commas. A value without a name belongs to the name before it. A repeated option adds to the rules that were given before.
 */
export function connections(
  text: string,
  before: Readonly<Record<string, string[]>> = {},
): Readonly<Record<string, string[]>> {
  const all: Record<string, string[]> = { ...before };
  let last = "";
  for (const rule of text.split(",").map((one) => one.trim())) {
    const [key, address] = connectionRule(rule, last);
    requireValid(rule, parsePlace(key));
    requireValid(address, parseDestination(address));
    all[key] = [...(all[key] ?? []), address];
    last = key;
  }
  return all;
}

/** Parses entries of `allowedHosts`, separated by commas. A repeated option adds to the entries that were given before. */
export function hostEntries(text: string, before: readonly string[] = []): string[] {
  const entries = text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  for (const entry of entries) requireValid(entry, parseHostEntry(entry));
  return [...before, ...entries];
}

function connectionRule(rule: string, last: string): readonly [key: string, address: string] {
  const curl = curlConnectTo(rule);
  if (curl !== null) return curl;
  const mark = rule.indexOf("=");
  return mark < 0 ? [last, rule] : [rule.slice(0, mark), rule.slice(mark + 1)];
}

function requireValid(text: string, parsed: object | string): void {
  if (typeof parsed === "string") throw new InvalidArgumentError(`${JSON.stringify(text)}: ${parsed}.`);
}

const locustNames: Readonly<Record<string, LogLevel>> = { warning: "warn", critical: "error" };

/** Parses a log level: a name of pino or of Locust, in upper or lower case. */
export function logLevel(text: string): LogLevel {
  const name = text.toLowerCase();
  const level = logLevels.find((known) => known === name) ?? locustNames[name];
  if (level !== undefined) return level;
  const near = nearestName(name, logLevels);
  throw new InvalidArgumentError(
    `Valid: ${logLevels.join(", ")}.${near === undefined ? "" : ` Did you mean ${near}?`}`,
  );
}

function explained<Value>(parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    if (error instanceof MusterError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}
