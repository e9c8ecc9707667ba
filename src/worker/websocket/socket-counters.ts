import { messagesInMetric, messagesOutMetric, websocketClosesMetric } from "../../core/thresholds/metrics.ts";
import type { IntervalRecorder } from "../../stats/interval-recorder.ts";
import type { RecordedPart, RecordedParts } from "../recorded-parts.ts";

const one = { kind: "counter", sum: 1 } as const;
/** The maximum number of close codes with a metric of their own in a run. Servers may use 1,000 private codes. */
const mostCodes = 20;
const codesOfRun = new WeakMap<IntervalRecorder, Set<number>>();

/** Counts the messages and the closed sockets of one user. */
export class SocketCounters {
  readonly #recorder: IntervalRecorder;
  readonly #closes: readonly RecordedPart[];
  readonly #codes: Set<number>;

  constructor(recorder: IntervalRecorder, parts: RecordedParts) {
    this.#recorder = recorder;
    this.#closes = parts.of(websocketClosesMetric) ?? [];
    this.#codes = codesOfRun.get(recorder) ?? new Set();
    codesOfRun.set(recorder, this.#codes);
  }

  received(): void {
    this.#recorder.addMetric(messagesInMetric, one);
  }

  sent(): void {
    this.#recorder.addMetric(messagesOutMetric, one);
  }

  /** Counts a closed socket, also by its code: `websocket_closes{code:"1006"}`. */
  closed(code: number, tags: Readonly<Record<string, string>> | undefined): void {
    const tagged = { ...tags, code: String(code) };
    const parts = this.#closes.filter((part) => part.holds(tagged)).map(({ name }) => name);
    const names = new Set([websocketClosesMetric, ...parts]);
    if (this.#codes.has(code) || this.#codes.size < mostCodes) {
      this.#codes.add(code);
      names.add(`${websocketClosesMetric}{code:"${code}"}`);
    }
    for (const name of names) this.#recorder.addMetric(name, one);
  }
}
