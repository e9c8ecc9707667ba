import { Silence } from "./silence.ts";

/** Main beats every 100 ms; so long without a beat is no more than a busy moment. */
const blockedFromMs = 500;

/** Notices when the test's code keeps main to itself. */
export class MainThreadWatch {
  readonly #heartbeat: MainHeartbeat;
  readonly #silence: Silence;
  #beats = 0;

  constructor(heartbeat: MainHeartbeat, nowMs: number) {
    this.#heartbeat = heartbeat;
    this.#silence = new Silence(nowMs);
  }

  /** To be called every 100 ms or so. */
  pass(nowMs: number): void {
    const { beats } = this.#heartbeat;
    this.#silence.pass(nowMs);
    if (beats !== this.#beats) this.#silence.broken();
    this.#beats = beats;
  }

  get users(): number {
    return this.#heartbeat.users;
  }

  /** How long main's event loop has not turned; 0 for a healthy one. */
  get blockedMs(): number {
    const { silentMs } = this.#silence;
    return silentMs < blockedFromMs ? 0 : Math.round(silentMs);
  }
}

const beatsAt = 0;
const usersAt = 1;

/**
 * Memory that main and the link's thread share. Main writes it while its event loop turns, and the thread reads it
 * whether or not it does: no message would tell that main is busy.
 */
export class MainHeartbeat {
  readonly memory: SharedArrayBuffer;
  readonly #cells: Int32Array;

  constructor(memory = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#cells = new Int32Array(memory);
  }

  /** Main's event loop turns. */
  beat(users: number): void {
    Atomics.store(this.#cells, usersAt, users);
    Atomics.add(this.#cells, beatsAt, 1);
  }

  /** Another number than before: main's event loop has turned meanwhile. */
  get beats(): number {
    return Atomics.load(this.#cells, beatsAt);
  }

  /** Virtual users that run. */
  get users(): number {
    return Atomics.load(this.#cells, usersAt);
  }
}
