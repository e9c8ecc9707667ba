import type { Ending } from "../core/run.ts";
import type { WorkerData } from "../report/result/run-data.ts";
import type { RunParts } from "./run-context.ts";
import type { RunOutcome } from "./run-outcome.ts";
import type { RunningLoad } from "./running-load.ts";
import type { ConnectedWorker } from "./workers/connected-worker.ts";

/** What a run left, as things stand. @param load null when none has begun */
export function outcomeOfRun(run: RunParts, load: RunningLoad | null, ending: Ending): RunOutcome {
  const { timeline, collector, workers, book } = run;
  return {
    startedAt: load?.startedAt ?? null,
    durationMs: Math.max(0, timeline.elapsedMs),
    ending,
    collector,
    ...(load?.carried ?? { loadEndedMs: 0, dueIterations: 0 }),
    workers: workers.all.map((worker) => outcomeOfWorker(worker, load)),
    warnings: book.warnings,
    events: book.events,
    search: load?.search ?? null,
  };
}

/** Something threw that never should. */
export function defectEnding({ options }: Pick<RunParts, "options">, error: unknown): Ending {
  options.log.error({ err: error }, "a defect in muster");
  const what = error instanceof Error ? error.message : String(error);
  return { kind: "defect", message: `a defect in muster: ${what}; the log has the details` };
}

function outcomeOfWorker({ number, identity, facts }: ConnectedWorker, load: RunningLoad | null): WorkerData {
  const { id, host, pid } = identity;
  const { requests, lostBecause, startSkewMs } = facts;
  const users = load?.control.userCountOf(number) ?? 0;
  return { number, id, host, pid, users, requests, lostBecause, startSkewMs };
}
