import { parseDuration } from "../../core/duration.ts";
import { ConfigurationError } from "../../core/errors.ts";
import { nearestName } from "../../core/nearest.ts";
import { keepCredentialsOf, keepSecret } from "../../core/redaction/known-secrets.ts";
import { isSecretHeader } from "../../core/redaction/secret-names.ts";
import { ThresholdError } from "../../core/thresholds/cursor.ts";
import { observedMetric, sourceOfMetric } from "../../core/thresholds/metrics.ts";
import type { Threshold } from "../../core/thresholds/threshold.ts";
import type { ObserveDefinitions, ObservedSourceDefinition } from "./sources.ts";

/** A source of observed metrics with all its settings. */
export interface ResolvedSource {
  readonly name: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly unit: string | null;
  readonly isRate: boolean;
  /** Whether its growth is a leak; null if the test does not set it. */
  readonly leak: boolean | null;
  readonly definition: ObservedSourceDefinition;
}

const defaultEvery = "5s";
const longestDefaultTimeoutMs = 10_000;
/** The length in characters below which the value of a header is a secret only if the name of the header says so. */
const shortestKey = 16;
/** Headers whose values are not secrets: many texts contain them, and would be hidden in part. */
const plainHeaders = /^(accept(-.*)?|content-type|user-agent)$/i;

/** Resolves the sources of a test, in the order written. From then on, their credentials are known secrets. */
export function resolveObserve(observe: ObserveDefinitions = {}): ResolvedSource[] {
  return Object.entries(observe).map(([name, given]) => {
    const definition: ObservedSourceDefinition =
      typeof given === "function" ? { kind: "function", read: given } : given;
    const { every = defaultEvery, timeout, unit = null, rate = false, leak = null } = definition;
    const everyMs = Math.round(parseDuration(every));
    const timeoutMs =
      timeout === undefined ? Math.min(everyMs, longestDefaultTimeoutMs) : Math.round(parseDuration(timeout));
    if (timeoutMs > everyMs) {
      throw new ConfigurationError(
        `observe.${name}: the timeout, ${timeout}, is longer than ${every} between two readings`,
      );
    }
    keepSecretsOf(definition);
    return { name, everyMs, timeoutMs, unit, isRate: rate, leak, definition };
  });
}

function keepSecretsOf(definition: ObservedSourceDefinition): void {
  if (definition.kind === "function") return;
  keepCredentialsOf(definition.url);
  for (const [name, value] of Object.entries(definition.headers ?? {})) {
    // Some services have their keys in headers whose names do not say so, such as `x-scope-key`. A tenant is not a secret.
    const isKey = value.length >= shortestKey && !plainHeaders.test(name);
    if (!isSecretHeader(name) && !isKey) continue;
    keepSecret(value);
    // Services repeat the credentials without their scheme.
    keepSecret(/^[A-Za-z]+\s+(\S+)$/.exec(value)?.[1]);
  }
}

/**
 * Refuses thresholds on observed metrics that no source can provide.
 * @throws ThresholdError if the selector does not name one metric of a source; ConfigurationError if the window is too short
 */
export function requireObserved(thresholds: readonly Threshold[], sources: readonly ResolvedSource[]): void {
  for (const threshold of thresholds) {
    if (threshold.selector.metric.name !== observedMetric) continue;
    const { name, everyMs } = requiredSource(threshold, sources);
    const windowMs = threshold.span?.windowMs ?? null;
    if (windowMs === null || windowMs >= everyMs) continue;
    const text = `threshold "${threshold.expression.source}": its window of ${windowMs / 1_000} s is shorter than`;
    throw new ConfigurationError(`${text} the ${everyMs / 1_000} s between two readings of ${name}`);
  }
}

/** @throws ThresholdError */
function requiredSource({ metric, selector }: Threshold, sources: readonly ResolvedSource[]): ResolvedSource {
  const [condition, ...others] = selector.conditions;
  const names = sources.map(({ name }) => name);
  if (condition === undefined || condition.isNot || others.length > 0) {
    const example = `observed{name:${names[0] ?? "queue"}}`;
    throw new ThresholdError(metric, 1, `a threshold on observed metrics names one metric, such as ${example}`);
  }
  const source = sourceOfMetric(sources, condition.value);
  if (source !== undefined) return source;
  const nearest = nearestName(condition.value, names);
  const known = names.length === 0 ? "the test has no `observe`" : `expected one of ${names.join(", ")}`;
  const hint = nearest === undefined ? known : `did you mean "${nearest}"?`;
  const column = metric.indexOf(condition.value) + 1;
  throw new ThresholdError(metric, column, `nothing observes ${JSON.stringify(condition.value)}, ${hint}`);
}
