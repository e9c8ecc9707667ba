import type { WorkerLogLine } from "../protocol/worker-messages.ts";

/** So many lines at once, and so many more each second: a test that logs each request must not flood its master. */
const burst = 20;
const perSecond = 10;
const longestText = 2_000;

/** Tells the master what this worker and its test log, as far as there is room; what is left out is counted. */
export class LogRelay {
  readonly #nowMs: () => number;
  readonly #say: (line: WorkerLogLine) => void;
  #room = burst;
  #filledAtMs: number;
  #leftOut = 0;

  constructor(nowMs: () => number, say: (line: WorkerLogLine) => void) {
    this.#nowMs = nowMs;
    this.#say = say;
    this.#filledAtMs = nowMs();
  }

  note(level: WorkerLogLine["level"], text: string): void {
    const nowMs = this.#nowMs();
    this.#room = Math.min(burst, this.#room + ((nowMs - this.#filledAtMs) * perSecond) / 1_000);
    this.#filledAtMs = nowMs;
    if (this.#room < 1) {
      this.#leftOut++;
      return;
    }
    this.#room--;
    const cut = text.length > longestText ? `${text.slice(0, longestText)}…` : text;
    this.#say({ level, text: cut, leftOut: this.#leftOut });
    this.#leftOut = 0;
  }
}
