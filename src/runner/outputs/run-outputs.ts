import type { Logger } from "pino";
import type { RunEvent } from "../../core/run.ts";
import type { RequestRowSink } from "../../master/master-options.ts";
import type { ReportSource, RunOutput, StartedRun } from "./run-output.ts";
import { withUnwritten } from "./unwritten-output.ts";

/** How often new events are polled between two windows. */
const eventsEveryMs = 200;

/** The outputs of one run. Calls them in the order of the list, and isolates them from each other's failures. */
export class RunOutputs {
  readonly #outputs: readonly RunOutput[];
  readonly #log: Logger;
  /** Outputs that have begun and have not failed. */
  readonly #live = new Set<RunOutput>();
  readonly #failed = new Set<RunOutput>();
  /** The errors of required outputs. */
  readonly #problems: unknown[] = [];
  #events: () => readonly RunEvent[] = () => [];
  #eventCount = 0;
  #stopListening = () => {};

  constructor(outputs: readonly RunOutput[], log: Logger) {
    this.#outputs = outputs;
    this.#log = log;
  }

  /** Receives individual requests for the outputs that want them; null if none does. */
  get requestRows(): RequestRowSink | null {
    const wanted = this.#outputs.flatMap(({ wantedRequests }) => wantedRequests ?? []);
    if (wanted.length === 0) return null;
    return {
      share: Math.max(...wanted.map(({ share }) => share)),
      hasSampled: wanted.some(({ hasSampled }) => hasSampled),
      take: async (worker, rows, leftOut) => {
        await Promise.all(
          [...this.#live].map(async (output) => {
            try {
              await output.requests?.(worker, rows, leftOut);
            } catch (error) {
              this.#fail(output, error);
            }
          }),
        );
      },
    };
  }

  /** Begins all outputs. @throws the error of a required output */
  async begin(run: StartedRun): Promise<void> {
    const { master } = run;
    for (const output of this.#outputs) {
      try {
        await output.begin?.(run);
        this.#live.add(output);
      } catch (error) {
        if (output.isRequired === true) throw error;
        this.#fail(output, error);
      }
    }
    this.#events = () => master.events;
    const unsubscribe = master.collector.recent.subscribe((window) => {
      this.#passEvents();
      this.#call((output) => output.window?.(window));
    });
    const timer = setInterval(() => this.#passEvents(), eventsEveryMs);
    this.#stopListening = () => {
      unsubscribe();
      clearInterval(timer);
    };
  }

  /**
   * Lets all outputs that began deliver the remaining data, at the same time.
   * @returns warnings for the result, in the order of the outputs. Never rejects
   */
  async settle(ended: ReportSource): Promise<string[]> {
    this.#passEvents();
    this.#stopListening();
    const warnings = [...this.#live].map(async (output) => {
      try {
        return (await output.settle?.(ended)) ?? [];
      } catch (error) {
        this.#fail(output, error);
        return [];
      }
    });
    return (await Promise.all(warnings)).flat();
  }

  /**
   * Passes the result to all outputs that began, and to those that have no `begin`. If a required output fails, the outputs
   * after it get a result that says so.
   * @throws the error of the first required output that failed, after all outputs have finished
   */
  async finish(ended: ReportSource): Promise<void> {
    this.#passEvents();
    this.#stopListening();
    let { result } = ended;
    for (const output of this.#outputs) {
      if (this.#failed.has(output) || (output.begin !== undefined && !this.#live.has(output))) continue;
      try {
        await output.finish?.({ ...ended, result });
      } catch (error) {
        this.#fail(output, error);
        if (output.isRequired === true) result = withUnwritten(result, error);
      }
    }
    const [first, ...others] = this.#problems;
    for (const other of others) this.#log.error({ err: other }, messageOf(other));
    if (first !== undefined) throw first;
  }

  /** Closes all outputs, including failed ones. */
  close(): void {
    this.#stopListening();
    this.#live.clear();
    for (const output of this.#outputs) output.close?.();
  }

  /** Passes new events to the outputs. Called regularly, because the master has no listener for events. */
  #passEvents(): void {
    const events = this.#events();
    while (this.#eventCount < events.length) {
      const event = events[this.#eventCount++];
      if (event !== undefined) this.#call((output) => output.event?.(event));
    }
  }

  #call(method: (output: RunOutput) => void): void {
    for (const output of this.#live) {
      try {
        method(output);
      } catch (error) {
        this.#fail(output, error);
      }
    }
  }

  #fail(output: RunOutput, error: unknown): void {
    this.#live.delete(output);
    this.#failed.add(output);
    if (output.isRequired === true) this.#problems.push(error);
    else this.#log.warn(`${output.name} failed, and the run continues without it: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
