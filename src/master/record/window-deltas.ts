import type { IntervalReport } from "../../stats/interval-report.ts";
import { RunTotals } from "../../stats/run-totals.ts";
import { UsersBySecond } from "../../stats/users-by-second.ts";
import type { Window } from "../../stats/windows.ts";

interface OpenDelta extends Window {
  startMs: number;
  widthMs: number;
}

/**
 * The windows that reports since the last commit belong to; none overlaps another. Each histogram is added once, to
 * its window here, as it was decoded when its frame was read.
 */
export class WindowDeltas {
  #deltas: OpenDelta[] = [];

  add(startMs: number, widthMs: number, report: IntervalReport, worker: number): void {
    const delta = this.#delta(startMs, widthMs);
    delta.totals.add(report, worker);
    const byClass = report.users.map(({ className, count }) => [className, count] as const);
    delta.users.add(startMs, widthMs, report.peakUsers, byClass);
  }

  list(): readonly Window[] {
    return this.#deltas;
  }

  clear(): void {
    this.#deltas = [];
  }

  /** A wide report swallows the windows that it covers. */
  #delta(startMs: number, widthMs: number): OpenDelta {
    const endMs = startMs + widthMs;
    const touched = this.#deltas.filter((one) => one.startMs < endMs && startMs < one.startMs + one.widthMs);
    const [first = { startMs, widthMs, totals: new RunTotals(), users: new UsersBySecond() }, ...others] = touched;
    if (touched.length === 0) this.#deltas.push(first);
    const toMs = Math.max(endMs, ...touched.map((one) => one.startMs + one.widthMs));
    first.startMs = Math.min(startMs, ...touched.map((one) => one.startMs));
    first.widthMs = toMs - first.startMs;
    for (const other of others) {
      first.totals.merge(other.totals);
      first.users.merge(other.users);
    }
    if (others.length > 0) this.#deltas = this.#deltas.filter((one) => !others.includes(one));
    return first;
  }
}
