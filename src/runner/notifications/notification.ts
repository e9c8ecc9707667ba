import type { Result } from "../../report/result/result-schema.ts";

/** The formats of messages. `auto` is Slack's format for Slack's own host, otherwise JSON. */
export const webhookFormats = ["auto", "json", "slack"] as const;
export type WebhookFormat = (typeof webhookFormats)[number];

/** One message about a run, which a webhook receives as JSON. */
export interface Notification {
  readonly schema: "muster-webhook/1";
  readonly event: "start" | "threshold" | "worker-lost" | "end";
  /** The time of the message, in ISO 8601. */
  readonly at: string;
  /** The time since the start of the load, in ms. */
  readonly atMs: number;
  readonly run: { readonly id: string; readonly test: string; readonly profile: string; readonly host: string };
  /** One line for a person. */
  readonly text: string;
  /** The result, only in the message `end`. */
  readonly result?: NotifiedResult;
}

/** The figures of a result that fit into a message. Times are in ms. */
export interface NotifiedResult {
  readonly verdict: Result["verdict"];
  readonly exitCode: number;
  readonly reasons: readonly string[];
  readonly durationMs: number;
  readonly requests: number;
  readonly failures: number;
  readonly requestsPerSecond: number;
  readonly p95Ms: number;
  readonly peakUsers: number;
  readonly workers: number;
  readonly failedThresholds: readonly {
    readonly metric: string;
    readonly expression: string;
    readonly value: number | null;
  }[];
}

/** The maximum number of reasons, and of thresholds, in a message. */
const mostQuoted = 10;

export function notificationOf(
  run: Notification["run"],
  event: Notification["event"],
  atMs: number,
  text: string,
  result: Result | null = null,
): Notification {
  return {
    schema: "muster-webhook/1",
    event,
    at: new Date().toISOString(),
    atMs: Math.max(0, Math.round(atMs)),
    run,
    text,
    ...(result === null ? {} : { result: notifiedResult(result) }),
  };
}

function notifiedResult({ verdict, exitCode, reasons, run, total, peakUsers, thresholds }: Result): NotifiedResult {
  return {
    verdict,
    exitCode,
    reasons: reasons.slice(0, mostQuoted),
    durationMs: run.durationMs,
    requests: total.requests,
    failures: total.failures,
    requestsPerSecond: total.requestsPerSecond,
    p95Ms: total.responseTimeMs.percentiles["95"] ?? 0,
    peakUsers,
    workers: run.workers,
    failedThresholds: thresholds
      .filter(({ passed }) => !passed)
      .slice(0, mostQuoted)
      .map(({ metric, expression, value }) => ({ metric, expression, value })),
  };
}
