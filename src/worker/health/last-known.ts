/**
 * A reading of the system that may fail, as /proc cannot be read when no file descriptor is left: the latest that
 * succeeded stands for it then. Whoever watches a worker must not end it.
 */
export class LastKnown<Value> {
  readonly #read: () => Value;
  #value: Value;

  constructor(read: () => Value, initial: Value) {
    this.#read = read;
    this.#value = initial;
  }

  take(): Value {
    try {
      this.#value = this.#read();
    } catch {
      // The latest stays.
    }
    return this.#value;
  }
}
