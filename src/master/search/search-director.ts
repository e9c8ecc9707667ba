import { describeTrial } from "../../analysis/capacity/describe-trial.ts";
import type { EndReason } from "../../analysis/capacity/next-trial.ts";
import {
  type AnySearchEvent,
  type AnySearchStep,
  nextOf,
  type TimedSearchStep,
} from "../../analysis/capacity/search.ts";
import type { Search } from "../../core/plan/search.ts";
import type { Window } from "../../stats/windows.ts";
import type { Operation, TimedOperation } from "../load/operation.ts";
import { DrainWatch } from "./drain-watch.ts";
import { searchOf, searchStepsOf } from "./search-record.ts";
import { TrialRun } from "./trial-run.ts";

export interface SearchDirectorOptions {
  readonly search: Search;
  /** The name of the scenario whose load the search changes. */
  readonly scenario: string;
  /** Returns the next whole second at which the load can be changed. */
  readonly nextSecondMs: () => number;
  /** Changes the load and records why. */
  readonly carryOut: (operation: Omit<Extract<Operation, { kind: "search" }>, "kind">, atMs: number) => void;
  /**
   * Returns why the load generator cannot be trusted in a part of the run, by the health samples of the workers; null
   * if it can.
   */
  readonly generatorProblemIn: (fromMs: number, toMs: number, p95Ms: number) => string | null;
  /** Reports progress as text. */
  readonly tell: (text: string) => void;
}

/** The current step, and when it began. */
interface Running {
  readonly step: AnySearchStep;
  readonly startMs: number;
  readonly trial: TrialRun | null;
}

/**
 * Leads a search from trial to trial. It receives closed windows and responds by changing the load. Trials and changes
 * are recorded, so that a restarted master can resume the search. It repeats the trial that was running at the restart.
 */
export class SearchDirector {
  readonly #options: SearchDirectorOptions;
  readonly #events: AnySearchEvent[] = [];
  readonly #steps: TimedSearchStep[] = [];
  readonly #drain: DrainWatch;
  #running: Running | null = null;
  #reason: EndReason | null = null;

  constructor(options: SearchDirectorOptions) {
    this.#options = options;
    this.#drain = new DrainWatch(options.search.targets);
  }

  /** Why the search ended; null while it continues. */
  get reason(): EndReason | null {
    return this.#reason;
  }

  get events(): readonly AnySearchEvent[] {
    return this.#events;
  }

  /** All steps so far, including the current one. */
  get steps(): readonly TimedSearchStep[] {
    return this.#steps;
  }

  /** Starts the first trial, before the load begins. */
  begin(): void {
    this.#advance([], 0);
  }

  /** Resumes the search from its record. */
  resume(operations: readonly TimedOperation[]): void {
    const { events, latest } = searchOf(operations);
    this.#events.push(...events);
    if (latest === null) {
      this.#advance([], this.#options.nextSecondMs());
      return;
    }
    this.#steps.push(...searchStepsOf(operations).slice(0, -1));
    this.#enter(latest.step, latest.atMs);
    this.spoil("the master was restarted during the trial");
  }

  /** Makes the current trial invalid, so that it is repeated. Does nothing if no trial is running. */
  spoil(reason: string): void {
    this.#running?.trial?.spoil(reason);
  }

  /** Takes the next closed window of all workers, in order of time. */
  take(window: Window): void {
    if (this.#running === null) return;
    this.#drain.add(window);
    const { step, startMs, trial } = this.#running;
    if (trial !== null) {
      trial.add(window);
      if (window.startMs + window.widthMs >= trial.toMs) this.#endTrial(trial);
    } else if (step.kind === "drain") {
      const tookMs = window.startMs + window.widthMs - startMs;
      const drained = this.#drain.isCalm(startMs, step.untilP95Ms);
      if (!drained && tookMs < step.capMs) return;
      const { ratePerSecond } = step;
      this.#advance([{ kind: "drain", startMs, ratePerSecond, tookMs, drained }], this.#options.nextSecondMs());
    }
  }

  /** Returns the current step in a few words; null if there is none. */
  describe(elapsedMs: number): string | null {
    if (this.#running === null) return null;
    const { step, trial } = this.#running;
    if (trial !== null) return `trial ${this.#trialCount + 1}: ${trial.describe(elapsedMs)}`;
    return step.kind === "drain" ? `draining at ${step.ratePerSecond}/s` : null;
  }

  get #trialCount(): number {
    return this.#events.filter(({ kind }) => kind !== "drain").length;
  }

  #endTrial(trial: TrialRun): void {
    const { fromMs, toMs } = trial;
    const event = trial.event((p95Ms) => this.#options.generatorProblemIn(fromMs, toMs, p95Ms));
    this.#options.tell(`trial ${this.#trialCount + 1}: ${describeTrial(event)}`);
    this.#advance([event], this.#options.nextSecondMs());
  }

  /**
   * Records the steps that have ended and starts the next one. If the service has recovered right after a passed trial,
   * the drain is skipped.
   */
  #advance(ended: AnySearchEvent[], atMs: number): void {
    const next = () => nextOf(this.#options.search, [...this.#events, ...ended], atMs);
    let step = next();
    const last = ended.at(-1);
    if (step.kind === "drain" && last?.kind === "trial" && last.outcome.kind === "passed") {
      const { ratePerSecond, untilP95Ms } = step;
      if (this.#drain.isCalm(0, untilP95Ms)) {
        ended.push({ kind: "drain", startMs: atMs, ratePerSecond, tookMs: 0, drained: true });
        step = next();
      }
    }
    this.#events.push(...ended);
    this.#options.carryOut({ scenario: this.#options.scenario, ended, step }, atMs);
    this.#enter(step, atMs);
  }

  #enter(step: AnySearchStep, startMs: number): void {
    this.#steps.push({ step, atMs: startMs });
    if (step.kind === "end") {
      this.#reason = step.reason;
      this.#running = null;
      return;
    }
    const trial = step.kind === "drain" ? null : new TrialRun(step, startMs, this.#options.search.targets);
    this.#running = { step, startMs, trial };
  }
}
