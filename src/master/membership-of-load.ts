import type { RunningLoadOptions } from "./running-load-options.ts";
import { Membership, type MembershipOptions } from "./worker-loss.ts";

/** Who carries out the load of a run. @param untaken gone workers whose part nobody could take over */
export function membershipOfLoad(
  { options, collector, timeline, book, roster }: RunningLoadOptions,
  untaken: readonly number[],
  load: Pick<MembershipOptions, "isOver" | "control" | "giveUp">,
): Membership {
  return new Membership({
    ...load,
    ledger: collector.ledger,
    untaken,
    policy: options.onWorkerLoss,
    minWorkers: options.minWorkers,
    count: () => roster.alive.length,
    elapsedMs: () => timeline.elapsedMs,
    book,
  });
}
