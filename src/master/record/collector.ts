import { ThresholdSpans } from "../../analysis/threshold-spans.ts";
import { ProtocolError } from "../../protocol/channel.ts";
import type { LifecycleDone, LifecycleEndpoint } from "../../protocol/worker-messages.ts";
import { defaultStallMs, type HealthWindow, type WorkerHealthFacts } from "../../stats/health-sample.ts";
import type { IntervalReport } from "../../stats/interval-report.ts";
import { type ExpectedNames, type KeptNames, NameCap, noKeptNames, type StrangeNames } from "../../stats/name-cap.ts";
import { RecentWindows } from "../../stats/recent-windows.ts";
import { RunTotals } from "../../stats/run-totals.ts";
import { UsersBySecond } from "../../stats/users-by-second.ts";
import { WindowSeries } from "../../stats/window-series.ts";
import type { Window } from "../../stats/windows.ts";
import { HealthLog } from "./health-log.ts";
import { Ledger } from "./ledger.ts";
import { isToCome } from "./report-bounds.ts";

export interface LifecycleRequests extends LifecycleEndpoint {
  readonly phase: "setup" | "teardown";
}

/** The sender of a report. */
export interface ReportingWorker {
  readonly number: number;
  /** The number of its last report that was merged. */
  readonly takenSequence: number;
}

/** The data that was reported since the last commit. */
export interface CollectedBatch {
  /** The windows, none of which overlap. */
  readonly windows: readonly Window[];
  /** The health of complete windows. */
  readonly health: readonly HealthWindow[];
}

/** The stored state of a resumed run. */
export interface KnownBefore {
  readonly totals: RunTotals;
  readonly windows: WindowSeries;
  readonly ledger: Ledger;
  readonly spans: ThresholdSpans;
  readonly health: readonly HealthWindow[];
  readonly workers: readonly (WorkerHealthFacts & { readonly number: number })[];
  readonly reportedToMs: number;
}

interface OpenDelta extends Window {
  startMs: number;
  widthMs: number;
}

const windowMs = 1_000;

/**
 * The merged reports of all workers. A report is pending until it is committed: only then is it part of the totals and
 * can be acknowledged. Each histogram is added once, as decoded from the frame, to the window of its batch.
 */
export class Collector {
  readonly totals: RunTotals;
  readonly windows: WindowSeries;
  readonly ledger: Ledger;
  /** The committed windows, one for each second. */
  readonly recent: RecentWindows;
  readonly health: HealthLog;
  /** The data for thresholds on a part of the run. */
  readonly spans: ThresholdSpans;
  readonly lifecycleRequests: LifecycleRequests[] = [];
  readonly #names: NameCap;
  #pending: OpenDelta[] = [];
  #isComplete = false;

  /**
   * @param named the names that are counted separately, however many other names there are
   * @param expected the names that are known before the run; only a few other names are counted separately
   */
  constructor(
    known: Partial<KnownBefore> = {},
    named: KeptNames = noKeptNames,
    stallLimitMs = defaultStallMs,
    expected?: ExpectedNames,
  ) {
    this.health = new HealthLog(stallLimitMs);
    this.totals = known.totals ?? new RunTotals();
    this.windows = known.windows ?? new WindowSeries();
    this.ledger = known.ledger ?? new Ledger();
    this.spans = known.spans ?? new ThresholdSpans([]);
    this.recent = new RecentWindows(known.reportedToMs);
    this.#names = new NameCap(named, expected);
    const groups = this.totals.groups().map(({ name }) => name);
    this.#names.admitAll(this.totals.eachEndpoint(), this.totals.checks.keys(), groups);
    this.health.restore(known.health ?? [], known.workers ?? []);
  }

  /**
   * Merges a report that was not merged before.
   * @param atMs the time of the run
   * @returns the kind of names of which the report has so many that some are counted together; null if a worker of
   * muster can report as many
   * @throws ProtocolError when the report is of a future window; then nothing of it is merged
   */
  add({ number, takenSequence }: ReportingWorker, reported: IntervalReport, atMs: number): StrangeNames | null {
    const endMs = (reported.window + reported.windowCount) * windowMs;
    if (isToCome(reported, atMs)) throw new ProtocolError("a report of a window to come");
    const report = this.#names.apply(reported, number);
    this.ledger.take(number, takenSequence + 1, report.sequence, endMs);
    const startMs = report.window * windowMs;
    const widthMs = report.windowCount * windowMs;
    const delta = this.#windowOf(startMs, widthMs);
    delta.totals.add(report, number);
    const byClass = report.users.map(({ className, count }) => [className, count] as const);
    delta.users.add(startMs, widthMs, report.peakUsers, byClass);
    this.windows.add(report);
    this.health.add(number, report);
    return this.#names.takeStrange();
  }

  /** Call it when no more reports arrive: the next batch then contains everything. */
  complete(): void {
    this.#isComplete = true;
  }

  get hasPending(): boolean {
    return this.#pending.length > 0;
  }

  /** Returns the batch to commit. It stays pending until `committed`. */
  pending(): CollectedBatch {
    const toMs = this.#isComplete ? Number.POSITIVE_INFINITY : this.recent.closedToMs;
    return { windows: this.#pending, health: this.health.unsaved(toMs) };
  }

  /** Merges a batch into the totals, now that it is durable. */
  committed({ windows, health }: CollectedBatch): void {
    this.health.saved(health);
    for (const delta of windows) {
      this.totals.merge(delta.totals);
      this.spans.add(delta);
      this.recent.add(delta);
    }
    this.#pending = [];
  }

  /** Keeps the requests of setup or teardown, separate from those of the load. */
  addLifecycle(done: LifecycleDone | null): void {
    for (const endpoint of done?.endpoints ?? []) {
      this.lifecycleRequests.push({ phase: done?.phase ?? "setup", ...endpoint });
    }
  }

  /** Returns the pending window that a report belongs to. A wide report merges the windows that it covers. */
  #windowOf(startMs: number, widthMs: number): OpenDelta {
    const endMs = startMs + widthMs;
    const touched = this.#pending.filter((one) => one.startMs < endMs && startMs < one.startMs + one.widthMs);
    const [first = { startMs, widthMs, totals: new RunTotals(), users: new UsersBySecond() }, ...others] = touched;
    if (touched.length === 0) this.#pending.push(first);
    const toMs = Math.max(endMs, ...touched.map((one) => one.startMs + one.widthMs));
    first.startMs = Math.min(startMs, ...touched.map((one) => one.startMs));
    first.widthMs = toMs - first.startMs;
    for (const other of others) {
      first.totals.merge(other.totals);
      first.users.merge(other.users);
    }
    if (others.length > 0) this.#pending = this.#pending.filter((one) => !others.includes(one));
    return first;
  }
}
