import { setTimeout as delay } from "node:timers/promises";
import { describeValue } from "../../core/describe-value.ts";
import { printable } from "../../core/readable-text.ts";
import { redactText } from "../../core/redaction/redact.ts";
import { longestObservedName } from "../../core/size-limits.ts";
import { describeThrown } from "../../scenario/bundle/test-frames.ts";
import type { ResolvedSource } from "../../scenario/observe/resolve-observe.ts";
import type { Observation } from "../../scenario/observe/sources.ts";
import type { RunParts } from "../run-context.ts";
import { mostObservedSeries } from "./observed-log.ts";
import { type Reader, readerOf } from "./readers.ts";

/** The maximum number of events about one source, which report that it fails or gives values again. */
const mostEvents = 20;
const longestReason = 300;

type Observing = Pick<RunParts, "options" | "timeline" | "journal" | "observed">;

/**
 * Reads all sources of observed metrics while the load runs. A failed reading is counted, and events report it; it
 * never ends the run.
 */
export class ServiceObserver {
  readonly #ended = new AbortController();

  /** Starts reading. The first reading is at the start of the load. */
  constructor(run: Observing) {
    for (const source of run.options.resolved.observe) new SourceWatch(run, source, this.#ended.signal).start();
  }

  /** Ends all readings. Values that arrive later are not recorded. Can be called more than once. */
  stop(): void {
    this.#ended.abort();
  }
}

/** Reads one source, one reading after the other. */
class SourceWatch {
  readonly #run: Observing;
  readonly #source: ResolvedSource;
  readonly #read: Reader;
  readonly #ended: AbortSignal;
  /** A reading that has timed out but has not ended; null if there is none. */
  #late: Promise<unknown> | null = null;
  /** The last value of each counter, by its name. */
  readonly #counters = new Map<string, { readonly atMs: number; readonly value: number }>();
  #isFailing = false;
  #events = 0;

  constructor(run: Observing, source: ResolvedSource, ended: AbortSignal) {
    this.#run = run;
    this.#source = source;
    this.#read = readerOf(source.definition);
    this.#ended = ended;
  }

  start(): void {
    this.#watch().catch((error: unknown) => {
      // A reading never rejects, so this is a defect.
      if (!this.#ended.aborted)
        this.#run.options.log.error({ err: error }, "reading observed metrics ended because of a defect in muster");
    });
  }

