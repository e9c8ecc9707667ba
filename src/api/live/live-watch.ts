import { planColumns } from "../../report/page/plan-columns.ts";
import { standingOf } from "../../report/page/standing.ts";
import type { Result } from "../../report/result/result-schema.ts";
import type { RunOutput } from "../../runner/outputs/run-output.ts";
import type { CurrentRun, RunSession } from "../../runner/run-session.ts";
import type { LiveResultEvent } from "../contract/live.ts";
import type { LiveFeed } from "./live-feed.ts";
import { LiveOutput } from "./live-output.ts";
import { liveState } from "./live-state.ts";
import { liveWorkers } from "./live-workers.ts";

const lookEveryMs = 200;
const secondMs = 1_000;
/** The number of endpoints above which the result is sent only every other second, because it is long. */
const manyEndpoints = 50;

/** Polls the session and sends its state, its workers and the result so far to the live page, while a client is connected. */
export class LiveWatch {
  readonly #session: RunSession;
  readonly #feed: LiveFeed;
  readonly #nowMs: () => number;
  readonly #timer: NodeJS.Timeout;
  #run: CurrentRun | null = null;
  /** The output of the current run. */
  #output: LiveOutput | null = null;
  #state = "";
  #stateAtMs = Number.NEGATIVE_INFINITY;
  /** The number of changes in the plan that was last sent; null if none was sent. */
  #planChanges: number | null = null;
  #resultAtMs = Number.NEGATIVE_INFINITY;
  /** The result of the ended run that was last sent; null if none was sent. */
  #finalResult: Result | null = null;

  constructor(session: RunSession, feed: LiveFeed, nowMs: () => number) {
    this.#session = session;
    this.#feed = feed;
    this.#nowMs = nowMs;
    this.#timer = setInterval(() => this.look(), lookEveryMs);
  }

  /** Creates the output of the next run. */
  createOutput(): RunOutput {
    this.#output = new LiveOutput(this.#feed);
    return this.#output;
  }

  /** Sends everything that has changed since the last call. */
  look(): void {
    const { current } = this.#session;
    const isOther = current?.master !== this.#run?.master;
    this.#run = current;
    if (isOther || this.#feed.readerCount === 0) this.#forget();
    if (this.#feed.readerCount === 0) return;
    this.#sendState();
    this.#sendPlan();
    this.#sendResult();
  }

  /** Resets the statistics that the page shows. */
  resetStatistics(): void {
    this.#output?.reset();
    this.#resultAtMs = Number.NEGATIVE_INFINITY;
    this.look();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Makes the next call send everything again: a new reader must not get an outdated state. */
  #forget(): void {
    this.#feed.forgetSnapshots();
    this.#stateAtMs = Number.NEGATIVE_INFINITY;
    this.#planChanges = null;
    this.#resultAtMs = Number.NEGATIVE_INFINITY;
    this.#finalResult = null;
  }

  /** Sends the state and the workers once a second, and after each change. */
  #sendState(): void {
    const state = liveState(this.#session);
    const kind = `${state.runId} ${state.phase} ${state.state} ${state.canStart} ${state.workers.connected}`;
    const nowMs = this.#nowMs();
    if (kind === this.#state && nowMs - this.#stateAtMs < secondMs) return;
    this.#state = kind;
    this.#stateAtMs = nowMs;
    this.#feed.show("state", state);
    this.#feed.show("workers", liveWorkers(this.#session, nowMs));
  }

  /** Sends the plan of the run at its start, and after each change by a user or a search. */
  #sendPlan(): void {
    const run = this.#run;
    if (run === null) return;
    const { steering, search } = run.master;
    const steps = search?.steps ?? [];
    const changes = steering.length + steps.length;
    if (changes === this.#planChanges) return;
    this.#planChanges = changes;
    const { runId, facts } = run.definition;
    this.#feed.show("plan", { runId, plan: planColumns(facts, steering, steps) });
  }

  /** Sends the result so far regularly, and that of an ended run again when outputs have added their warnings to it. */
  #sendResult(): void {
    const run = this.#run;
    if (run === null) return;
    const { collector } = run.master;
    const everyMs = collector.totals.endpointCount > manyEndpoints ? 2 * secondMs : secondMs;
    const nowMs = this.#nowMs();
    if (run.result === null ? nowMs - this.#resultAtMs < everyMs : run.result === this.#finalResult) return;
    this.#resultAtMs = nowMs;
    this.#finalResult = run.result;
    this.#feed.show("result", this.#resultOf(run));
  }

  #resultOf(run: CurrentRun): LiveResultEvent {
    const { runId } = run.definition;
    const result = this.#session.resultOf(run);
    if (run.result !== null) return { runId, result, since: null, standing: null };
    const reset = this.#output?.since ?? null;
    const since = reset === null ? null : { atMs: reset.atMs, result: this.#session.resultSince(run, reset) };
    return { runId, result, since, standing: standingOf(result) };
  }
}
