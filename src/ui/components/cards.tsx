import type { ComponentChildren } from "preact";
import type { LiveState } from "../../api/contract/live.ts";
import { count, milliseconds, millisecondsOf, percent, perSecondText } from "../../report/numbers.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { workerSummary } from "../data/worker-summary.ts";

interface CardProps {
  readonly value: string;
  readonly unit: string;
  readonly note: ComponentChildren;
  readonly tone?: "failed" | "invalid" | "passed";
}

export function Card({ value, unit, note, tone }: CardProps) {
  return (
    <div class="card">
      <div class={`value ${tone ?? ""}`}>
        {value} <span class="unit">{unit}</span>
      </div>
      <div class="muted">{note}</div>
    </div>
  );
}

/** A percentile of the response time in ms; "–" without requests. */
export function responseTime({ responseTimeMs, requests }: Result["total"], percentile: "50" | "95" | "99"): string {
  return millisecondsOf(responseTimeMs.percentiles[percentile], requests);
}

/** The main figures of a run. */
export function RunCards({ result }: { readonly result: Result }) {
  const { total, iterations, peakUsers } = result;
  const { max } = total.responseTimeMs;
  const share = total.requests === 0 ? 0 : total.failures / total.requests;
  return (
    <div class="cards">
      <Card value={perSecondText(total.requestsPerSecond)} unit="req/s" note={`${count(total.requests)} requests`} />
      <Card
        value={percent(share)}
        unit="failed"
        note={`${count(total.failures)} ${total.failures === 1 ? "failure" : "failures"}`}
        {...(total.failures > 0 ? { tone: "failed" as const } : {})}
      />
      <Card
        value={responseTime(total, "95")}
        unit="ms p95"
        note={
          total.requests === 0
            ? "no requests"
            : `p50 ${responseTime(total, "50")}, p99 ${responseTime(total, "99")}, max ${milliseconds(max)}`
        }
      />
      <Card
        value={count(peakUsers)}
        unit={peakUsers === 1 ? "peak user" : "peak users"}
        note={`${count(iterations)} iterations`}
      />
      <WorkerCard result={result} state={null} />
    </div>
  );
}

interface WorkerCardProps {
  readonly result: Result;
  /** The connected workers of an active run; null for a run that has ended. */
  readonly state: Pick<LiveState, "workers"> | null;
  /** The number of workers that are lost now. */
  readonly lostNow?: number;
}

/** The number of workers, and how many were lost. */
export function WorkerCard({ result, state, lostNow = 0 }: WorkerCardProps) {
  const { text, tone } = workerSummary(result, lostNow);
  const shown = state === null ? result.run.workers : state.workers.connected;
  const unit = state === null ? (shown === 1 ? "worker" : "workers") : `of ${state.workers.expected} workers`;
  return <Card value={count(shown)} unit={unit} note={text} {...(tone === null ? {} : { tone })} />;
}
