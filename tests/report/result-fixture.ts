import { stripVTControlCharacters } from "node:util";
import { ThresholdSpans } from "../../src/analysis/threshold-spans.ts";
import { parseThresholds } from "../../src/core/thresholds/threshold.ts";
import { resultOf as decidedResult } from "../../src/report/result/result-of.ts";
import type { Result } from "../../src/report/result/result-schema.ts";
import type { RunData } from "../../src/report/result/run-data.ts";
import { plainStyle } from "../../src/report/text/style.ts";
import { terminalSummary } from "../../src/report/text/terminal-summary.ts";
import { IntervalRecorder } from "../../src/stats/interval-recorder.ts";
import { nothingObserved } from "../../src/stats/observed-series.ts";
import { RunTotals } from "../../src/stats/run-totals.ts";
import { type RecorderEvent, record, reportOf } from "../stats/recorder-events.ts";

const measured: Omit<RunData, "totals" | "spans" | "facts"> = {
  id: "r1",
  testName: "plot-palette",
  profile: "standard",
  host: "http://127.0.0.1:8000",
  startedAt: "2026-11-23T18:00:00.000Z",
  ending: { kind: "completed" },
  durationMs: 60_000,
  loadMs: null,
  loadEndedMs: 60_000,
  load: null,
  steering: [],
  data: [],
  observed: nothingObserved,
  permitsUsed: 0,
  users: {
    latest: 0,
    peak: 50,
    peakByClass: new Map([
      ["Shopper", 45],
      ["Admin", 5],
    ]),
  },
  health: new Map(),
  workers: [
    {
      id: "w",
      number: 1,
      host: "host-a",
      pid: 4711,
      users: 50,
      requests: 1_204,
      lostBecause: null,
      startSkewMs: 0.3,
    },
  ],
  ledger: { reports: 60, duplicates: 0, missing: [] },
  events: [],
  warnings: [],
  lifecycleRequests: [],
  search: null,
  windows: null,
};

const facts: Omit<RunData["facts"], "thresholds"> = {
  musterVersion: "0.1.0",
  seed: 7,
  onWorkerStrain: "invalid",
  stallLimitMs: 100,
  onWorkerLoss: "rebalance",
  unverified: [],
  asked: null,
  plan: { atMs: [], users: null, ratePerSecond: null },
  plans: [],
  steadyFromMs: 0,
  cost: null,
  classes: ["Shopper", "Admin"].map((name) => ({ scenario: "default", name, share: 0.5, tasks: [] })),
};

const health: Result["workers"][number]["health"] = {
  utilisation: { mean: 0.34, max: 0.61 },
  cpu: { mean: 0.4, max: 0.7 },
  loopDelayP99Ms: 4.2,
  scheduleLagP99Ms: null,
  gcShare: 0.01,
  heapAfterGcBytes: 20_000_000,
  rssBytes: 95_000_000,
  sockets: 50,
  fileDescriptors: 75,
  fileDescriptorLimit: 1_048_576,
  p50Ms: 12,
};

/** The result of a run of a minute in which `events` happened. */
export function resultOf(
  events: readonly RecorderEvent[],
  thresholds: Record<string, string> = {},
  recorder = new IntervalRecorder(),
): Result {
  const totals = new RunTotals();
  totals.add(reportOf(record(events, recorder)));
  const parsed = parseThresholds(thresholds);
  const spans = new ThresholdSpans(parsed);
  const result = decidedResult({ ...measured, totals, spans, facts: { ...facts, thresholds: parsed } });
  return { ...result, workers: result.workers.map((worker) => ({ ...worker, health })) };
}

/** Columns that a terminal takes for `text`: two for East Asian wide letters and emoji, none for marks and colours. */
export function columnsOf(text: string): number {
  const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
  let columns = 0;
  for (const { segment } of graphemes.segment(stripVTControlCharacters(text))) {
    columns += /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{Emoji_Presentation}\uFF01-\uFF60]/u.test(
      segment,
    )
      ? 2
      : 1;
  }
  return columns;
}

/** One request that was answered after `ms`; with a message it failed. */
export function answer(name: string, ms: number, message: string | null = null): RecorderEvent {
  const failure = message === null ? null : ({ kind: "check", message } as const);
  return { kind: "request", method: "GET", name, micros: ms * 1_000, bytesIn: 2_000, bytesOut: 10, failure };
}

export const summaryOf = (result: Result, width?: number) => terminalSummary(result, plainStyle, width);

/** What a run mostly looks like. */
export const usual = resultOf(
  [
    answer("/jobs", 100),
    answer("/jobs/:id", 40, "no job"),
    { kind: "check", name: "created", passed: false },
    { kind: "iteration", counter: "completedIterations" },
  ],
  { response_time: "p(95)<500", failures: "rate<0.01" },
);
