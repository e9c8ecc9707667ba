import type { Result } from "../../report/result/result-schema.ts";

export interface WorkerSummary {
  /** "✓ none lost", "✗ 1 lost", "! 1 was lost and is back" */
  readonly text: string;
  readonly tone: "failed" | "invalid" | null;
}

/**
 * Describes what happened to the workers of a run. Like the verdict, it is computed from the result, so the two agree: a lost
 * worker is named even if it has reconnected, or another has replaced it.
 * @param lostNow the number of lost workers in the live list, which is newer than the result
 */
export function workerSummary({ workers, events }: Pick<Result, "workers" | "events">, lostNow = 0): WorkerSummary {
  const count = (kind: string) => events.filter((event) => event.kind === kind).length;
  const lost = Math.max(lostNow, workers.filter((worker) => worker.lost).length);
  const back = Math.max(0, count("worker-lost") - lost);
  const left = count("worker-left");
  const parts = [
    ...(lost === 0 ? [] : [`${lost} lost`]),
    ...(back === 0 ? [] : [`${back} ${back === 1 ? "was lost and is" : "were lost and are"} back`]),
    ...(left === 0 ? [] : [`${left} left`]),
  ];
  if (lost > 0) return { text: `✗ ${parts.join(", ")}`, tone: "failed" };
  if (parts.length > 0) return { text: `! ${parts.join(", ")}`, tone: "invalid" };
  return { text: "✓ none lost", tone: null };
}

/** The numbers of the workers that were lost at any time, from the texts of the events: "worker 2 (host, pid 7) was lost after …". */
export function lostWorkers(events: Result["events"]): ReadonlySet<number> {
  const numbers = events.map(({ kind, text }) =>
    kind === "worker-lost" ? /^worker (\d+) /.exec(text)?.[1] : undefined,
  );
  return new Set(numbers.flatMap((number) => (number === undefined ? [] : Number(number))));
}
