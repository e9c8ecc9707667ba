import { ConfigurationError } from "../../core/errors.ts";
import { hasHeld } from "../../core/held.ts";
import { InvalidValue } from "../../core/invalid-value.ts";
import { type DeclaredMetric, findMetric, type MetricKind } from "../../core/thresholds/metrics.ts";
import { valueInWords } from "../../core/value-words.ts";
import { type MeasurementOptions, type MeasurementTags, measurementTags } from "./measurement-tags.ts";

/** Where a worker's tests put what they measure. */
export interface MetricSink {
  sample(name: string, value: number, tags: MeasurementTags): void;
  add(name: string, value: number, tags: MeasurementTags): void;
  rate(name: string, held: boolean, tags: MeasurementTags): void;
  set(name: string, value: number, tags: MeasurementTags): void;
}

/** Adds up. Its `count` is the sum, its `rate` that per second. */
export interface Counter {
  /** @param value 1 by default; 0 or more */
  add(value?: number, options?: MeasurementOptions): void;
}

/** Keeps the distribution of its values. */
export interface Trend {
  /** @param value 0 or more, kept to three decimals; percentiles reach to 3,600,000 */
  add(value: number, options?: MeasurementOptions): void;
}

/** Counts how often something held. */
export interface Rate {
  add(held: boolean, options?: MeasurementOptions): void;
}

/** Keeps the latest value, and the extremes. */
export interface Gauge {
  set(value: number, options?: MeasurementOptions): void;
}

const mostMetrics = 500;
/** A histogram keeps thousandths, and their sum must stay exact. */
const largestSample = 1e12;
let sink: MetricSink | null = null;
let declared = new Map<string, MetricKind>();
/** What each test has declared: it does so only when it is loaded first. */
const byTest = new Map<string, Map<string, MetricKind>>();

/** A number that adds up, such as orders placed. To be called at the top level of a test file. */
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

/** Values of which percentiles are wanted, such as the size of an answer. To be called at the top level of a test file. */
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

/** A share of what held, such as answers from a cache. To be called at the top level of a test file. */
export function rate(name: string): Rate {
  declare(name, "rate");
  return {
    add(held, options) {
      const tags = tagsOf(name, options);
      sink?.rate(name, hasHeld(`metric ${name}`, held), tags);
    },
  };
}

/** A number that goes up and down, such as the length of a queue. To be called at the top level of a test file. */
export function gauge(name: string): Gauge {
  declare(name, "gauge");
  return {
    set(value, options) {
      if (!Number.isFinite(value)) {
        throw new InvalidValue(`metric ${name}: expected a number, found ${valueInWords(value)}`);
      }
      const tags = tagsOf(name, options);
      sink?.set(name, value, tags);
    },
  };
}

/** Where values go from now on: nowhere for null. */
export function useMetricSink(next: MetricSink | null): void {
  sink = next;
}

/** Loads a test, and remembers what it declares: a test that was loaded before is not run again. */
export async function declaring<Value>(test: string, load: () => Promise<Value>): Promise<Value> {
  const known = byTest.get(test);
  declared = known ?? new Map();
  const value = await load();
  byTest.set(test, declared);
  return value;
}

/** The metrics of the test that was loaded last. */
export function declaredMetrics(): DeclaredMetric[] {
  return [...declared].map(([name, kind]) => ({ name, kind }));
}

function declare(name: string, kind: MetricKind): void {
  if (typeof name !== "string") {
    throw new ConfigurationError(`the name of a metric is ${valueInWords(name)}; expected a text such as "cart_size"`);
  }
  if (!/^[a-z_][\w.-]*$/i.test(name) || name.length > 100) {
    throw new ConfigurationError(
      `metric ${JSON.stringify(name)}: a name is of letters, digits, _ . and -, as "cart_size"`,
    );
  }
  if (findMetric(name) !== undefined) {
    throw new ConfigurationError(`metric "${name}": muster measures something of that name by itself; choose another`);
  }
  const before = declared.get(name);
  if (before !== undefined && before !== kind) {
    throw new ConfigurationError(`metric "${name}" is a ${before} already, it cannot be a ${kind} as well`);
  }
  if (before === undefined && sink !== null) {
    throw new ConfigurationError(`metric "${name}" is declared too late: do it at the top level of the test file`);
  }
  if (declared.size >= mostMetrics)
    throw new ConfigurationError(`a test has at most ${mostMetrics} metrics of its own`);
  declared.set(name, kind);
}

function tagsOf(name: string, options: MeasurementOptions | undefined): MeasurementTags {
  return options === undefined ? undefined : measurementTags(`metric ${name}`, options);
}

/** @throws InvalidValue */
function requireAmount(name: string, value: number, most: number): void {
  if (Number.isFinite(value) && value >= 0 && value <= most) return;
  const found = valueInWords(value);
  const limit = Number.isFinite(value) && value > most ? ` and at most ${most.toExponential()}` : "";
  throw new InvalidValue(`metric ${name}: expected a number of 0 or more${limit}, found ${found}`);
}
