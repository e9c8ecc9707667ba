import type { LossPolicy } from "../../core/run.ts";
import type { WorkerHealth } from "../health/generator-run.ts";
import { standstillIn } from "../health/strain.ts";

/** A part of a run in which a part of the load was not made, in ms since the start of the run. */
export interface InterruptedTime {
  readonly fromMs: number;
  readonly toMs: number;
  /** The cause, as the start of a sentence: "a worker was lost". */
  readonly what: string;
}

/** What says when the workers of a run did not make their load. */
export interface InterruptedRun {
  /** The reports that are missing because workers were lost. */
  readonly missing: readonly { readonly fromMs: number; readonly toMs: number }[];
  readonly workers: readonly Pick<WorkerHealth, "samples">[];
  readonly events: readonly { readonly kind: string; readonly atMs: number }[];
}

/** Others take over within a second or more. */
const takeOverMs = 1_000;

/**
 * Lists the times in which workers were lost or stood still, in order of their start. While a worker is lost that comes back
 * later, the load can be too large: a worker that was only cut off continues while others have taken over.
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
    ...standstills.map((time) => ({ ...time, what: "a worker stood still" })),
  ].sort((a, b) => a.fromMs - b.fromMs);
}

/**
 * Lists when workers were lost or came back, if nobody takes over their load (`--on-worker-loss=continue`): from then on the load
 * is another one. Otherwise it is the same, and the list is empty. A worker that leaves always hands over its load.
 */
export function resizedTimes(
  events: readonly { readonly kind: string; readonly atMs: number }[],
  policy: LossPolicy,
): number[] {
  if (policy !== "continue" && policy !== "continue-any") return [];
  const isLoss = (kind: string) => kind === "worker-lost" || kind === "worker-returned";
  return events.filter(({ kind }) => isLoss(kind)).map(({ atMs }) => atMs);
}

/** From the loss of each worker that came back to its return, and until its load is its own again. */
function absences(events: InterruptedRun["events"]): { fromMs: number; toMs: number }[] {
  const lostAtMs: number[] = [];
  return events.flatMap(({ kind, atMs }) => {
    if (kind === "worker-lost") lostAtMs.push(atMs);
    // If several are lost, which one came back makes little difference to the times in which one was.
    const fromMs = kind === "worker-returned" ? lostAtMs.pop() : undefined;
    return fromMs === undefined ? [] : [{ fromMs, toMs: atMs + takeOverMs }];
  });
}
