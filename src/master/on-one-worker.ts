import type { LifecycleDone } from "../protocol/worker-messages.ts";
import type { WorkerHandle } from "./workers/worker.ts";
import type { Roster } from "./workers/workers.ts";

const lifecycleTimeoutMs = 10 * 60_000;

/**
 * Has `begin` run setup or teardown on one worker, and on the next when that one is lost before it has answered.
 * Null when none is left, or when `isForced` (the user will not wait).
 */
export async function onOneWorker(
  roster: Roster,
  begin: (worker: WorkerHandle) => void,
  isForced: () => boolean,
): Promise<LifecycleDone | null> {
  const canRun = (worker: WorkerHandle) => worker.state !== "joined" && worker.state !== "loading";
  const candidate = () => roster.connected.find(canRun) ?? roster.alive.find(canRun);
  for (let next = candidate(); next !== undefined; next = candidate()) {
    const worker = next;
    if (isForced()) return null;
    begin(worker);
    const answered = () => worker.inquiry.answer !== null || !worker.isAlive;
    await roster.until(() => answered() || isForced(), lifecycleTimeoutMs);
    if (worker.inquiry.answer !== null) return worker.inquiry.answer;
    if (isForced()) return null;
    worker.lose("did not finish setup or teardown in time");
  }
  return null;
}
