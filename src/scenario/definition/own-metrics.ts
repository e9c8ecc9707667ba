import { describeValue } from "../../core/describe-value.ts";
import { ConfigurationError } from "../../core/errors.ts";
import { InvalidValue } from "../../core/invalid-value.ts";
import { type DeclaredMetric, findMetric, type MetricKind } from "../../core/thresholds/metrics.ts";
import { isTruthy } from "../../core/truthy.ts";
import { type MeasurementOptions, type MeasurementTags, measurementTags } from "./measurement-tags.ts";

/** Receives the values of custom metrics on a worker. */
export interface MetricSink {
  sample(name: string, value: number, tags: MeasurementTags): void;
  add(name: string, value: number, tags: MeasurementTags): void;
  rate(name: string, held: boolean, tags: MeasurementTags): void;
  set(name: string, value: number, tags: MeasurementTags): void;
}

/** A metric that adds up its values. Thresholds use its `count` (the sum) and its `rate` (the sum per second). */
export interface Counter {
  /** Adds a value. @param value 0 or more; default 1 */
  add(value?: number, options?: MeasurementOptions): void;
}

/** A metric that records the distribution of its values. */
export interface Trend {
  /** Records a value. @param value 0 or more, recorded to three decimals; percentiles are exact up to 3,600,000 */
  add(value: number, options?: MeasurementOptions): void;
}

/** A metric that records the share of values that are true. */
export interface Rate {
  add(held: boolean, options?: MeasurementOptions): void;
}

/** A metric that keeps the latest, the lowest and the highest value. */
export interface Gauge {
  set(value: number, options?: MeasurementOptions): void;
}

const mostMetrics = 500;
/** Histograms store thousandths, and their sum must remain exact. */
const largestSample = 1e12;
let sink: MetricSink | null = null;
let declared = new Map<string, MetricKind>();
/**
 * The metrics that each test has declared. A test is evaluated only once, so it declares its metrics only when it is first
 * loaded.
 */
const byTest = new Map<string, Map<string, MetricKind>>();

/** Declares a counter, such as orders placed. Call it at the top level of the test file. */
export function counter(name: string): Counter {
  declare(name, "counter");
  return {
    add(value = 1, options) {
      requireAmount(name, value, Number.MAX_SAFE_INTEGER);
      const tags = tagsOf(name, options);
      sink?.add(name, value, tags);
    },
  };
}

/** Declares a trend, a metric with percentiles, such as the size of a response. Call it at the top level of the test file. */
export function trend(name: string): Trend {
  declare(name, "trend");
  return {
    add(value, options) {
      requireAmount(name, value, largestSample);
      const tags = tagsOf(name, options);
      sink?.sample(name, value, tags);
    },
  };
}

/** Declares a rate, such as the share of responses from a cache. Call it at the top level of the test file. */
export function rate(name: string): Rate {
  declare(name, "rate");
  return {
    add(held, options) {
      const tags = tagsOf(name, options);
      sink?.rate(name, isTruthy(`metric ${name}`, held), tags);
    },
  };
}

/**
 * Declares a gauge, a value that goes up and down, such as the length of a queue. Call it at the top level of the test file.
 */
export function gauge(name: string): Gauge {
  declare(name, "gauge");
  return {
    set(value, options) {
      if (!Number.isFinite(value)) {
        throw new InvalidValue(`metric ${name}: expected a number, found ${describeValue(value)}`);
      }
      const tags = tagsOf(name, options);
      sink?.set(name, value, tags);
    },
  };
}

/** Sets the receiver of all later values; null discards them. */
export function useMetricSink(next: MetricSink | null): void {
  sink = next;
}

/** Loads a test and keeps the metrics that it declares. A test that is loaded again is not evaluated again. */
export async function declaring<Value>(test: string, load: () => Promise<Value>): Promise<Value> {
  const known = byTest.get(test);
  declared = known ?? new Map();
  const value = await load();
  byTest.set(test, declared);
  return value;
}

/** Returns the custom metrics of the test that was loaded last. */
export function declaredMetrics(): DeclaredMetric[] {
  return [...declared].map(([name, kind]) => ({ name, kind }));
}

function declare(name: string, kind: MetricKind): void {
  if (typeof name !== "string") {
    throw new ConfigurationError(
      `the name of a metric is ${describeValue(name)}; expected a string such as "cart_size"`,
    );
  }
  if (!/^[a-z_][\w.-]*$/i.test(name) || name.length > 100) {
    throw new ConfigurationError(
      `metric ${JSON.stringify(name)}: a name consists of letters, digits, _ . and -, such as "cart_size"`,
    );
  }
  if (findMetric(name) !== undefined) {
    throw new ConfigurationError(`metric "${name}": muster has a built-in metric of this name; choose another name`);
  }
  const before = declared.get(name);
  if (before !== undefined && before !== kind) {
    throw new ConfigurationError(`metric "${name}" is already a ${before}; it cannot be a ${kind} too`);
  }
  if (before === undefined && sink !== null) {
    throw new ConfigurationError(`metric "${name}" is declared too late: declare it at the top level of the test file`);
  }
  if (declared.size >= mostMetrics) throw new ConfigurationError(`a test can declare at most ${mostMetrics} metrics`);
  declared.set(name, kind);
}

function tagsOf(name: string, options: MeasurementOptions | undefined): MeasurementTags {
  return options === undefined ? undefined : measurementTags(`metric ${name}`, options);
}

/** @throws InvalidValue */
function requireAmount(name: string, value: number, most: number): void {
  if (Number.isFinite(value) && value >= 0 && value <= most) return;
  const found = describeValue(value);
  const limit = Number.isFinite(value) && value > most ? ` and at most ${most.toExponential()}` : "";
  throw new InvalidValue(`metric ${name}: expected a number of 0 or more${limit}, found ${found}`);
}
