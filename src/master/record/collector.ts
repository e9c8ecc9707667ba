import { ThresholdSpans } from "../../analysis/threshold-spans.ts";
import { ProtocolError } from "../../protocol/channel.ts";
import type { LifecycleDone, LifecycleEndpoint } from "../../protocol/worker-messages.ts";
import type { HealthWindow, WorkerHealthFacts } from "../../stats/health-sample.ts";
import type { IntervalReport } from "../../stats/interval-report.ts";
import { RecentWindows } from "../../stats/recent-windows.ts";
import { RunTotals } from "../../stats/run-totals.ts";
import { WindowSeries } from "../../stats/window-series.ts";
import type { Window } from "../../stats/windows.ts";
import { HealthLog } from "./health-log.ts";
import { Ledger } from "./ledger.ts";
import { WindowDeltas } from "./window-deltas.ts";

export interface LifecycleRequests extends LifecycleEndpoint {
  readonly phase: "setup" | "teardown";
}

const windowMs = 1_000;
/** How far a worker's clock may be ahead. */
const aheadMs = 60_000;

/** What was reported since the last commit. */
export interface CollectedBatch {
  readonly windows: readonly Window[];
  /** The last report of each worker that is in it. */
  readonly sequences: ReadonlyMap<number, number>;
  /** Of windows that are whole. */
  readonly health: readonly HealthWindow[];
}

export interface KnownBefore {
  readonly totals: RunTotals;
  readonly windows: WindowSeries;
  readonly ledger: Ledger;
  readonly spans: ThresholdSpans;
  readonly health: readonly HealthWindow[];
  readonly workers: readonly (WorkerHealthFacts & { readonly number: number })[];
  readonly reportedToMs: number;
}

/**
 * Everything that the workers reported, merged. A report waits in a batch until that is committed: only then it is part
 * of the totals, and may be acknowledged.
 */
export class Collector {
  readonly totals: RunTotals;
  readonly windows: WindowSeries;
  readonly ledger: Ledger;
  /** What is committed, by the second. */
  readonly recent: RecentWindows;
  readonly health = new HealthLog();
  /** What thresholds need that are about a part of the run. */
  readonly spans: ThresholdSpans;
  readonly lifecycleRequests: LifecycleRequests[] = [];
  readonly #deltas = new WindowDeltas();
  readonly #sequences = new Map<number, number>();
  #isLast = false;

  /** @param known what there is already: of a run that a restarted master takes up again */
  constructor(known: Partial<KnownBefore> = {}) {
    this.totals = known.totals ?? new RunTotals();
    this.windows = known.windows ?? new WindowSeries();
    this.ledger = known.ledger ?? new Ledger();
    this.spans = known.spans ?? new ThresholdSpans([]);
    this.recent = new RecentWindows(known.reportedToMs);
    this.health.restore(known.health ?? [], known.workers ?? []);
  }

  /** Takes a report unless it was taken before; returns whether it was new. */
  add(worker: number, report: IntervalReport, atMs: number): boolean {
    const endMs = (report.window + report.windowCount) * windowMs;
    if (endMs - windowMs > atMs + aheadMs) throw new ProtocolError("a report of a window to come");
    if (!this.ledger.accept(worker, report.sequence, endMs)) return false;
    this.#deltas.add(report.window * windowMs, report.windowCount * windowMs, report, worker);
    this.#sequences.set(worker, report.sequence);
    this.windows.add(report);
    this.health.add(worker, report);
    return true;
  }

  /** No report comes any more: the next commit is of everything. */
  complete(): void {
    this.#isLast = true;
  }

  get hasUncommitted(): boolean {
    return this.#sequences.size > 0;
  }

  /**
   * Commits what waits.
   * @param save makes it durable; when it throws, everything goes on waiting
   * @returns the last report of each worker that is committed now
   */
  commit(save: (batch: CollectedBatch) => void = () => {}): ReadonlyMap<number, number> {
    const sequences = new Map(this.#sequences);
    const health = this.health.unsaved(this.#isLast ? Number.POSITIVE_INFINITY : this.recent.closedToMs);
    save({ windows: this.#deltas.list(), sequences, health });
    this.health.saved(health);
    for (const delta of this.#deltas.list()) {
      this.totals.merge(delta.totals);
      this.spans.add(delta);
      this.recent.add(delta);
    }
    this.#deltas.clear();
    this.#sequences.clear();
    return sequences;
  }

  /** Keeps the requests of setup or teardown, apart from the rest. */
  addLifecycle(done: LifecycleDone | null): void {
    for (const endpoint of done?.endpoints ?? []) {
      this.lifecycleRequests.push({ phase: done?.phase ?? "setup", ...endpoint });
    }
  }
}
