import { formatClock } from "../../core/duration.ts";
import { milliseconds, perSecondText } from "../numbers.ts";
import type { Style } from "./style.ts";
import { type Column, table } from "./table.ts";

/** A run in a list. The measured values are null as long as there is no result. */
export interface ListedRun {
  readonly id: string;
  readonly name: string | null;
  readonly tags: readonly string[];
  readonly test: string;
  readonly profile: string;
  readonly host: string;
  /** The time of creation as ISO 8601. */
  readonly createdAt: string;
  readonly state: string;
  readonly verdict: string | null;
  readonly durationMs: number | null;
  readonly requests: number | null;
  readonly requestsPerSecond: number | null;
  readonly p95Ms: number | null;
}

const usualWidth = 100;
const columns: readonly Column[] = [
  { title: "  run", align: "left", isWhole: true },
  // The name is the first column, because other commands accept it.
  { title: "name [tags]", align: "left", maxWidth: 20, cut: "end" },
  { title: "test / profile", align: "left" },
  { title: "started", align: "right", leftOut: 2 },
  { title: "length", align: "right", leftOut: 1 },
  { title: "verdict", align: "left" },
  { title: "req/s", align: "right" },
  { title: "p95 ms", align: "right" },
];
const marks: Readonly<Record<string, string>> = { passed: "✓", failed: "✗" };

/** Renders the runs as a table of at most `width` columns. */
export function runListText(
  runs: readonly ListedRun[],
  {
    dataDir,
    more,
    nowMs,
    style,
    width = usualWidth,
  }: { dataDir: string; more: number; nowMs: number; style: Style; width?: number },
): string {
  if (runs.length === 0) return `no runs in ${dataDir} yet; start one with: muster run TEST\n`;
  const [head = "", ...rows] = table(
    columns,
    runs.map((run) => cells(run, nowMs)),
    width,
  );
  const coloured = rows.map((row, position) => colourOf(runs[position]?.verdict ?? null, style)(row));
  const rest = more > 0 ? [style.muted(`  and ${more} older runs; --limit ${runs.length + more} shows all`)] : [];
  const isInterrupted = runs.some(({ verdict, state }) => verdict === null && state === "interrupted");
  const resume = isInterrupted ? [style.muted("  an interrupted run is resumed by: muster master --resume RUN")] : [];
  return `${[style.muted(head), ...coloured, ...rest, ...resume].join("\n")}\n`;
}

function cells(run: ListedRun, nowMs: number): string[] {
  const tags = run.tags.length === 0 ? "" : `[${run.tags.join(", ")}]`;
  return [
    `${marks[run.verdict ?? ""] ?? (run.verdict === null && run.state !== "interrupted" ? "…" : "!")} ${run.id}`,
    [run.name ?? "", tags].filter((text) => text !== "").join(" "),
    `${run.test} / ${run.profile}`,
    ago(nowMs - Date.parse(run.createdAt)),
    run.durationMs === null ? "" : formatClock(run.durationMs),
    run.verdict ?? (run.state === "finished" ? "no result" : run.state),
    run.requestsPerSecond === null ? "" : perSecondText(run.requestsPerSecond),
    run.p95Ms === null || run.requests === 0 ? "" : milliseconds(run.p95Ms),
  ];
}

/** The approximate age, such as "5 min ago". */
function ago(elapsedMs: number): string {
  const minutes = Math.floor(elapsedMs / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return `${Math.floor(minutes / 1_440)} d ago`;
}

function colourOf(verdict: string | null, style: Style): (text: string) => string {
  switch (verdict) {
    case "passed":
      return (text) => text;
    case "failed":
      return (text) => style.failed(text);
    case null:
      return (text) => style.muted(text);
    default:
      return (text) => style.invalid(text);
  }
}
