import { describeValue } from "../../core/describe-value.ts";
import { InvalidValue } from "../../core/invalid-value.ts";
import type { MeasuredCall } from "../../scenario/definition/measure.ts";
import type { OpenWait } from "./open-wait.ts";

/** The argument of a measure's code. It sets the values that are recorded when the wait for the code ends. */
export class WorkCall implements MeasuredCall {
  readonly #wait: OpenWait<unknown>;
  #controller: AbortController | null = null;
  #abortedBecause: unknown = null;

  constructor(wait: OpenWait<unknown>) {
    this.#wait = wait;
  }

  get bytesIn(): number {
    return this.#wait.bytesIn;
  }

  set bytesIn(bytes: number) {
    this.#wait.bytesIn = byteCount(bytes);
  }

  get bytesOut(): number {
    return this.#wait.bytesOut;
  }

  set bytesOut(bytes: number) {
    this.#wait.bytesOut = byteCount(bytes);
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#abortedBecause !== null) this.#controller.abort(this.#abortedBecause);
    return this.#controller.signal;
  }

  /** Reports a failure. It is a property, so that `({ fail }) => …` works. */
  readonly fail = (message: string): void => {
    this.#wait.failed ??= { kind: "check", message: typeof message === "string" ? message : describeValue(message) };
  };

  abort(reason: unknown): void {
    this.#abortedBecause = reason;
    this.#controller?.abort(reason);
  }
}

/** @throws InvalidValue */
function byteCount(bytes: unknown): number {
  if (typeof bytes === "number" && bytes >= 0 && bytes < Number.POSITIVE_INFINITY) return Math.round(bytes);
  throw new InvalidValue(`vu.measure: a number of bytes is ${describeValue(bytes)}; expected 0 or more`);
}
