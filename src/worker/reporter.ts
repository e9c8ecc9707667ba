import { ByteWriter } from "../protocol/bytes.ts";
import { encodeReport } from "../protocol/report-frame.ts";
import type { HealthReport } from "../stats/health-sample.ts";
import type { IntervalRecorder } from "../stats/interval-recorder.ts";
import type { LoadProgress } from "../stats/interval-report.ts";
import type { UserGauge } from "./user/user-gauge.ts";

/** The width of a window, in ms. */
const windowMs = 1_000;
/**
 * The maximum delay of a report after the end of its window, in ms. A later report would contain too much of the next
 * window, so it is sent at the end of that window.
 */
const latestMs = 100;
/** When this many reports are unacknowledged, the next report covers two windows; when twice as many are, four, and so on. */
const widenAfter = 120;

export interface ReporterOptions {
  readonly recorder: IntervalRecorder;
  readonly users: UserGauge;
  /** Returns the health of the worker since the last call. */
  readonly takeHealth: () => HealthReport | null;
  /** Returns the worker's progress in each scenario. */
  readonly loadSoFar: () => readonly LoadProgress[];
  /** Milliseconds since the start of the run, on the master's clock. */
  readonly nowMs: () => number;
  readonly send: (sequence: number, frame: Uint8Array<ArrayBuffer>) => void;
}

/**
 * Sends a report at the end of each window. While the master is away, or after the process was stopped, a report covers
 * several windows: nothing is dropped, and the memory for waiting reports grows with the logarithm of the time.
 */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #writer = new ByteWriter();
  #sequence = 0;
  #acknowledged = 0;
  /** The number of the first window that has not been reported. */
  #first = 0;
  #timer: NodeJS.Timeout | null = null;
  #settleFlush: (() => void) | null = null;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  get lastSequence(): number {
    return this.#sequence;
  }

  start(): void {
    this.#first = this.#currentWindow;
    this.#schedule();
  }

  /** Sends the last, partial window. */
  finish(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const whole = this.#currentWindow - this.#first;
    // Requests that end just after a window count in that window, as in all earlier reports.
    this.#send(whole > 0 && this.#sinceWindowMs <= latestMs ? whole : whole + 1);
  }

  acknowledged(sequence: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, sequence);
    if (this.#isFlushed) this.#settleFlush?.();
  }

  /** Resolves to true when all reports are acknowledged, to false after `timeoutMs`. */
  async flushed(timeoutMs: number): Promise<boolean> {
    if (this.#isFlushed) return true;
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      this.#settleFlush = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  get #isFlushed(): boolean {
    return this.#acknowledged >= this.#sequence;
  }

  get #currentWindow(): number {
    return Math.max(this.#first, Math.floor(this.#options.nowMs() / windowMs));
  }

  get #sinceWindowMs(): number {
    return this.#options.nowMs() - this.#currentWindow * windowMs;
  }

  #schedule(): void {
    // The window can have ended between the two readings of the clock.
    const delayMs = Math.max(0, (this.#currentWindow + 1) * windowMs - this.#options.nowMs());
    this.#timer = setTimeout(() => {
      const whole = this.#currentWindow - this.#first;
      const wanted = 2 ** Math.floor((this.#sequence - this.#acknowledged) / widenAfter);
      if (whole >= wanted && this.#sinceWindowMs <= latestMs) this.#send(whole);
      this.#schedule();
    }, delayMs);
  }

  #send(windowCount: number): void {
    const { recorder, users, takeHealth, loadSoFar, send } = this.#options;
    this.#sequence++;
    const span = { first: this.#first, count: windowCount };
    const frame = encodeReport(this.#writer, this.#sequence, span, recorder, users.take(), takeHealth(), loadSoFar());
    recorder.reset();
    this.#first += windowCount;
    send(this.#sequence, frame as Uint8Array<ArrayBuffer>);
  }
}
