import type { CurrentRun, RunSession } from "../run-session.ts";
import type { LiveFeed } from "./live-feed.ts";
import { LiveResults } from "./live-results.ts";
import { liveState } from "./live-state.ts";
import { liveWindow } from "./live-window.ts";
import { liveWorkers } from "./live-workers.ts";

const lookEveryMs = 200;
const secondMs = 1_000;
/** With more endpoints a result is long: every other second is enough. */
const manyEndpoints = 50;

/** Watches the session and tells the feed. Looking is cheap; results are only made for somebody. */
export class LiveWatch {
  readonly #session: RunSession;
  readonly #feed: LiveFeed;
  readonly #nowMs: () => number;
  readonly #timer: NodeJS.Timeout;
  #run: CurrentRun | null = null;
  #unsubscribe: () => void = () => {};
  #results: LiveResults | null = null;
  #events = 0;
  #state = "";
  #stateAtMs = Number.NEGATIVE_INFINITY;
  #resultAtMs = Number.NEGATIVE_INFINITY;

  constructor(session: RunSession, feed: LiveFeed, nowMs: () => number) {
    this.#session = session;
    this.#feed = feed;
    this.#nowMs = nowMs;
    this.#timer = setInterval(() => this.look(), lookEveryMs);
  }

  look(): void {
    const { current } = this.#session;
    if (current?.master !== this.#run?.master) this.#follow(current);
    this.#run = current;
    this.#tellEvents();
    if (this.#feed.readerCount > 0) {
      this.#tellState();
      this.#tellResult();
    } else this.#forget();
  }

  /** The statistics that are shown begin anew. */
  resetStatistics(): void {
    this.look();
    this.#results?.reset();
    this.#resultAtMs = Number.NEGATIVE_INFINITY;
    this.look();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#unfollow();
  }

  #unfollow(): void {
    this.#unsubscribe();
    this.#results?.close();
    this.#results = null;
  }

  #follow(run: CurrentRun | null): void {
    this.#unfollow();
    this.#events = 0;
    this.#forget();
    if (run === null) return;
    this.#results = new LiveResults(this.#session, run);
    const { recent } = run.master.collector;
    this.#unsubscribe = recent.subscribe((window) => this.#feed.log("window", liveWindow(run.id, window)));
  }

  #tellEvents(): void {
    if (this.#run === null) return;
    const { id: runId, master } = this.#run;
    for (const event of master.events.slice(this.#events)) this.#feed.log("event", { runId, ...event });
    this.#events = master.events.length;
  }

  /** Whoever comes next is not to see how things stood long ago. */
  #forget(): void {
    this.#feed.forgetSnapshots();
    this.#stateAtMs = Number.NEGATIVE_INFINITY;
    this.#resultAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Once a second, and when it is another. */
  #tellState(): void {
    const state = liveState(this.#session);
    const kind = `${state.runId} ${state.phase} ${state.state} ${state.workers.connected}`;
    const nowMs = this.#nowMs();
    if (kind === this.#state && nowMs - this.#stateAtMs < secondMs) return;
    this.#state = kind;
    this.#stateAtMs = nowMs;
    this.#feed.show("state", state);
    this.#feed.show("workers", liveWorkers(this.#session, nowMs));
  }

  #tellResult(): void {
    const run = this.#run;
    if (run === null || this.#results === null) return;
    const { collector } = run.master;
    const everyMs = collector.totals.endpointCount > manyEndpoints ? 2 * secondMs : secondMs;
    const isFinal = run.result !== null;
    const nowMs = this.#nowMs();
    if (isFinal ? this.#resultAtMs === Number.POSITIVE_INFINITY : nowMs - this.#resultAtMs < everyMs) return;
    this.#resultAtMs = isFinal ? Number.POSITIVE_INFINITY : nowMs;
    this.#feed.show("result", this.#results.event(run));
  }
}
