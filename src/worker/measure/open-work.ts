import { describeValue } from "../../core/describe-value.ts";
import { InvalidValue } from "../../core/invalid-value.ts";
import type { MeasuredCall } from "../../scenario/definition/measure.ts";
import { deadlines } from "../http/deadlines.ts";
import { classify, type Failure, RequestTimeout, VirtualUserStopped } from "../http/response/failure.ts";
import { WheelTimer } from "../time/timer-wheel.ts";
import type { Measurement } from "./measurement.ts";
import { noteRecorded } from "./recorded-errors.ts";
import { failureOf, isMistake } from "./thrown.ts";

/** The code of one measure that runs, with its time limit. It ends once: by itself, by its limit or with its user. */
export class OpenWork extends WheelTimer {
  readonly call = new Call();
  readonly #measurement: Measurement;
  readonly #limitMs: number;
  readonly #client: { interrupted(): void };
  #reject: (error: Error) => void = () => {};
  #isOpen = true;
  /** Whether the code that began it has ended. */
  #isLeft = false;

  constructor(measurement: Measurement, limitMs: number, client: { interrupted(): void }) {
    super();
    this.#measurement = measurement;
    this.#limitMs = limitMs;
    this.#client = client;
  }

  run<Value>(code: () => Value): Promise<Awaited<Value>> {
    const nowMs = performance.now();
    deadlines.begin(this, nowMs + this.#limitMs, nowMs);
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      // A `then` of the test's own that throws rejects this, too.
      new Promise<Awaited<Value>>((settle) => settle(code() as Awaited<Value>)).then(
        (value) => {
          this.#end(null);
          resolve(value);
        },
        (error: unknown) => {
          if (error instanceof VirtualUserStopped) this.#interrupt();
          else this.#end(failureOf(error));
          if (!isMistake(error)) noteRecorded(error);
          reject(error);
        },
      );
    });
  }

  /** Returns whether it is still open, the first time. */
  leave(): boolean {
    const wasLeft = this.#isLeft;
    this.#isLeft = true;
    return this.#isOpen && !wasLeft;
  }

  abort(): void {
    const stopped = new VirtualUserStopped();
    this.#interrupt();
    this.call.abort(stopped);
    this.#reject(stopped);
  }

  override expire(): void {
    if (!this.#isOpen) return;
    const timeout = new RequestTimeout(`no result within ${this.#limitMs} ms`);
    this.#end(classify(timeout));
    noteRecorded(timeout);
    this.call.abort(timeout);
    this.#reject(timeout);
  }

  #interrupt(): void {
    if (!this.#close()) return;
    this.#measurement.interrupt();
    this.#client.interrupted();
  }

  #end(failure: Failure | null): void {
    if (!this.#close()) return;
    const { bytesIn, bytesOut, failed } = this.call;
    this.#measurement.end(failed ?? failure, bytesIn, bytesOut);
  }

  /** Returns false if it has ended before. */
  #close(): boolean {
    if (!this.#isOpen) return false;
    this.#isOpen = false;
    deadlines.end();
    deadlines.forget(this);
    return true;
  }
}

class Call implements MeasuredCall {
  failed: Failure | null = null;
  #bytesIn = 0;
  #bytesOut = 0;
  #controller: AbortController | null = null;
  #abortedBecause: Error | null = null;

  get bytesIn(): number {
    return this.#bytesIn;
  }

  set bytesIn(bytes: number) {
    this.#bytesIn = byteCount(bytes);
  }

  get bytesOut(): number {
    return this.#bytesOut;
  }

  set bytesOut(bytes: number) {
    this.#bytesOut = byteCount(bytes);
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#abortedBecause !== null) this.#controller.abort(this.#abortedBecause);
    return this.#controller.signal;
  }

  /** A property, so that `({ fail }) => …` works. */
  readonly fail = (message: string): void => {
    this.failed ??= { kind: "check", message: typeof message === "string" ? message : describeValue(message) };
  };

  abort(reason: Error): void {
    this.#abortedBecause = reason;
    this.#controller?.abort(reason);
  }
}

/** @throws InvalidValue */
function byteCount(bytes: unknown): number {
  if (typeof bytes === "number" && bytes >= 0 && bytes < Number.POSITIVE_INFINITY) return Math.round(bytes);
  throw new InvalidValue(`vu.measure: a number of bytes is ${describeValue(bytes)}; expected 0 or more`);
}
