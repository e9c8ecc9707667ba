import type { LiveSearch, LiveState } from "../../api/contract/live.ts";
import { formatClock } from "../../core/duration.ts";
import { count, milliseconds, perSecondText } from "../../report/numbers.ts";
import type { RunReport } from "../../report/page/model.ts";
import { fewestTimes } from "../../report/page/parts/wide-times.ts";
import { Card, responseTime, WorkerCard } from "../components/cards.tsx";
import { type LatestRates, latestRates, unknownRates } from "../data/latest-rates.ts";
import type { Live } from "./live-store.ts";

/** The current figures: rates of the last window, and percentiles of the run so far or since the statistics were reset. */
export function LiveCards({ live: { report, state, since, workers } }: { readonly live: Live }) {
  if (state === null || report === null) return null;
  const { result } = since ?? report;
  const isOver = state.state === "finished";
  const { requests, failures, p95Ms } = ratesOf(report, state);
  const rate = (perSecond: number | null) => (perSecond === null ? "–" : perSecondText(perSecond));
  return (
    <div class="cards">
      <Card
        value={rate(requests)}
        unit="req/s"
        note={`${count(result.total.requests)} requests${state.state === "stopping" ? "; the load is over" : ""}`}
      />
      <Card
        value={rate(failures)}
        unit="failures/s"
        note={`${count(result.total.failures)} ${result.total.failures === 1 ? "failure" : "failures"}`}
        {...((failures ?? 0) > 0 ? { tone: "failed" as const } : {})}
      />
      <Card
        value={responseTime(result.total, "95")}
        unit="ms p95"
        note={
          isOver
            ? "of the whole run"
            : `${since === null ? "of the run so far" : "since the reset"}; now ${now(p95Ms, report.windows.total.requests.at(-1))}`
        }
      />
      <Card
        value={count(isOver ? result.peakUsers : state.users)}
        unit={isOver ? "peak users" : "users"}
        note={`${count(result.iterations)} iterations`}
      />
      <WorkerCard
        result={report.result}
        {...(isOver
          ? { state: null }
          : { state, lostNow: workers.filter(({ lostBecause }) => lostBecause !== null).length })}
      />
    </div>
  );
}

/** The p95 of the last window. With few requests it is little more than the longest response time. */
function now(p95Ms: number | null, requests = 0): string {
  if (p95Ms === null) return "none";
  return requests >= fewestTimes ? milliseconds(p95Ms) : `${milliseconds(p95Ms)} (${count(requests)} requests)`;
}

function ratesOf(report: RunReport, state: LiveState): LatestRates {
  if (state.state === "finished") return wholeRun(report);
  return report.result.total.requests === 0 ? unknownRates : latestRates(report.windows, state);
}

function wholeRun({ result: { total, run } }: RunReport): LatestRates {
  const seconds = (run.loadMs ?? run.durationMs) / 1_000;
  const failures = seconds > 0 ? total.failures / seconds : 0;
  return { requests: total.requestsPerSecond, failures, p95Ms: null };
}

const marks = { passed: "✓", failed: "✗", invalid: "!" } as const;

/** The progress of a capacity search: the current trial, the result so far, and the latest trials. */
export function SearchStatus({ search: { now, known, trials } }: { readonly search: LiveSearch }) {
  return (
    <section class="search-status" aria-label="Capacity search">
      <dl>
        <dt>now</dt>
        <dd class="number">{now ?? "no trial is running"}</dd>
        <dt>known</dt>
        <dd class="number">{known ?? "nothing yet"}</dd>
      </dl>
      {trials.length > 0 && (
        <ol aria-label="Latest trials">
          {trials.toReversed().map(({ number, outcome, text }) => (
            <li key={number}>
              <span class={outcome}>{marks[outcome]}</span> trial {number}: {text}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** A notice that figures count from the last reset of the statistics, while everything else covers the whole run. */
export function SinceReset({ live: { since } }: { readonly live: Live }) {
  if (since === null) return null;
  return (
    <p class="muted" role="status">
      Cards and tables cover the time since the statistics were reset at {formatClock(since.atMs)}. The verdict, the
      thresholds, charts and the stored result cover the whole run.
    </p>
  );
}

/** The page before the first request. */
export function Waiting({ live: { state } }: { readonly live: Live }) {
  if (state === null) return <p class="empty">loading…</p>;
  const { connected, expected } = state.workers;
  if (state.state === "starting") {
    return (
      <p class="empty">
        no requests yet: {connected} of {expected} workers are connected
      </p>
    );
  }
  return (
    <p class="empty">
      {state.state === "ready"
        ? "no run yet"
        : `no requests yet: ${state.users} ${state.users === 1 ? "user" : "users"} started`}
    </p>
  );
}