  async #watch(): Promise<void> {
    const { everyMs } = this.#source;
    let dueMs = performance.now() + Math.max(0, -this.#run.timeline.elapsedMs);
    for (;;) {
      await this.#until(dueMs);
      if (this.#ended.aborted) return;
      await this.#readOnce();
      if (this.#run.observed.isFull) {
        this.#say("source-failed", "no further values are kept: the run has too many of them");
        return;
      }
      // Skip the readings that were due while the master was stalled.
      dueMs += everyMs * Math.max(1, Math.ceil((performance.now() - dueMs) / everyMs));
    }
  }

  async #until(dueMs: number): Promise<void> {
    await delay(Math.max(0, dueMs - performance.now()), undefined, { signal: this.#ended }).catch(() => {});
  }

  async #readOnce(): Promise<void> {
    const { name, timeoutMs } = this.#source;
    if (this.#late !== null) {
      this.#failed("the previous reading has not ended yet");
      return;
    }
    const { runId, resolved } = this.#run.options;
    const signal = AbortSignal.any([this.#ended, AbortSignal.timeout(timeoutMs)]);
    const reading = (async () => await this.#read({ signal, runId, profile: resolved.profile }))();
    const outcome = await Promise.race([
      reading.then(
        (value) => ({ kind: "value" as const, value }),
        (error: unknown) => ({ kind: "error" as const, error }),
      ),
      aborted(signal),
    ]);
    if (this.#ended.aborted) return;
    if (outcome === null || (outcome.kind === "error" && signal.aborted)) {
      if (outcome === null) this.#awaitLate(reading);
      this.#failed(`no value within ${timeoutMs / 1_000} s`);
      return;
    }
    if (outcome.kind === "error") this.#failed(this.#reasonOf(outcome.error));
    else this.#take(name, outcome.value);
  }

  /** Returns the reason of an error. If code of the test threw it, the reason includes the place in that code. */
  #reasonOf(error: unknown): string {
    if (this.#source.definition.kind === "function" || !(error instanceof Error)) return describeThrown(error);
    // A host with several addresses has an error for each; report the first.
    const [first] = error instanceof AggregateError ? error.errors : [];
    return first instanceof Error ? first.message : error.message;
  }

  #awaitLate(reading: Promise<unknown>): void {
    const settled = () => {
      this.#late = null;
    };
    this.#late = reading.then(settled, settled);
  }

  #take(name: string, observation: Observation): void {
    const atMs = Math.max(0, Math.round(this.#run.timeline.elapsedMs));
    const isRecord = typeof observation === "object" && observation !== null;
    // The keys may come from untrusted JSON.
    const given: [string, unknown][] = isRecord
      ? Object.entries(observation).map(([key, value]) => [`${name}.${printable(key)}`, value])
      : [[name, observation]];
    const problems = given.flatMap(([metric, value]) => this.#takeValue(metric, value, atMs) ?? []);
    const [first] = problems;
    if (first !== undefined) this.#failed(problems.length === 1 ? first : `${first} (and ${problems.length - 1} more)`);
    else this.#succeeded();
  }

  /** Returns what is wrong with the value; null if nothing is. */
  #takeValue(metric: string, value: unknown, atMs: number): string | null {
    const { name, unit, isRate } = this.#source;
    if (value === null || (value === undefined && metric !== name)) return null;
    const shown = metric.slice(0, longestObservedName);
    if (typeof value !== "number") return `${shown} is ${describeValue(value)}; expected a number`;
    if (!Number.isFinite(value)) return `${shown} is ${value}; only finite numbers are recorded`;
    if (metric.length > name.length + 1 + longestObservedName) return `the name ${shown}… is too long`;
    const sample = isRate ? this.#increase(metric, value, atMs) : { atMs, value: value + 0 };
    if (sample === null) return null;
    const hasRoom = this.#run.observed.add({ name: metric, source: name, unit }, sample);
    return hasRoom ? null : `there are more than ${mostObservedSeries} observed metrics: ${shown} is left out`;
  }

  /**
   * Returns the increase of a counter per second since the last reading; null if it is not known, such as after a
   * restart of the service.
   */
  #increase(metric: string, value: number, atMs: number): { readonly atMs: number; readonly value: number } | null {
    const before = this.#counters.get(metric);
    // A service could name any number of counters.
    if (before === undefined && this.#counters.size >= mostObservedSeries) return null;
    this.#counters.set(metric, { atMs, value });
    if (before === undefined || value < before.value || atMs <= before.atMs) return null;
    return { atMs, value: ((value - before.value) * 1_000) / (atMs - before.atMs) };
  }

  #succeeded(): void {
    this.#run.observed.count(this.#source.name, null);
    if (this.#isFailing) this.#say("source-returned", "gives values again");
    this.#isFailing = false;
  }

  #failed(reason: string): void {
    const text = printable(redactText(reason.replace(/\s+/g, " "))).slice(0, longestReason);
    const atMs = Math.max(0, Math.round(this.#run.timeline.elapsedMs));
    this.#run.observed.count(this.#source.name, { atMs, text });
    if (!this.#isFailing) this.#say("source-failed", `could not be read: ${text}`);
    this.#isFailing = true;
  }

  #say(kind: "source-failed" | "source-returned", text: string): void {
    this.#events++;
    if (this.#events > mostEvents) return;
    const last = this.#events === mostEvents ? "; further ones are only counted" : "";
    this.#run.journal.alert(kind, `observe.${this.#source.name} ${text}${last}`);
  }
}

/** Resolves to null when the signal is aborted. */
async function aborted(signal: AbortSignal): Promise<null> {
  if (signal.aborted) return null;
  return await new Promise((resolve) => signal.addEventListener("abort", () => resolve(null), { once: true }));
}
