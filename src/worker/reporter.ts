import { ByteWriter } from "../protocol/byte-writer.ts";
import { encodeReport } from "../protocol/report-frame.ts";
import type { IntervalRecorder } from "../stats/interval-recorder.ts";
import type { UserGauge } from "./user-gauge.ts";

/** The width of a window on the master's timeline. */
const windowMs = 1_000;

export interface ReporterOptions {
  readonly recorder: IntervalRecorder;
  readonly users: UserGauge;
  /** Milliseconds since the start of the run, on the master's clock. */
  readonly nowMs: () => number;
  readonly send: (frame: Uint8Array) => void;
}

/** Sends what was recorded, one frame at the end of each window, and keeps each frame until it is acknowledged. */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #writer = new ByteWriter();
  readonly #unacknowledged = new Map<number, Uint8Array>();
  #sequence = 0;
  #window = 0;
  #timer: NodeJS.Timeout | null = null;
  #settleFlush: ((isFlushed: boolean) => void) | null = null;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  get lastSequence(): number {
    return this.#sequence;
  }

  start(): void {
    this.#schedule();
  }

  /** Sends the last, partial window. */
  finish(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#send();
  }

  acknowledged(sequence: number): void {
    for (const known of this.#unacknowledged.keys()) if (known <= sequence) this.#unacknowledged.delete(known);
    if (this.#unacknowledged.size === 0) this.#settleFlush?.(true);
  }

  /** Whoever waits for acknowledgements waits in vain. */
  disconnected(): void {
    this.#settleFlush?.(false);
  }

  /** Resolves to true when every report is acknowledged, false after `timeoutMs`. */
  async flushed(timeoutMs: number): Promise<boolean> {
    if (this.#unacknowledged.size === 0) return true;
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      this.#settleFlush = (isFlushed) => {
        clearTimeout(timer);
        resolve(isFlushed);
      };
    });
  }

  #schedule(): void {
    const delayMs = Math.max(0, (this.#window + 1) * windowMs - this.#options.nowMs());
    this.#timer = setTimeout(() => {
      const current = Math.floor(this.#options.nowMs() / windowMs);
      if (current > this.#window) {
        this.#send();
        this.#window = current;
      }
      this.#schedule();
    }, delayMs);
  }

  #send(): void {
    const { recorder, users, send } = this.#options;
    this.#sequence++;
    const frame = encodeReport(this.#writer, this.#sequence, this.#window, recorder, users.take());
    recorder.reset();
    this.#unacknowledged.set(this.#sequence, frame);
    send(frame);
  }
}
