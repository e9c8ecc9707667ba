import type { Logger } from "pino";
import type { Result } from "../../report/result/result-schema.ts";
import type { Window } from "../../stats/windows.ts";
import { DeliveryQueue } from "../delivery/delivery-queue.ts";
import type { DeliveryTarget } from "../delivery/delivery-target.ts";
import type { RunIdentity } from "../delivery/otlp-resource.ts";
import { inSlices } from "../metrics/in-slices.ts";
import type { MetricFamily } from "../metrics/metric-family.ts";
import { familiesOf } from "../metrics/run-families.ts";
import type { ReportSource, RunOutput, StartedRun } from "./run-output.ts";

/** Writes families as the bodies of requests. Yields null between two points, where the caller can pause. */
export type MetricsEncoder = (
  families: Iterable<MetricFamily>,
  run: RunIdentity,
  times: PushTimes,
) => Iterable<Uint8Array | null>;

/** The times of the values, in ms since 1970. */
export interface PushTimes {
  /** When the run was created. The counters of a resumed run also start from then. */
  readonly beganMs: number;
  /** When the values were read; always later than the previous values. */
  readonly readMs: number;
}

export interface PushOptions {
  readonly target: DeliveryTarget;
  readonly encode: MetricsEncoder;
  /** The time between two deliveries, in ms. */
  readonly intervalMs: number;
  readonly log: Logger;
}

/**
 * Sends the metrics of a run to a receiver at an interval, and at the end. All values are totals since the start of the run, so
 * that the next delivery makes up for a lost one.
 */
export class PushOutput implements RunOutput {
  readonly name: string;
  readonly #options: PushOptions;
  readonly #queue: DeliveryQueue;
  #run: StartedRun | null = null;
  #readMs = 0;
  #usersByClass: ReadonlyMap<string, number> = new Map();
  #timer: NodeJS.Timeout | null = null;
  /** Resolves when the values that are being encoded are in the queue; null while none are. */
  #pushing: Promise<void> | null = null;

  constructor(options: PushOptions) {
    const { target, log } = options;
    this.name = target.name;
    this.#options = options;
    this.#queue = new DeliveryQueue(target, log);
  }

  begin(run: StartedRun): void {
    this.#run = run;
    this.#timer = setInterval(() => this.#pushSoFar(run), this.#options.intervalMs);
  }

  window({ users }: Window): void {
    this.#usersByClass = users.byClass;
  }

  async settle({ result }: ReportSource): Promise<readonly string[]> {
    this.#stop();
    await this.#pushing;
    if (this.#run !== null) await this.#push(this.#run, result);
    const undelivered = await this.#queue.drain();
    return undelivered === null ? [] : [undelivered];
  }

  close(): void {
    this.#stop();
    this.#queue.close();
  }

  /** Sends the current values, unless the previous ones are still being encoded. */
  #pushSoFar(run: StartedRun): void {
    this.#pushing ??= this.#push(run, null)
      .catch((error: unknown) => {
        this.#stop();
        this.#options.log.error({ err: error }, `${this.name}: a defect in muster; the next values are the final ones`);
      })
      .finally(() => {
        this.#pushing = null;
      });
  }

  async #push({ definition, master }: StartedRun, result: Result | null): Promise<void> {
    const { runId, testName, resolved, createdAt } = definition;
    this.#readMs = Math.max(Date.now(), this.#readMs + 1);
    const times = { beganMs: Date.parse(createdAt), readMs: this.#readMs };
    const families = familiesOf({ definition, master, usersByClass: this.#usersByClass, result });
    const bodies = this.#options.encode(
      families,
      { runId, testName, profile: resolved.profile, host: resolved.host },
      times,
    );
    for await (const body of inSlices(bodies)) if (body !== null) this.#queue.add(body, result !== null);
  }

  #stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }
}
