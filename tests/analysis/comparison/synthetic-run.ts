import type { ComparedEndpoint, ComparedRun, FigureColumns } from "../../../src/analysis/comparison/compared-run.ts";
import { sectionsOf } from "../../../src/analysis/comparison/sections.ts";
import type { Random } from "../../../src/core/random.ts";
import { autoregressive, normal } from "../synthetic-noise.ts";

/** A service whose response times are lognormal around a median that wanders. */
export interface SyntheticService {
  readonly seconds: number;
  readonly requestsPerSecond: number;
  readonly medianMs: number;
  /** The standard deviation of the logarithm of a response time within one second: the larger, the heavier the tail. */
  readonly sigma: number;
  /** The standard deviation of the logarithm of the median from second to second. */
  readonly wander: number;
  /** The correlation of the median with that of the second before. */
  readonly correlation: number;
  readonly errorRate?: number;
}

/** A run against `service` with one endpoint. */
export function syntheticRun(random: Random, service: SyntheticService, endpoints = 1): ComparedRun {
  const durationMs = service.seconds * 1_000;
  const sections = sectionsOf(durationMs);
  const made = Array.from({ length: endpoints }, (_, position) => endpoint(random, service, `/${position}`));
  return {
    run: { durationMs },
    sectionMs: sections.map(({ startMs, endMs }) => endMs - startMs),
    total: { ...(made[0] as ComparedEndpoint), method: "", name: "Aggregated" },
    endpoints: made,
  };
}

function endpoint(random: Random, service: SyntheticService, name: string): ComparedEndpoint {
  const { seconds, requestsPerSecond, medianMs, sigma, wander, correlation, errorRate = 0 } = service;
  const bySecond = autoregressive(random, seconds, correlation).map((place) => {
    return Float64Array.from(
      { length: requestsPerSecond },
      () => medianMs * Math.exp(wander * place + sigma * normal(random)),
    );
  });
  const times = sectionsOf(seconds * 1_000).map(({ startMs, endMs }) => {
    return joined(bySecond.slice(startMs / 1_000, endMs / 1_000));
  });
  const failures = times.map(({ length }) => {
    let count = 0;
    for (let request = 0; request < length; request++) if (random.next() < errorRate) count++;
    return count;
  });
  const all = joined(bySecond);
  const columns: FigureColumns = {
    requests: times.map(({ length }) => length),
    failures,
    p50Ms: times.map((values) => percentile(values, 50)),
    p95Ms: times.map((values) => percentile(values, 95)),
    p99Ms: times.map((values) => percentile(values, 99)),
  };
  return {
    method: "GET",
    name,
    requests: all.length,
    failures: failures.reduce((sum, count) => sum + count, 0),
    p50Ms: percentile(all, 50),
    p95Ms: percentile(all, 95),
    p99Ms: percentile(all, 99),
    sections: columns,
  };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part])).sort();
}

function percentile(sorted: Float64Array, p: number): number | null {
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? null;
}
