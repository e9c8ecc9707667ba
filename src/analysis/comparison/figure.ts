import type { ComparedEndpoint, ComparedRun } from "./compared-run.ts";

/** The compared figures of an endpoint: percentiles of the response time, the share of failures, and the throughput. */
export const figureKinds = ["p50", "p95", "p99", "errorRate", "requestsPerSecond"] as const;
export type FigureKind = (typeof figureKinds)[number];

/** One figure of an endpoint in one run: ms, a share of 0 to 1, or per second; null without requests. */
export interface Figure {
  /** The figure of the whole run. */
  readonly value: number | null;
  readonly sections: readonly (number | null)[];
}

export function figureOf(kind: FigureKind, endpoint: ComparedEndpoint, { run, sectionMs }: ComparedRun): Figure {
  const { requests, failures, sections } = endpoint;
  switch (kind) {
    case "p50":
      return { value: endpoint.p50Ms, sections: sections.p50Ms };
    case "p95":
      return { value: endpoint.p95Ms, sections: sections.p95Ms };
    case "p99":
      return { value: endpoint.p99Ms, sections: sections.p99Ms };
    case "errorRate":
      return {
        value: share(failures, requests),
        sections: sections.failures.map((count, position) => share(count, sections.requests[position] ?? 0)),
      };
    case "requestsPerSecond":
      return {
        value: perSecond(requests, run.durationMs),
        sections: sections.requests.map((count, position) => perSecond(count, sectionMs[position] ?? 0)),
      };
  }
}

function share(part: number | null, whole: number): number | null {
  return part === null || whole === 0 ? null : part / whole;
}

function perSecond(count: number, durationMs: number | null): number | null {
  return durationMs === null || durationMs === 0 ? null : (count / durationMs) * 1_000;
}
