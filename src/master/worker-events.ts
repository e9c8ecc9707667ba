import type { RunPhase } from "../core/run.ts";
import { prepareMessage } from "./gather-workers.ts";
import type { MasterOptions } from "./master-options.ts";
import type { ResumedTime } from "./resumed-time.ts";
import type { RunParts } from "./run-context.ts";
import type { RunTimeline } from "./run-timeline.ts";
import type { RunningLoad } from "./running-load.ts";
import type { ConnectedWorker } from "./workers/connected-worker.ts";
import { Workers } from "./workers/workers.ts";

/** Where the run stands when a worker does something. */
export interface WorkersSurroundings {
  readonly options: MasterOptions;
  readonly timeline: RunTimeline;
  readonly parts: () => RunParts;
  readonly time: () => ResumedTime;
  readonly load: () => RunningLoad | null;
  readonly phase: () => RunPhase;
}

/** The workers of a run, and what it means for the run when one comes, reports, is lost or is back. */
export function workersOfRun({ options, timeline, parts, time, load, phase }: WorkersSurroundings): Workers {
  /** It is new or has been away: tells it all that it has to do. */
  const instruct = (worker: ConnectedWorker) => {
    const isLoading = worker.state === "joined" || worker.state === "loading";
    if (isLoading && phase() !== "waiting") worker.prepare(prepareMessage(options), options.bundle);
    else if (worker.state === "running") load()?.instruct(worker);
  };
  const workers: Workers = new Workers({
    ...options,
    isOpen: () => load()?.isRunning !== false,
    startAtMs: () => timeline.startAtMs,
    beforeWelcome: (elapsedMs) => {
      const isNews = time().learn(elapsedMs);
      // Only what is committed need not be sent again.
      parts().book.commit();
      if (isNews) for (const worker of workers.connected) if (worker.state === "ready") load()?.admit(worker);
    },
    onReport: (worker, report) => {
      const { book, collector } = parts();
      book.schedule();
      return collector.add(worker.number, report, timeline.elapsedMs);
    },
    onHere: (worker) => {
      parts().book.touch(worker);
      instruct(worker);
    },
    onReady: (worker) => load()?.admit(worker),
    onLost: (worker) => {
      parts().book.touch(worker);
      load()?.membership.lost(worker);
    },
    onReturned: (worker, isRunning) => {
      load()?.membership.returned(worker, isRunning);
      if (isRunning) instruct(worker);
    },
    onLeft: (worker, reason) => load()?.membership.left(worker, reason),
    onSlow: (worker, blockedMs) => load()?.membership.slow(worker, blockedMs),
  });
  return workers;
}
