import { usualMinimalChange } from "../../analysis/comparison/figure-scale.ts";
import { comparisonReport } from "../../report/comparison/comparison-report.ts";
import { exceptionsOf } from "../../report/files/locust-csv.ts";
import type { RunReport } from "../../report/page/model.ts";
import { buildRunReport } from "../../report/page/run-report.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { reportFileContent } from "../../runner/outputs/report-files.ts";
import { RecordedSource } from "../../runner/recorded-source.ts";
import { baselineOfRun } from "../../runner/run-baseline.ts";
import type { ReportFormat } from "../../runner/run-options.ts";
import { listedResult, storedResult } from "../../runner/stored-result.ts";
import { isInterrupted, type RunSummary } from "../../store/run-record.ts";
import type { Store } from "../../store/store.ts";
import type { ResultSection, RunFile, RunRow } from "../contract/runs.ts";
import type { ArchiveQuestion, RunningResult } from "./archive-question.ts";
import { trendsOf } from "./trends.ts";

/**
 * Reads stored runs and renders the answer: JSON, or the text of a file.
 * @throws MusterError if the run does not exist or the store cannot be read
 */
export function archiveAnswer(store: Store, question: ArchiveQuestion): Uint8Array<ArrayBuffer> {
  switch (question.kind) {
    case "runs":
      return json(rowsOf(store, question));
    case "trends":
      return json(trendsOf(rowsOf(store, question)));
    case "result": {
      const result = resultOf(store, question.id, question.live);
      return json(question.section === null ? result : partOf(result, question.section));
    }
    case "report":
      return json(reportOf(store, question));
    case "compare": {
      const [before, after] = [baselineOfRun(store, question.before), baselineOfRun(store, question.after)];
      return json(comparisonReport(before, after, { minimal: usualMinimalChange, maxRegression: null }));
    }
    case "file":
      return text(fileOf(store, question.id, question.file, question.live));
  }
}

function partOf(result: Result, section: ResultSection): unknown {
  return section === "exceptions" ? exceptionsOf(result) : result[section];
}

function rowsOf(store: Store, { limit, live }: Extract<ArchiveQuestion, { kind: "runs" | "trends" }>): RunRow[] {
  return store
    .runs()
    .slice(0, limit)
    .map((run) => rowOf(store, run, live));
}

function rowOf(store: Store, run: RunSummary, live: RunningResult | null): RunRow {
  const { id, name, tags, testName: test, profile, host, createdAt, startedAt, activeAt } = run;
  const { data } = listedResult.safeParse(live?.id === id ? live.result : store.run(id)?.result);
  const isOver = run.state === "finished";
  const state = live?.id !== id && isInterrupted(run, Date.now()) ? "interrupted" : run.state;
  return {
    ...{ id, name, tags, test, profile, host, createdAt, startedAt, activeAt, state },
    verdict: isOver ? (data?.verdict ?? null) : null,
    durationMs: data?.run.durationMs ?? null,
    users: data?.peakUsers ?? null,
    workers: data?.run.workers ?? null,
    requests: data?.total.requests ?? null,
    failures: data?.total.failures ?? null,
    ...figuresOf(data, isOver),
  };
}

/** The measurements of a run. Without requests there are no times, and no rate while the run is in progress. */
function figuresOf(
  data: { readonly total: Pick<Result["total"], "requests" | "requestsPerSecond"> & Percentiles } | undefined,
  isOver: boolean,
): Pick<RunRow, "requestsPerSecond" | "p95Ms"> {
  if (data === undefined) return { requestsPerSecond: null, p95Ms: null };
  const { requests, requestsPerSecond, responseTimeMs } = data.total;
  if (requests === 0) return { requestsPerSecond: isOver ? requestsPerSecond : null, p95Ms: null };
  return { requestsPerSecond, p95Ms: responseTimeMs.percentiles["95"] ?? null };
}

interface Percentiles {
  readonly responseTimeMs: { readonly percentiles: Readonly<Record<string, number>> };
}

/** The format of each file, and its position among the files of the format. */
const places: Readonly<Record<RunFile, readonly [format: ReportFormat, position: number]>> = {
  html: ["html", 0],
  json: ["json", 0],
  junit: ["junit", 0],
  markdown: ["markdown", 0],
  csv: ["csv", 0],
  "csv-history": ["csv", 1],
  "csv-failures": ["csv", 2],
  "csv-exceptions": ["csv", 3],
  hlog: ["hlog", 0],
  hgrm: ["hgrm", 0],
};

function fileOf(store: Store, id: string, file: RunFile, live: RunningResult | null): string {
  const [format, position] = places[file];
  using source = new RecordedSource(store, id, resultOf(store, id, live));
  return reportFileContent(format, position, source);
}

function resultOf(store: Store, id: string, live: RunningResult | null): Result {
  return live?.id === id ? live.result : storedResult(store, id);
}

function reportOf(store: Store, { id, maxWindows, live }: Extract<ArchiveQuestion, { kind: "report" }>): RunReport {
  using source = new RecordedSource(store, id, resultOf(store, id, live));
  const limit = maxWindows === null ? {} : { maxWindows };
  const whole = live?.id === id ? { wholeToMs: live.wholeToMs } : {};
  return buildRunReport({ ...source.recorded(), result: source.result, ...whole, ...limit });
}

function json(value: unknown): Uint8Array<ArrayBuffer> {
  return text(JSON.stringify(value));
}

function text(content: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(content);
}
