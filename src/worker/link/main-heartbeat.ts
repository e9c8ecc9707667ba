import { Silence } from "./silence.ts";

/** The main thread beats every 100 ms. A gap up to this length is normal. */
const blockedFromMs = 500;

/** Detects that the code of the test blocks the main thread. */
export class MainThreadWatch {
  readonly #heartbeat: MainHeartbeat;
  readonly #silence: Silence;
  #beats = 0;

  constructor(heartbeat: MainHeartbeat, nowMs: number) {
    this.#heartbeat = heartbeat;
    this.#silence = new Silence(nowMs);
  }

  /** Call it about every 100 ms. */
  pass(nowMs: number): void {
    const { beats } = this.#heartbeat;
    this.#silence.pass(nowMs);
    if (beats !== this.#beats) this.#silence.broken();
    this.#beats = beats;
  }

  get users(): number {
    return this.#heartbeat.users;
  }

  /** The time for which the event loop of the main thread has been blocked; 0 if it is not. */
  get blockedMs(): number {
    const { silentMs } = this.#silence;
    return silentMs < blockedFromMs ? 0 : Math.round(silentMs);
  }
}

const beatsAt = 0;
const usersAt = 1;

/**
 * Memory that the main thread of a worker shares with the thread of its socket. The main thread writes the memory while its
 * event loop turns. The other thread can read it even when the main thread is blocked and cannot answer a message.
 */
export class MainHeartbeat {
  readonly memory: SharedArrayBuffer;
  readonly #cells: Int32Array;

  constructor(memory = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#cells = new Int32Array(memory);
  }

  /** Counts a turn of the main thread's event loop. */
  beat(users: number): void {
    Atomics.store(this.#cells, usersAt, users);
    Atomics.add(this.#cells, beatsAt, 1);
  }

  /** The number of beats; it changes while the event loop of the main thread turns. */
  get beats(): number {
    return Atomics.load(this.#cells, beatsAt);
  }

  /** The number of running virtual users. */
  get users(): number {
    return Atomics.load(this.#cells, usersAt);
  }
}
