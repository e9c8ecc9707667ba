import type { Pulse } from "./main-heartbeat.ts";
import { Silence } from "./silence.ts";

/** Main beats every 100 ms; so long without a beat is no more than a busy moment. */
const blockedFromMs = 500;

/** Notices when the test's code keeps main to itself. */
export class MainWatch {
  readonly #pulse: Pulse;
  readonly #silence: Silence;
  #beats = 0;

  constructor(pulse: Pulse, nowMs: number) {
    this.#pulse = pulse;
    this.#silence = new Silence(nowMs);
  }

  /** To be called every 100 ms or so. */
  pass(nowMs: number): void {
    const { beats } = this.#pulse;
    this.#silence.pass(nowMs);
    if (beats !== this.#beats) this.#silence.broken();
    this.#beats = beats;
  }

  get users(): number {
    return this.#pulse.users;
  }

  /** How long main's event loop has not turned; 0 for a healthy one. */
  get blockedMs(): number {
    const { silentMs } = this.#silence;
    return silentMs < blockedFromMs ? 0 : Math.round(silentMs);
  }
}
