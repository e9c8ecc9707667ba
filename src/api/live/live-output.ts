import type { RunEvent } from "../../core/run.ts";
import type { RunOutput, StartedRun } from "../../runner/outputs/run-output.ts";
import { type EndpointTotals, RunTotals } from "../../stats/run-totals.ts";
import type { Window } from "../../stats/windows.ts";
import type { LivePoint, LiveWindow } from "../contract/live.ts";
import type { LiveFeed } from "./live-feed.ts";

/**
 * The output that sends the windows and events of one run to the live page. It also adds up the windows since the last reset of
 * the statistics.
 */
export class LiveOutput implements RunOutput {
  readonly name = "the live page";
  readonly #feed: LiveFeed;
  #run: StartedRun | null = null;
  #since: { readonly atMs: number; readonly totals: RunTotals } | null = null;

  constructor(feed: LiveFeed) {
    this.#feed = feed;
  }

  /** The totals since the last reset of the statistics; null without a reset. */
  get since(): { readonly atMs: number; readonly totals: RunTotals } | null {
    return this.#since;
  }

  begin(run: StartedRun): void {
    this.#run = run;
  }

  window(window: Window): void {
    this.#feed.log("window", liveWindow(this.#runId, window));
    if (this.#since !== null && window.startMs >= this.#since.atMs) this.#since.totals.merge(window.totals);
  }

  event(event: RunEvent): void {
    this.#feed.log("event", { runId: this.#runId, ...event });
  }

  /** Resets the statistics of the page at the next whole second. */
  reset(): void {
    const master = this.#run?.master;
    if (master === undefined) return;
    const atMs = Math.ceil(Math.max(0, master.elapsedMs) / 1_000) * 1_000;
    this.#since = { atMs, totals: new RunTotals() };
    master.noteReset();
  }

  get #runId(): string {
    return this.#run?.definition.runId ?? "";
  }
}

function liveWindow(runId: string, window: Window): LiveWindow {
  const { startMs, widthMs, users, totals } = window;
  const endpoints = totals.endpoints().filter(({ requests }) => requests > 0);
  return {
    runId,
    startMs,
    widthMs,
    users: users.peak,
    usersByClass: Object.fromEntries(users.byClass),
    iterations: totals.completedIterations,
    droppedIterations: totals.droppedIterations,
    total: pointOf(totals.merged()),
    endpoints: Object.fromEntries(endpoints.map((one) => [`${one.method} ${one.name}`, pointOf(one)])),
  };
}

function pointOf({ requests, failures, responseTime }: EndpointTotals): LivePoint {
  if (responseTime.count === 0) return { requests, failures, p50Ms: null, p95Ms: null, p99Ms: null };
  const [p50 = 0, p95 = 0, p99 = 0] = responseTime.percentilesMicros([50, 95, 99]);
  return { requests, failures, p50Ms: p50 / 1_000, p95Ms: p95 / 1_000, p99Ms: p99 / 1_000 };
}
