import type { Ending } from "../core/run.ts";
import type { RunParts } from "./run-context.ts";
import type { RunOutcome, WorkerOutcome } from "./run-outcome.ts";
import type { RunningLoad } from "./running-load.ts";
import type { ConnectedWorker } from "./workers/connected-worker.ts";

/** What a run left, as things stand. @param load null when none has begun */
export function outcomeOfRun(run: RunParts, load: RunningLoad | null, ending: Ending): RunOutcome {
  const { options, timeline, collector, workers, book } = run;
  const { runId, testName, resolved, seed, onWorkerStrain } = options;
  return {
    runId,
    testName,
    resolved,
    seed,
    startedAt: load?.startedAt ?? new Date(),
    durationMs: Math.max(0, timeline.elapsedMs),
    ending,
    collector,
    load: load?.carried ?? { endedMs: 0, dueIterations: 0 },
    onWorkerStrain,
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

function outcomeOfWorker({ number, identity, facts }: ConnectedWorker, load: RunningLoad | null): WorkerOutcome {
  const { id, host, pid } = identity;
  const { requests, lostBecause, startSkewMs } = facts;
  const users = load?.control.userCountOf(number) ?? 0;
  return { number, id, host, pid, users, requests, lostBecause, startSkewMs };
}
