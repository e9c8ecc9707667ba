import { deadlines } from "../http/deadlines.ts";
import type { RequestTimes } from "../http/request-times.ts";
import { classify, type Failure, RequestTimeout, VirtualUserStopped } from "../http/response/failure.ts";
import { WheelTimer } from "../time/timer-wheel.ts";
import type { Measurement } from "./measurement.ts";
import { noteRecorded } from "./recorded-errors.ts";

/** The owner of the open waits of one user. */
export interface WaitOwner {
  readonly waits: Set<OpenWait<unknown>>;
  /** Called when a wait ended because its user was stopped. */
  interrupted(): void;
}

interface Settle<Value> {
  resolve(value: Value): void;
  reject(error: unknown): void;
}

/**
 * A wait of the test with a time limit, for the code of a measure or for an event of a socket. It ends once: with a value,
 * with an error, at its limit or with its user. It is recorded if it has a measurement.
 */
export class OpenWait<Value> extends WheelTimer {
  readonly promise: Promise<Value>;
  bytesIn = 0;
  bytesOut = 0;
  /** The failure that the test has reported; null if there is none. It is recorded in place of any other end. */
  failed: Failure | null = null;
  /** Called when the wait has ended without a value. */
  onFailed: ((error: unknown) => void) | null = null;
  /** The measurement that records the wait; null if the wait is not recorded. */
  readonly measurement: Measurement | null;
  readonly #owner: WaitOwner;
  readonly #limitMs: number;
  readonly #what: string;
  #settle: Settle<Value> | null = null;
  /** Whether the code that began the wait has ended. */
  #isLeft = false;

  /** @param what the awaited thing, for the message of a timeout: "no message within 100 ms" */
  constructor(owner: WaitOwner, measurement: Measurement | null, limitMs: number, what: string) {
    super();
    this.#owner = owner;
    this.measurement = measurement;
    this.#limitMs = limitMs;
    this.#what = what;
    this.promise = new Promise<Value>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // A wait that the test does not await has been recorded, and must not end the process.
    this.promise.catch(() => {});
    const nowMs = performance.now();
    deadlines.begin(this, nowMs + limitMs, nowMs);
    owner.waits.add(this);
  }

  get isOpen(): boolean {
    return this.#settle !== null;
  }

  resolve(value: Value, bytesIn = this.bytesIn, times: RequestTimes | null = null): void {
    const settle = this.#close();
    if (settle === null) return;
    this.measurement?.end(this.failed, bytesIn, this.bytesOut, times);
    settle.resolve(value);
  }

  /**
   * @param failure the failure to record
   * @param isNoted whether the error counts as recorded, so that the code into which it is thrown does not fail a second time
   */
  fail(error: unknown, failure: Failure, isNoted = true): void {
    const settle = this.#close();
    if (settle === null) return;
    if (this.measurement !== null) {
      this.measurement.end(this.failed ?? failure, this.bytesIn, this.bytesOut);
      if (isNoted) noteRecorded(error);
    }
    settle.reject(error);
    this.onFailed?.(error);
  }

  /** Ends the wait without a record, because its user was stopped or ends. */
  interrupt(stopped: Error = new VirtualUserStopped()): void {
    const settle = this.#close();
    if (settle === null) return;
    this.measurement?.interrupt();
    this.#owner.interrupted();
    settle.reject(stopped);
    this.onFailed?.(stopped);
  }

  override expire(): void {
    const timeout = new RequestTimeout(`no ${this.#what} within ${this.#limitMs} ms`);
    this.fail(timeout, classify(timeout));
  }

  /** Called when the code that began the wait has ended. Returns true once if the wait is measured. */
  leave(): boolean {
    const wasLeft = this.#isLeft;
    this.#isLeft = true;
    return this.measurement !== null && !wasLeft;
  }

  /** Returns null if the wait had already ended. */
  #close(): Settle<Value> | null {
    const settle = this.#settle;
    if (settle === null) return null;
    this.#settle = null;
    deadlines.end();
    deadlines.forget(this);
    this.#owner.waits.delete(this);
    return settle;
  }
}
