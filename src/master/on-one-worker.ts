import type { LifecycleDone } from "../protocol/worker-messages.ts";
import type { ConnectedWorker } from "./workers/connected-worker.ts";
import type { Workers } from "./workers/workers.ts";

const lifecycleTimeoutMs = 10 * 60_000;

/**
 * Has `begin` run setup or teardown on one worker, and on the next when that one is lost before it has answered.
 * Null when none is left, or when `isForced` (the user will not wait).
 */
export async function onOneWorker(
  workers: Workers,
  begin: (worker: ConnectedWorker) => void,
  isForced: () => boolean,
): Promise<LifecycleDone | null> {
  const canRun = (worker: ConnectedWorker) => worker.state !== "joined" && worker.state !== "loading";
  const candidate = () => workers.connected.find(canRun) ?? workers.alive.find(canRun);
  for (let next = candidate(); next !== undefined; next = candidate()) {
    const worker = next;
    if (isForced()) return null;
    begin(worker);
    const answered = () => worker.lifecycleCall.answer !== null || !worker.isAlive;
    await workers.until(() => answered() || isForced(), lifecycleTimeoutMs);
    if (worker.lifecycleCall.answer !== null) return worker.lifecycleCall.answer;
    if (isForced()) return null;
    worker.lose("did not finish setup or teardown in time");
  }
  return null;
}
