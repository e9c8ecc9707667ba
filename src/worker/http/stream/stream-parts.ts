import type { RecordedMetric } from "../../../core/thresholds/recorded-metric.ts";
import { meets, type TagCondition } from "../../../core/thresholds/selector.ts";
import type { EndpointRecorder } from "../../../stats/endpoint-recorder.ts";
import type { IntervalRecorder } from "../../../stats/interval-recorder.ts";
import { canSelect, requestTag } from "../../user/request-tags.ts";

type Definition = Pick<RecordedMetric, "name" | "metric" | "conditions">;

/** The recorders of one stream in addition to its endpoint. */
export interface SelectedStreams {
  readonly first: readonly EndpointRecorder[];
  readonly gaps: readonly EndpointRecorder[];
  readonly whole: readonly EndpointRecorder[];
  /** The names of counters of events. */
  readonly counters: readonly string[];
}

/** The parts of the metrics of streams that thresholds select. Each is recorded as a metric with its own name. */
export class StreamParts {
  readonly #definitions: readonly Definition[];
  readonly #recorder: IntervalRecorder;

  /** @param definitions the selected parts, without conditions on scenario and class, which the user meets */
  constructor(definitions: readonly Definition[], recorder: IntervalRecorder) {
    this.#definitions = definitions;
    this.#recorder = recorder;
  }

  /** Returns the parts that a request may be in, depending on its status; null if there are none. */
  of(
    endpoint: Pick<EndpointRecorder, "method" | "name">,
    tags: Readonly<Record<string, string>> | undefined,
    group = "",
  ): StreamParts | null {
    const tagged = (tag: string) => requestTag(tag, endpoint, tags, group);
    const parts = this.#definitions.filter(
      ({ conditions }) =>
        canSelect(conditions, endpoint) && conditions.every((one) => isOfStatus(one) || meets(one, tagged(one.tag))),
    );
    return parts.length === 0 ? null : new StreamParts(parts, this.#recorder);
  }

  withStatus(status: number): SelectedStreams {
    const parts = this.#definitions.filter(({ conditions }) =>
      conditions.every((one) => !isOfStatus(one) || meets(one, String(status))),
    );
    const namesOf = (metric: string) => parts.filter((one) => one.metric === metric).map(({ name }) => name);
    const samplesOf = (metric: string) => namesOf(metric).map((name) => this.#recorder.seriesOf("trend", name));
    return {
      first: samplesOf("first_event"),
      gaps: samplesOf("event_gap"),
      whole: samplesOf("stream_duration"),
      counters: namesOf("stream_events"),
    };
  }

  /** Counts an event. */
  count(name: string): void {
    this.#recorder.addMetric(name, { kind: "counter", sum: 1 });
  }
}

function isOfStatus({ tag }: TagCondition): boolean {
  return tag === "status";
}
