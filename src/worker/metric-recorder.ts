import type { MetricSink } from "../scenario/own-metrics.ts";
import type { EndpointRecorder, IntervalRecorder } from "../stats/interval-recorder.ts";

/** Trends are kept in thousandths, as times are in microseconds. */
const perUnit = 1_000;

/** Records the metrics of the test's own. */
export class MetricRecorder implements MetricSink {
  readonly #recorder: IntervalRecorder;
  readonly #nowMs: () => number;
  readonly #trends = new Map<string, EndpointRecorder>();

  /** @param nowMs ms since the start of the run */
  constructor(recorder: IntervalRecorder, nowMs: () => number) {
    this.#recorder = recorder;
    this.#nowMs = nowMs;
  }

  sample(name: string, value: number): void {
    let samples = this.#trends.get(name);
    if (samples === undefined) {
      samples = this.#recorder.seriesOf("trend", name);
      this.#trends.set(name, samples);
    }
    samples.record(value * perUnit, value * perUnit, 0, 0);
  }

  add(name: string, value: number): void {
    this.#recorder.addMetric(name, { kind: "counter", sum: value });
  }

  rate(name: string, held: boolean): void {
    this.#recorder.addMetric(name, { kind: "rate", count: held ? 1 : 0, total: 1 });
  }

  set(name: string, value: number): void {
    this.#recorder.addMetric(name, { kind: "gauge", value, min: value, max: value, atMs: this.#nowMs() });
  }
}
