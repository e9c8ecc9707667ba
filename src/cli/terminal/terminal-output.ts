import { describeSearchProgress } from "../../analysis/capacity/describe-progress.ts";
import type { RunPhase } from "../../core/run.ts";
import { liveStatistics } from "../../master/run-observer.ts";
import type { SearchDirector } from "../../master/search/search-director.ts";
import { withoutCommands } from "../../report/text/ci-commands.ts";
import { type LiveStatus, statusBlock, statusLine } from "../../report/text/live-status.ts";
import { type Style, styleFor } from "../../report/text/style.ts";
import { terminalSummary } from "../../report/text/terminal-summary.ts";
import type { ReportSource, RunOutput, StartedRun } from "../../runner/outputs/run-output.ts";
import { stdout } from "../../runner/process/standard-streams.ts";
import type { Screen } from "./screen.ts";

const redrawEveryMs = 500;
const lineEveryMs = 10_000;

/**
 * Shows an active run on standard error: a block that is redrawn in place on a terminal, else a line every 10 s.
 * At the end prints the summary to standard output.
 */
export class TerminalOutput implements RunOutput {
  readonly name = "the live display";
  readonly #screen: Screen;
  readonly #style: Style;
  readonly #hasSummary: boolean;
  #timer: NodeJS.Timeout | null = null;

  /** @param hasSummary false when standard output carries a file */
  constructor(screen: Screen, style: Style, hasSummary: boolean) {
    this.#screen = screen;
    this.#style = style;
    this.#hasSummary = hasSummary;
  }

  begin(run: StartedRun): void {
    const [screen, style] = [this.#screen, this.#style];
    this.#timer = screen.isTerminal
      ? setInterval(
          () => screen.draw((columns, rows) => statusBlock(statusOf(run), style, columns, rows)),
          redrawEveryMs,
        )
      : setInterval(() => screen.print(withoutCommands(statusLine(statusOf(run)))), lineEveryMs);
  }

  finish({ result }: ReportSource): void {
    this.close();
    if (!this.#hasSummary) return;
    stdout.write(withoutCommands(terminalSummary(result, styleFor(stdout, process.env), stdout.columns)));
  }

  close(): void {
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
    if (this.#screen.isTerminal) this.#screen.clear();
  }
}

function statusOf({ master, definition }: StartedRun): LiveStatus {
  const { resolved, testName, expectWorkers } = definition;
  const { collector, users } = master;
  const elapsedMs = Math.max(0, master.elapsedMs);
  const workers = master.workers.alive.length;
  const live = liveStatistics(collector, users);
  return {
    title: `${testName} / ${resolved.profile} → ${resolved.host}`,
    phase: describePhase(master.phase, workers, expectWorkers),
    elapsedMs,
    durationMs: master.endMs,
    isPaused: master.control?.isPaused ?? false,
    isOver: master.phase === "stopping" || master.phase === "finished",
    search: master.search === null ? null : describeSearch(master.search, elapsedMs),
    users,
    requestsPerSecond: live.requestsPerSecond,
    failuresPerSecond: live.failuresPerSecond,
    p95Ms: live.requests === 0 ? null : live.p95Ms,
    workers,
    thresholds: resolved.thresholds.map((threshold) => collector.spans.current(threshold)),
  };
}

/** Describes a search: "trial 4: 320/s, measured for 5 of 12 s; 213/s held, 480/s failed"; null when no trial is running. */
function describeSearch(search: SearchDirector, elapsedMs: number): string | null {
  const now = search.describe(elapsedMs);
  const known = describeSearchProgress(search.events);
  return now === null || known === null ? now : `${now}; ${known}`;
}

function describePhase(phase: RunPhase, workers: number, expected: number): string | null {
  switch (phase) {
    case "waiting":
      return `waiting for workers (${workers} of ${expected})`;
    case "preparing":
      return "workers load the test";
    case "setup":
      return "setup";
    case "teardown":
      return "teardown";
    case "running":
    case "stopping":
    case "finished":
      return null;
  }
}
