import { describeKnown } from "../../analysis/capacity/describe-known.ts";
import type { RunPhase } from "../../core/run.ts";
import { liveStatistics } from "../../master/live-statistics.ts";
import type { Master } from "../../master/master.ts";
import type { SearchDirector } from "../../master/search/search-director.ts";
import { type LiveStatus, statusBlock, statusLine } from "../../report/text/live-status.ts";
import type { Style } from "../../report/text/style.ts";
import type { ResolvedRun } from "../../scenario/resolve/resolve.ts";
import type { Screen } from "./screen.ts";

const redrawEveryMs = 500;
const lineEveryMs = 10_000;

export interface LiveDisplayOptions {
  readonly master: Master;
  readonly resolved: ResolvedRun;
  readonly testName: string;
  readonly expectWorkers: number;
  readonly screen: Screen;
  readonly style: Style;
}

/** Shows a run as it goes: a block redrawn in place on a terminal, a line every 10 s elsewhere. Returns what ends it. */
export function showLive(options: LiveDisplayOptions): () => void {
  const { screen, style } = options;
  if (screen.isTerminal) {
    const timer = setInterval(() => screen.draw(statusBlock(statusOf(options), style, screen.columns)), redrawEveryMs);
    return () => {
      clearInterval(timer);
      screen.clear();
    };
  }
  const timer = setInterval(() => screen.print(statusLine(statusOf(options))), lineEveryMs);
  return () => clearInterval(timer);
}

function statusOf({ master, resolved, testName, expectWorkers }: LiveDisplayOptions): LiveStatus {
  const { collector, users } = master;
  const elapsedMs = Math.max(0, master.elapsedMs);
  const workers = master.workers.alive.length;
  const live = liveStatistics(collector, elapsedMs, users);
  const { peakUsers } = collector.windows;
  const run = { totals: collector.totals, durationMs: elapsedMs, users, peakUsers };
  return {
    title: `${testName} / ${resolved.profile} → ${resolved.host}`,
    phase: describePhase(master.phase, workers, expectWorkers),
    elapsedMs,
    durationMs: master.endMs,
    isPaused: master.control?.isPaused ?? false,
    search: master.search === null ? null : describeSearch(master.search, elapsedMs),
    users,
    requestsPerSecond: live.requestsPerSecond,
    failuresPerSecond: live.failuresPerSecond,
    p95Ms: live.requests === 0 ? null : live.p95Ms,
    workers,
    thresholds: resolved.thresholds.map((threshold) => collector.spans.current(threshold, run)),
  };
}

/** "trial 4: 320/s, measured for 5 of 12 s; 213/s held, 480/s failed"; null when nothing goes on. */
function describeSearch(search: SearchDirector, elapsedMs: number): string | null {
  const now = search.describe(elapsedMs);
  const known = describeKnown(search.events);
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
