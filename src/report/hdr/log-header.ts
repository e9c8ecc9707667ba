import { logComments } from "../files/hdr-log.ts";

const yearSec = 365 * 86_400;

/** The facts from the comments of an HdrHistogram log, up to the last line that was read. */
export class LogHeader {
  #baseTimeSec: number | null = null;
  #startTimeSec: number | null = null;
  readonly #runsMs: number[] = [];
  #isMusters = false;

  /** Reads one line. Most lines are not comments, or are comments without a fact. */
  read(text: string): void {
    const [, what, value] = /^#\[(StartTime|BaseTime|muster): (.*)/.exec(text) ?? [];
    if (what === undefined || value === undefined) return;
    if (what === "muster") {
      if (value.startsWith(logComments.duration)) {
        this.#runsMs.push(Math.round(Number.parseFloat(value.slice(logComments.duration.length)) * 1_000));
      }
      this.#isMusters ||= value.startsWith(logComments.unit);
      return;
    }
    const seconds = Number.parseFloat(value);
    if (!Number.isFinite(seconds)) return;
    if (what === "BaseTime") this.#baseTimeSec = seconds;
    else this.#startTimeSec = seconds;
  }

  /** Whether muster wrote the log: in microseconds, tagged `METHOD:name`, with the exact maximum in Interval_Max. */
  get isMusters(): boolean {
    return this.#isMusters;
  }

  /** The duration of the run whose log muster wrote; null if the log does not contain it, or has several runs. */
  get runMs(): number | null {
    const [runMs, ...others] = this.#runsMs;
    return runMs === undefined || others.length > 0 ? null : runMs;
  }

  /**
   * Returns when an interval began: in seconds since the epoch, if the log has such a time. Timestamps count from the base
   * time. Without a base time, they count from the start time if they are more than a year below it, and from the epoch
   * otherwise.
   */
  timeOf(timestampSec: number): number {
    if (this.#baseTimeSec !== null) return this.#baseTimeSec + timestampSec;
    const startSec = this.#startTimeSec ?? 0;
    return timestampSec < startSec - yearSec ? startSec + timestampSec : timestampSec;
  }

  /** The base time, which is the start of the run in muster's logs; null if the log has none. */
  get baseTimeSec(): number | null {
    return this.#baseTimeSec;
  }
}
