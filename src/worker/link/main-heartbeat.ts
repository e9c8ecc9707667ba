const beatsAt = 0;
const usersAt = 1;

/**
 * Memory that main and the link's thread share. Main writes it while its event loop turns, and the thread reads it
 * whether or not it does: no message would tell that main is busy.
 */
export class Pulse {
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
