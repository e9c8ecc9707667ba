import { RunTotals } from "../../stats/run-totals.ts";
import type { LiveResultEvent } from "../contract/live.ts";
import type { CurrentRun, RunSession } from "../run-session.ts";

/** What one run shows, and what it has shown since its statistics were reset. */
export class LiveResults {
  readonly #session: RunSession;
  readonly #unsubscribe: () => void;
  readonly #run: CurrentRun;
  #since: { readonly atMs: number; readonly totals: RunTotals } | null = null;

  constructor(session: RunSession, run: CurrentRun) {
    this.#session = session;
    this.#run = run;
    this.#unsubscribe = run.master.collector.recent.subscribe(({ startMs, totals }) => {
      if (this.#since !== null && startMs >= this.#since.atMs) this.#since.totals.merge(totals);
    });
  }

  /** From the next whole window on. */
  reset(): void {
    const { master } = this.#run;
    const atMs = Math.ceil(Math.max(0, master.elapsedMs) / 1_000) * 1_000;
    this.#since = { atMs, totals: new RunTotals() };
    master.noteReset();
  }

  /** @param run the same one, perhaps over by now */
  event(run: CurrentRun): LiveResultEvent {
    const since = this.#since;
    if (since === null || run.result !== null) {
      return { runId: run.id, since: null, result: this.#session.resultOf(run) };
    }
    return { runId: run.id, since: { atMs: since.atMs }, result: this.#session.resultSince(run, since) };
  }

  close(): void {
    this.#unsubscribe();
  }
}
