import type { RefusedSide } from "../../protocol/channel.ts";
import type { StopReason, Thrown, WorkerSession } from "../../protocol/worker-messages.ts";
import type { IntervalReport } from "../../stats/interval-report.ts";
import { WorkerReports } from "../worker-reports.ts";
import type { WorkerFacts, WorkerState } from "../worker-state.ts";

export interface WorkerCourseListener {
  /** Something is different: look again. */
  onChange(): void;
  onLost(): void;
  /** Its load has ended before the run's, and it has reported everything. */
  onLeft(reason: StopReason): void;
  /** It was lost, and is there again: its load still running, or stopped since. */
  onReturned(isRunning: boolean): void;
}

/** Where one worker stands in its run, and what moves it on: what it was told, what it says, and its silence. */
export class WorkerCourse {
  readonly reports = new WorkerReports();
  #state: WorkerState = "joined";
  #loadError: Thrown | null = null;
  #isBarred = false;
  #hasStarted = false;
  #startSkewMs: number | null = null;
  #lostBecause: string | null = null;
  /** Until that is told: why it has left a load that goes on. */
  #leftBecause: StopReason | null = null;
  readonly #listener: WorkerCourseListener;

  constructor(listener: WorkerCourseListener) {
    this.#listener = listener;
  }

  get state(): WorkerState {
    return this.#state;
  }

  /** Why it could not load the test. */
  get loadError(): Thrown | null {
    return this.#loadError;
  }

  /** It is of no use any more, should it come back. */
  get isBarred(): boolean {
    return this.#isBarred;
  }

  get facts(): WorkerFacts {
    return {
      state: this.#state,
      hasStarted: this.#hasStarted,
      startSkewMs: this.#startSkewMs,
      lostBecause: this.#lostBecause,
      ...this.reports.soFar,
    };
  }

  restore({ state, hasStarted, startSkewMs, lostBecause, ...reported }: WorkerFacts): void {
    this.#state = state;
    this.#hasStarted = hasStarted;
    this.#startSkewMs = startSkewMs;
    this.#lostBecause = lostBecause;
    this.reports.restore(reported);
  }

  /** In the run; perhaps without a socket for a while. */
  get isAlive(): boolean {
    return this.#state !== "lost" && this.#state !== "gone" && this.#state !== "failed";
  }

  toldToLoad(): void {
    if (this.#state === "joined") this.#state = "loading";
  }

  toldToBegin(): void {
    this.#state = "running";
    this.#hasStarted = true;
  }

  /** There is no more for it to do. */
  sentHome(): void {
    if (this.isAlive) this.#state = "gone";
  }

  loaded(): void {
    if (this.#state === "loading") this.#state = "ready";
    this.#listener.onChange();
  }

  failed(error: Thrown): void {
    this.#loadError = error;
    this.#state = "failed";
    this.#listener.onChange();
  }

  started(skewMs: number): void {
    this.#startSkewMs = skewMs;
    this.#listener.onChange();
  }

  /** All its users have ended; the last report may be still on its way. */
  stopped(lastSequence: number, reason: StopReason): void {
    const isNew = this.reports.soFar.lastSequence === null;
    this.reports.end(lastSequence);
    if (this.#state === "lost") {
      this.#lostBecause = null;
      this.#listener.onReturned(false);
    }
    if (this.#state === "running" || this.#state === "lost") this.#state = "stopped";
    if (isNew && reason !== "finished") this.#leftBecause = reason;
    this.#tellLeft();
    this.#listener.onChange();
  }

  /** A report that is new. */
  reported(report: IntervalReport): void {
    this.reports.take(report);
    this.#tellLeft();
  }

  /** Lost, once. A socket that it has stays: it may come back, or only be slow. */
  lost(reason: string): void {
    if (this.#state === "lost" || this.#state === "gone") return;
    this.#state = "lost";
    this.#lostBecause = reason;
    this.#listener.onLost();
    this.#listener.onChange();
  }

  /** It is heard of, and its load goes on. */
  wellAgain(): void {
    if (this.#state !== "lost" || !this.#hasStarted) return;
    this.#state = "running";
    this.#lostBecause = null;
    this.#listener.onReturned(true);
  }

  /** A message of one side could not be taken by the other: said again, it would be refused again. */
  refused(side: RefusedSide, reason: string): void {
    this.#isBarred = true;
    if (side === "sent" && this.#state === "loading") {
      this.failed({ message: `the worker does not take it: ${reason}`, stack: "" });
      return;
    }
    const what = side === "sent" ? "does not understand what the master says" : "sent what cannot be understood";
    this.lost(`${what}: ${reason}`);
  }

  /** It will not come back: it did all that it had to. */
  gone(): void {
    this.#state = "gone";
    this.#listener.onChange();
  }

  /** It has a socket: one that had said goodbye may have more to say. */
  connected(): void {
    if (this.#state === "gone") this.#state = "stopped";
  }

  /** It is back, and says where it stands: what it or the master said last may have been lost with the socket. */
  resumed({ state, stopped }: WorkerSession): void {
    if (stopped !== null) this.stopped(stopped.lastSequence, stopped.reason);
    else if (state === "running") this.wellAgain();
    // The start may not have reached it.
    else if (state === "ready" && (this.#state === "loading" || this.#state === "running")) this.#state = "ready";
    else if (this.#state === "lost") this.#state = state === "ready" ? "ready" : "joined";
  }

  /** After a lost socket, it may say that it has stopped before its last reports are there. */
  #tellLeft(): void {
    if (this.#leftBecause === null || !this.reports.isDone) return;
    const reason = this.#leftBecause;
    this.#leftBecause = null;
    this.#listener.onLeft(reason);
  }
}
