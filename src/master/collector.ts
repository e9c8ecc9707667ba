import { ProtocolError } from "../protocol/channel.ts";
import type { LifecycleDone, LifecycleEndpoint } from "../protocol/worker-messages.ts";
import type { IntervalReport } from "../stats/interval-report.ts";
import { RunTotals } from "../stats/run-totals.ts";
import { WindowSeries } from "../stats/window-series.ts";
import { Ledger } from "./ledger.ts";

export interface LifecycleRequests extends LifecycleEndpoint {
  readonly phase: "setup" | "teardown";
}

const windowMs = 1_000;
/** How far a worker's clock may be ahead. */
const aheadMs = 60_000;

/** Everything that the workers reported, merged. */
export class Collector {
  readonly totals = new RunTotals();
  readonly windows = new WindowSeries();
  readonly ledger = new Ledger();
  readonly lifecycleRequests: LifecycleRequests[] = [];

  /** Merges a report unless it was merged before; returns whether it was new. */
  add(worker: number, report: IntervalReport, atMs: number): boolean {
    if (report.window * windowMs > atMs + aheadMs) throw new ProtocolError("a report of a window to come");
    if (!this.ledger.accept(worker, report.sequence, atMs)) return false;
    this.totals.add(report);
    this.windows.add(report);
    return true;
  }

  /** Keeps the requests of setup or teardown, apart from the rest. */
  addLifecycle(done: LifecycleDone | null): void {
    for (const endpoint of done?.endpoints ?? []) {
      this.lifecycleRequests.push({ phase: done?.phase ?? "setup", ...endpoint });
    }
  }
}
