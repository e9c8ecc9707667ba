import { DurationError, parseDuration } from "../duration.ts";
import { ConfigurationError } from "../errors.ts";
import { nearestName } from "../nearest.ts";
import { parseThresholds, type Threshold } from "./threshold.ts";

/** Short forms of the usual thresholds. Durations are strings such as "500ms"; `errorRate` is a percentage such as "1%". */
export interface Targets {
  readonly p50?: string;
  readonly p95?: string;
  readonly p99?: string;
  readonly errorRate?: string;
  readonly requestsPerSecond?: number;
  readonly concurrentUsers?: number;
}

/** The metric and the expression that a target stands for. */
type Rule = readonly [metric: string, expression: string];

const rules: Readonly<Record<keyof Targets, (name: string, value: unknown) => Rule>> = {
  p50: (name, value) => ["response_time", `p(50)<${durationMs(name, value)}`],
  p95: (name, value) => ["response_time", `p(95)<${durationMs(name, value)}`],
  p99: (name, value) => ["response_time", `p(99)<${durationMs(name, value)}`],
  errorRate: (name, value) => {
    const limit = fraction(name, value);
    // Nothing is below zero: "0%" means no failure at all.
    return ["failures", limit === 0 ? "rate<=0" : `rate<${limit}`];
  },
  requestsPerSecond: (name, value) => ["requests", `rate>${positive(name, value)}`],
  concurrentUsers: (name, value) => ["users", `max>${positive(name, value)}`],
};

/**
 * Converts `targets` to thresholds, in the order written: p95 "500ms" is `response_time: p(95)<500`, errorRate "1%" is
 * `failures: rate<0.01`, requestsPerSecond 1000 is `requests: rate>1000`, concurrentUsers 100 is `users: max>100`.
 *
 * @throws ConfigurationError if a target is unknown or its value is not valid
 */
export function targetsToThresholds(targets: Targets): Threshold[] {
  return Object.entries(targets)
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) => {
      const [metric, expression] = rules[targetName(name)](name, value);
      return parseThresholds({ [metric]: expression });
    });
}

/**
 * Parses a target of the command line, `NAME=VALUE`: `p95=300ms`, `errorRate=2%`, `requestsPerSecond=500`.
 *
 * @throws ConfigurationError if the form, the name or the value is not valid; for a name, the message has the nearest valid
 * one
 */
export function parseTarget(text: string): Partial<Targets> {
  const [, written = "", value = ""] = /^\s*([^=\s]+)\s*=\s*(.*\S)\s*$/s.exec(text) ?? [];
  if (written === "")
    throw new ConfigurationError(`target ${JSON.stringify(text)}: expected NAME=VALUE, such as p95=300ms`);
  const name = targetName(written);
  const target: Targets =
    name === "requestsPerSecond" || name === "concurrentUsers"
      ? { [name]: /^[\d.]+$/.test(value) ? Number(value) : Number.NaN }
      : { [name]: value };
  targetsToThresholds(target); // throws on a bad value here, where the flag is known
  return target;
}

function targetName(name: string): keyof Targets {
  if (isTargetName(name)) return name;
  const nearest = nearestName(name, Object.keys(rules));
  const hint =
    nearest === undefined ? `expected one of ${Object.keys(rules).join(", ")}` : `did you mean "${nearest}"?`;
  throw new ConfigurationError(`unknown target ${JSON.stringify(name)}, ${hint}`);
}

function isTargetName(name: string): name is keyof Targets {
  return Object.hasOwn(rules, name);
}

function durationMs(name: string, value: unknown): number {
  if (typeof value !== "string") {
    throw new ConfigurationError(`target ${name}: expected a duration such as "500ms", found ${JSON.stringify(value)}`);
  }
  let milliseconds: number;
  try {
    milliseconds = parseDuration(value);
  } catch (cause) {
    if (!(cause instanceof DurationError)) throw cause;
    throw new ConfigurationError(`target ${name}: ${cause.message}`, { cause });
  }
  if (milliseconds > 0) return milliseconds;
  throw new ConfigurationError(`target ${name}: expected a duration longer than zero, found ${JSON.stringify(value)}`);
}

function fraction(name: string, value: unknown): number {
  const percent = typeof value === "string" ? /^\s*(\d+\.?\d*|\.\d+)\s*%\s*$/.exec(value)?.[1] : undefined;
  // Shifting the decimal point in the text turns 0.7 % into 0.007; 0.7 / 100 is 0.006999999999999999.
  const result = percent === undefined ? Number.NaN : Number(`${percent}e-2`);
  if (result <= 1) return result;
  throw new ConfigurationError(
    `target ${name}: expected a percentage from 0% to 100%, such as "1%", found ${JSON.stringify(value)}`,
  );
}

function positive(name: string, value: unknown): number {
  if (typeof value === "number" && value > 0 && Number.isFinite(value)) return value;
  throw new ConfigurationError(`target ${name}: expected a number greater than zero, found ${String(value)}`);
}
