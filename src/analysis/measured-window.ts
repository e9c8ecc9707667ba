import { RunTotals, type Summand } from "../stats/run-totals.ts";

/** What happened in a stretch of a run, all workers together. Most are one second wide. */
export interface MeasuredWindow {
  readonly startMs: number;
  readonly widthMs: number;
  readonly totals: RunTotals;
  /** The most users at the same time. */
  readonly users: { readonly peak: number };
}

/** A window as the store has it. */
export interface KeptWindow extends Summand {
  readonly startMs: number;
  readonly widthMs: number;
  readonly peakUsers: number;
}

/** Windows of the store, with their histograms decoded; one at a time, as each takes some 50 KB per endpoint. */
export function* decoded(windows: Iterable<KeptWindow>): Generator<MeasuredWindow, void, void> {
  for (const window of windows) {
    const totals = new RunTotals();
    totals.add(window);
    yield { startMs: window.startMs, widthMs: window.widthMs, users: { peak: window.peakUsers }, totals };
  }
}
