import type { RunningLoadOptions } from "./running-load-options.ts";
import { WorkerLoss, type WorkerLossOptions } from "./worker-loss.ts";

/** Who carries out the load of a run. @param notTakenOver gone workers whose part nobody could take over */
export function workerLossOfLoad(
  { options, collector, timeline, book, workers }: RunningLoadOptions,
  notTakenOver: readonly number[],
  load: Pick<WorkerLossOptions, "isOver" | "control" | "giveUp">,
): WorkerLoss {
  return new WorkerLoss({
    ...load,
    ledger: collector.ledger,
    notTakenOver,
    policy: options.onWorkerLoss,
    minWorkers: options.minWorkers,
    count: () => workers.alive.length,
    elapsedMs: () => timeline.elapsedMs,
    book,
  });
}
