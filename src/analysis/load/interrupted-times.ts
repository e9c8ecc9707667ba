import type { LossPolicy } from "../../core/run.ts";
import type { WorkerHealth } from "../health/generator-run.ts";
import { standstillIn } from "../health/strain.ts";

/** A part of a run in which a part of the load was not generated, in ms since the start of the run. */
export interface InterruptedTime {
  readonly fromMs: number;
  readonly toMs: number;
  /** The cause, as the start of a sentence: "a worker was lost". */
  readonly what: string;
}

/** The data that shows when the workers of a run did not generate their load. */
export interface InterruptedRun {
  /** The reports that are missing because workers were lost. */
  readonly missing: readonly { readonly fromMs: number; readonly toMs: number }[];
  readonly workers: readonly Pick<WorkerHealth, "samples">[];
  readonly events: readonly { readonly kind: string; readonly atMs: number }[];
}

/** The minimum time that other workers need to take over the load. */
const takeOverMs = 1_000;

/**
 * Lists the times in which workers were lost or stalled, in order of their start. While a worker that comes back later is
 * lost, the load can be too large: a worker that was only disconnected continues while other workers have taken over its
 * load.
 */
export function interruptedTimes({ missing, workers, events }: InterruptedRun): InterruptedTime[] {
  const standstills = workers.flatMap(({ samples }) =>
    samples
      .filter((sample) => standstillIn(sample) > 0)
      .map(({ atMs, widthMs }) => ({ fromMs: atMs, toMs: atMs + widthMs })),
  );
  return [
    ...missing.map(({ fromMs, toMs }) => ({ fromMs, toMs: toMs + takeOverMs, what: "a worker was lost" })),
    ...absences(events).map((time) => ({ ...time, what: "a worker was lost" })),
    ...standstills.map((time) => ({ ...time, what: "a worker stalled" })),
  ].sort((a, b) => a.fromMs - b.fromMs);
}

/**
 * Lists the times at which workers were lost or came back, if no other worker takes over their load
 * (`--on-worker-loss=continue` or `continue-any`): each time, the load changes. With any other policy, the load stays the
 * same and the list is empty. A worker that leaves always hands over its load.
 */
export function resizedTimes(
  events: readonly { readonly kind: string; readonly atMs: number }[],
  policy: LossPolicy,
): number[] {
  if (policy !== "continue" && policy !== "continue-any") return [];
  const isLoss = (kind: string) => kind === "worker-lost" || kind === "worker-returned";
  return events.filter(({ kind }) => isLoss(kind)).map(({ atMs }) => atMs);
}

/** Lists the times from the loss of each worker that came back until it has its load again after its return. */
function absences(events: InterruptedRun["events"]): { fromMs: number; toMs: number }[] {
  const lostAtMs: number[] = [];
  return events.flatMap(({ kind, atMs }) => {
    if (kind === "worker-lost") lostAtMs.push(atMs);
    // If several workers are lost, it makes little difference which of them came back.
    const fromMs = kind === "worker-returned" ? lostAtMs.pop() : undefined;
    return fromMs === undefined ? [] : [{ fromMs, toMs: atMs + takeOverMs }];
  });
}
