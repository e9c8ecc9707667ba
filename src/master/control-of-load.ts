import { liveStatistics } from "./live-statistics.ts";
import { LoadControl } from "./load/load-control.ts";
import type { ControlLog } from "./load/operation.ts";
import type { RunningLoadOptions } from "./running-load-options.ts";

/**
 * What steers the load of a run.
 * @param starters the workers that it begins with
 * @param log what steered it before the master was restarted
 */
export function controlOfLoad(
  { options, timeline, collector, workers, book }: RunningLoadOptions,
  starters: readonly number[],
  log: ControlLog | null,
): LoadControl {
  return new LoadControl(
    {
      resolved: options.resolved,
      workers: starters,
      nowMs: () => timeline.elapsedMs,
      statistics: () => liveStatistics(collector, timeline.elapsedMs, workers.users),
      send: (number, scenarios) => workers.find(number)?.update(scenarios),
      record: (operation) => book.steered(operation),
      // What happens in one turn, such as the loss of many workers, is one commit and one message to each.
      defer: (tell) => setImmediate(tell),
      beforeTelling: () => book.commit(),
      note: (kind, text) => book.note(kind, text),
    },
    log,
  );
}
