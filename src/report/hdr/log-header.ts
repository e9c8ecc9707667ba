import { logComments } from "../files/hdr-log.ts";

const yearSec = 365 * 86_400;

/** What the comments of an HdrHistogram log say, up to the line that was read last. */
export class LogHeader {
  #baseTimeSec: number | null = null;
  #startTimeSec: number | null = null;
  readonly #runsMs: number[] = [];
  #isMusters = false;

  /** Takes one line into account. Most are not comments, or say nothing. */
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

  /** Muster wrote the log: in microseconds, tagged `METHOD:name`, with the exact maximum in Interval_Max. */
  get isMusters(): boolean {
    return this.#isMusters;
  }

  /** How long the run lasted that muster wrote the log of; null when the log does not say it, or is of several runs. */
  get runMs(): number | null {
    const [runMs, ...others] = this.#runsMs;
    return runMs === undefined || others.length > 0 ? null : runMs;
  }

  /**
   * When an interval began: in seconds since the epoch, if the log tells it. Timestamps count from the base time. Without one
   * they count from the start time if they lie more than a year before it, and from the epoch otherwise.
   */
  timeOf(timestampSec: number): number {
    if (this.#baseTimeSec !== null) return this.#baseTimeSec + timestampSec;
    const startSec = this.#startTimeSec ?? 0;
    return timestampSec < startSec - yearSec ? startSec + timestampSec : timestampSec;
  }

  /** Where the time of muster's runs begins. */
  get baseTimeSec(): number | null {
    return this.#baseTimeSec;
  }
}
