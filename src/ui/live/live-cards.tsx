import type { RunReport } from "../../report/model.ts";
import { count, milliseconds, rate } from "../../report/numbers.ts";
import { Card } from "../components/cards.tsx";
import type { Live } from "./live-store.ts";

/** How it stands now: rates of the last whole window, percentiles of the run. */
export function LiveCards({ live: { report, state, workers } }: { readonly live: Live }) {
  if (state === null || report === null) return null;
  const { result } = report;
  const isOver = state.state === "finished";
  const { requests, failures, p95Ms } = isOver ? wholeRun(report) : lastWindow(report);
  const lost = workers.filter((worker) => worker.state === "lost").length;
  return (
    <div class="cards">
      <Card value={rate(requests)} unit="req/s" note={`${count(result.total.requests)} requests`} />
      <Card
        value={rate(failures)}
        unit="failures/s"
        note={`${count(result.total.failures)} ${result.total.failures === 1 ? "failure" : "failures"}`}
        {...(failures > 0 ? { tone: "failed" as const } : {})}
      />
      <Card
        value={milliseconds(result.total.responseTimeMs.percentiles["95"] ?? 0)}
        unit="ms p95"
        note={p95Ms === null ? "of the whole run" : `of the run so far; now ${milliseconds(p95Ms)}`}
      />
      <Card
        value={count(isOver ? result.peakUsers : state.users)}
        unit={isOver ? "users at most" : "users"}
        note={`${count(result.iterations)} iterations`}
      />
      <Card
        value={count(isOver ? result.run.workers : state.workers.connected)}
        unit={`of ${state.workers.expected} workers`}
        note={lost === 0 ? "✓ none lost" : `✗ ${lost} lost`}
        {...(lost === 0 ? {} : { tone: "failed" as const })}
      />
    </div>
  );
}

/** Per second, and of one window. */
interface Rates {
  readonly requests: number;
  readonly failures: number;
  readonly p95Ms: number | null;
}

function lastWindow({ windows: { startMs, widthMs, total } }: RunReport): Rates {
  const last = startMs.length - 1;
  const seconds = (widthMs[last] ?? 1_000) / 1_000;
  return {
    requests: (total.requests[last] ?? 0) / seconds,
    failures: (total.failures[last] ?? 0) / seconds,
    p95Ms: total.p95Ms[last] ?? null,
  };
}

function wholeRun({ result: { total, run } }: RunReport): Rates {
  const failures = total.failures / Math.max(1, run.durationMs / 1_000);
  return { requests: total.requestsPerSecond, failures, p95Ms: null };
}
