import { InvalidValue } from "../../core/invalid-value.ts";
import type { MeasurementTags } from "../../scenario/definition/measurement-tags.ts";
import type { MetricSink } from "../../scenario/definition/own-metrics.ts";
import type { EndpointRecorder } from "../../stats/endpoint-recorder.ts";
import type { IntervalRecorder } from "../../stats/interval-recorder.ts";
import type { ScalarMetric } from "../../stats/scalar-metric.ts";
import { type RecordedPart, RecordedParts } from "../recorded-parts.ts";

/** The values of trends are stored in thousandths, as times are stored in microseconds. */
const perUnit = 1_000;

/** Records the custom metrics of a test, and the parts of them that thresholds select. */
export class MetricRecorder implements MetricSink {
  readonly #recorder: IntervalRecorder;
  readonly #nowMs: () => number;
  readonly #trends = new Map<string, EndpointRecorder>();
  readonly #parts: RecordedParts;
  readonly #partsByMetric = new Map<string, readonly RecordedPart[] | null>();

  /** @param nowMs ms since the start of the run */
  constructor(recorder: IntervalRecorder, nowMs: () => number, parts = new RecordedParts([], recorder)) {
    this.#recorder = recorder;
    this.#nowMs = nowMs;
    this.#parts = parts;
  }

  sample(name: string, value: number, tags: MeasurementTags): void {
    this.#sample(name, value);
    for (const part of this.#met(name, tags)) this.#sample(part.name, value);
  }

  add(name: string, value: number, tags: MeasurementTags): void {
    this.#addScalar(name, { kind: "counter", sum: value }, tags);
  }

  rate(name: string, held: boolean, tags: MeasurementTags): void {
    this.#addScalar(name, { kind: "rate", count: held ? 1 : 0, total: 1 }, tags);
  }

  set(name: string, value: number, tags: MeasurementTags): void {
    this.#addScalar(name, { kind: "gauge", value, min: value, max: value, atMs: this.#nowMs() }, tags);
  }

  #sample(name: string, value: number): void {
    let samples = this.#trends.get(name);
    if (samples === undefined) {
      samples = this.#recorder.seriesOf("trend", name);
      this.#trends.set(name, samples);
    }
    // The sum of a report is exact. A report frame with a larger sum would be refused together with all its other data.
    if (samples.serviceTime.sumMicros + value * perUnit > Number.MAX_SAFE_INTEGER) {
      throw new InvalidValue(`metric ${name}: the sum of the values in one second exceeds 9e12`);
    }
    samples.record(value * perUnit, value * perUnit, 0, 0);
  }

  #addScalar(name: string, metric: ScalarMetric, tags: MeasurementTags): void {
    this.#recorder.addMetric(name, metric);
    for (const part of this.#met(name, tags)) this.#recorder.addMetric(part.name, metric);
  }

  #met(name: string, tags: MeasurementTags): readonly RecordedPart[] {
    let parts = this.#partsByMetric.get(name);
    if (parts === undefined) {
      parts = this.#parts.of(name);
      this.#partsByMetric.set(name, parts);
    }
    return parts === null ? none : parts.filter((part) => part.holds(tags));
  }
}

const none: readonly RecordedPart[] = [];
