import { redactText } from "../../core/redaction/redact.ts";
import type {
  JsonOptions,
  Observation,
  ObserveContext,
  ObservedSourceDefinition,
  PrometheusOptions,
  PromqlOptions,
  SeriesAggregate,
} from "../../scenario/observe/sources.ts";
import { exposedSamples } from "./exposition.ts";
import { ObservationError, readText } from "./http-read.ts";

/** Reads a source once. Rejects if there is no value; the reason is in the error. */
export type Reader = (context: ObserveContext) => Observation | Promise<Observation>;

const longestShown = 200;

/** Returns the reader of a source. For a new kind of source, add a case. */
export function readerOf(definition: ObservedSourceDefinition): Reader {
  switch (definition.kind) {
    case "prometheus":
      return ({ signal }) => readPrometheus(definition, signal);
    case "promql":
      return ({ signal }) => readPromql(definition, signal);
    case "json":
      return ({ signal }) => readJson(definition, signal);
    case "function":
      return (context) => definition.read(context);
  }
}

/** Returns what a source reads, as text without credentials; null for a function. */
export function targetOf(definition: ObservedSourceDefinition): string | null {
  if (definition.kind === "function") return null;
  const { kind, url } = definition;
  const what =
    kind === "prometheus"
      ? `${definition.metric}${labelsText(definition.labels)}`
      : kind === "promql"
        ? definition.query
        : definition.path;
  return `${shortened(what)} of ${shortened(redactText(url))}`;
}

async function readPrometheus(
  { url, headers = {}, metric, labels = {}, aggregate }: PrometheusOptions,
  signal: AbortSignal,
): Promise<number> {
  const accept = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4";
  const all = exposedSamples(await readText(url, { accept, ...headers }, signal), metric);
  const wanted = Object.entries(labels);
  const found = all.filter((sample) => wanted.every(([name, value]) => sample.labels.get(name) === value));
  const [first] = found;
  if (first === undefined) {
    const others = all.length === 0 ? "" : `; the metric has ${all.length} with other labels`;
    throw new ObservationError(`there is no ${metric}${labelsText(labels)}${others}`);
  }
  if (aggregate !== undefined) {
    const values = found.map(({ value }) => value);
    return aggregated(values, aggregate);
  }
  if (found.length === 1) return first.value;
  const shown = labelsText(Object.fromEntries(first.labels));
  throw new ObservationError(
    `${found.length} series match, such as ${shortened(`${metric}${shown}`)}: give labels, or aggregate: "sum"`,
  );
}

function aggregated(values: readonly number[], aggregate: SeriesAggregate): number {
  switch (aggregate) {
    case "sum":
      return sumOf(values);
    case "avg":
      return sumOf(values) / values.length;
    case "min":
      return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
    case "max":
      return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  }
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Runs an instant query (https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries). */
async function readPromql({ url, headers = {}, query }: PromqlOptions, signal: AbortSignal): Promise<number> {
  const target = new URL(url);
  target.pathname = `${target.pathname.replace(/\/$/, "")}/api/v1/query`;
  target.searchParams.set("query", query);
  const answer = parsed(await readText(target.href, headers, signal));
  const data = fieldOf(answer, "data");
  const [kind, result] = [fieldOf(data, "resultType"), fieldOf(data, "result")];
  if (kind === "scalar") return sampleValue(result);
  if (kind !== "vector" || !Array.isArray(result)) throw new ObservationError("the answer is not a query result");
  if (result.length === 0) throw new ObservationError("the query has no value now");
  if (result.length === 1) return sampleValue(fieldOf(result[0], "value"));
  throw new ObservationError(`the query has ${result.length} values: write a query with one value, such as sum(…)`);
}

/** Returns the value of a sample, which Prometheus writes as [seconds, "value"]. */
function sampleValue(sample: unknown): number {
  const written = Array.isArray(sample) ? sample[1] : undefined;
  if (typeof written !== "string") throw new ObservationError("the answer has no sample");
  if (/^[+-]?Inf$/.test(written)) return written.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(written);
}

async function readJson({ url, headers = {}, path }: JsonOptions, signal: AbortSignal): Promise<number> {
  const document = parsed(await readText(url, { accept: "application/json", ...headers }, signal));
  const value = path.split(".").reduce(fieldOf, document);
  if (typeof value === "number") return value;
  const found = value === undefined ? "nothing" : value === null ? "null" : `a ${typeof value}`;
  throw new ObservationError(`expected a number at ${shortened(path)}, found ${found}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new ObservationError("the response is not JSON", { cause });
  }
}

function fieldOf(value: unknown, name: string): unknown {
  const isContainer = typeof value === "object" && value !== null;
  return isContainer && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function labelsText(labels: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function shortened(text: string): string {
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
