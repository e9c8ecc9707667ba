import { failureKinds } from "../core/failure-kind.ts";
import { IntervalHistogram } from "./histogram/interval-histogram.ts";
import { PhaseSums } from "./phase-sums.ts";

/**
 * The counters of one endpoint in the current interval. There is one object per endpoint for the whole run; it is reset,
 * not replaced.
 */
export class EndpointRecorder {
  readonly method: string;
  readonly name: string;
  requests = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** The number of failures of each kind, by position in `failureKinds`. */
  readonly failures: number[] = failureKinds.map(() => 0);
  readonly serviceTime = new IntervalHistogram();
  /** The phases of requests that were sent. */
  readonly phases = new PhaseSums();
  /** The response times; null while they equal the service times. */
  responseTime: IntervalHistogram | null;

  constructor(method: string, name: string, hasOpenLoad: boolean) {
    this.method = method;
    this.name = name;
    this.responseTime = hasOpenLoad ? new IntervalHistogram() : null;
  }

  /**
   * Counts one finished request. `serviceMicros` is the time from the write of the request to its last byte, or to its
   * failure; `responseMicros` is the time from its intended start.
   */
  record(serviceMicros: number, responseMicros: number, bytesIn: number, bytesOut: number): void {
    this.requests++;
    this.bytesIn += bytesIn;
    this.bytesOut += bytesOut;
    this.serviceTime.record(serviceMicros);
    this.responseTime?.record(responseMicros);
  }

  /** Counts one finished request without its times, because this process stalled during the request. */
  recordUntimed(bytesIn: number, bytesOut: number): void {
    this.requests++;
    this.bytesIn += bytesIn;
    this.bytesOut += bytesOut;
  }

  /** Prepares for response times that differ from service times. Until now they were equal. */
  expectOpenLoad(): void {
    if (this.responseTime !== null) return;
    this.responseTime = new IntervalHistogram();
    this.responseTime.copyFrom(this.serviceTime);
  }

  reset(): void {
    this.requests = 0;
    this.bytesIn = 0;
    this.bytesOut = 0;
    this.failures.fill(0);
    this.serviceTime.reset();
    this.responseTime?.reset();
    this.phases.reset();
  }
}
