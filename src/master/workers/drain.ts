import type { MasterOptions } from "../master-options.ts";
import type { Workers } from "./workers.ts";

/** "told": it will leave. Everything else is why it stays. */
export type DrainAnswer = "told" | "no-load" | "unknown-worker" | "not-running" | "too-few-left";

/** Tells one worker to leave a load that goes on, if the run can do without it. */
export function drain(
  workers: Workers,
  number: number,
  isLoadRunning: boolean,
  { minWorkers, stopTimeoutMs }: Pick<MasterOptions, "minWorkers" | "stopTimeoutMs">,
): DrainAnswer {
  if (!isLoadRunning) return "no-load";
  const worker = workers.find(number);
  if (worker === undefined) return "unknown-worker";
  if (worker.isLeaving) return "told";
  if (worker.state !== "running") return "not-running";
  const others = workers.all.filter((one) => one !== worker && one.state === "running" && !one.isLeaving);
  if (others.length < minWorkers) return "too-few-left";
  worker.leave(stopTimeoutMs);
  return "told";
}
