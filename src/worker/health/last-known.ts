/**
 * A system reading that can fail, for example because /proc cannot be read without a free file descriptor. Then the
 * latest successful reading is used: measuring a worker must not end it.
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
      // Keep the latest value.
    }
    return this.#value;
  }
}
