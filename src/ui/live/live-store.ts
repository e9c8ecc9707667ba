import type {
  LiveEvents,
  LivePlan,
  LiveResultEvent,
  LiveState,
  LiveWindow,
  LiveWorker,
  LogLine,
} from "../../api/contract/live.ts";
import type { Session } from "../../api/contract/session.ts";
import type { RunReport } from "../../report/page/model.ts";
import { emptyReport, LiveRun } from "../data/live-run.ts";
import { api, RequestProblem } from "./api-client.ts";
import { isReportDue, longestSilenceMs, mergedLogs } from "./live-upkeep.ts";

/** The number of windows in a requested report. A new report is requested when the live stream has added the same number. */
const maxWindows = 600;
const keptLogs = 500;
/**
 * The minimum time between two reports. Reports update the heat map and the series of the workers, and take time of the
 * master. A young run, whose report is short, gets another report when its age has grown by a quarter.
 */
const refreshAtLeastMs = 15_000;
const refreshOfRun = 1 / 4;
/** The maximum share of the time that reports take. */
const refreshShare = 0.02;
const retryMs = 2_000;
/** The number of characters above which a result is large. Such a result has about 100 endpoints. */
const largeResult = 150_000;
const largeResultMs = 2_000;

export type ConnectionState =
  | { readonly kind: "connecting" | "open" }
  /** `isLoggedOut`: the master can be reached, but the session of the browser has ended. */
  | { readonly kind: "lost"; readonly sinceMs: number; readonly isLoggedOut?: true };

export interface Live {
  readonly session: Session | null;
  readonly state: LiveState | null;
  /** The report of the active run, or of the last one. */
  readonly report: RunReport | null;
  /** The figures since the last reset of the statistics, which cards and tables show; null without a reset. */
  readonly since: LiveResultEvent["since"];
  readonly workers: readonly LiveWorker[];
  readonly logs: readonly LogLine[];
  readonly connection: ConnectionState;
  /** The number of times the page has connected, from 1. After each connection, it reloads the stored runs that it shows. */
  readonly connects: number;
}

/** The state of the master, from the live stream. The stream is open as long as the page is. */
export class LiveStore {
  #session: Session | null = null;
  #state: LiveState | null = null;
  #run: LiveRun | null = null;
  #workers: readonly LiveWorker[] = [];
  #logs: readonly LogLine[] = [];
  #connection: ConnectionState = { kind: "connecting" };
  #connects = 0;
  /** The latest plan, of any run. */
  #plan: LivePlan | null = null;
  #source: EventSource | null = null;
  #heardAtMs = performance.now();
  #isLoading = false;
  #isAskedAgain = false;
  #nextLoadAtMs = 0;
  /** Whether the last report could not be loaded, although there is one. */
  #hasFailed = false;
  /** When the last report was loaded, or failed to load. */
  #loadedAtMs = 0;
  #live: Live | null = null;
  #isTold = true;
  /** The latest result as received; null once it is parsed. */
  #resultText: string | null = null;
  #resultTimer: ReturnType<typeof setTimeout> | null = null;
  readonly #listeners = new Set<() => void>();

  constructor() {
    this.#connect();
    setInterval(() => this.#look(), 1_000);
  }

  get live(): Live {
    this.#live ??= {
      session: this.#session,
      state: this.#state,
      report: this.#run?.report ?? null,
      since: this.#run?.since ?? null,
      workers: this.#workers,
      logs: this.#logs,
      connection: this.#connection,
      connects: Math.max(1, this.#connects),
    };
    return this.#live;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #connect(): void {
    const source = new EventSource("/api/live");
    this.#source = source;
    source.onopen = () => {
      this.#heardAtMs = performance.now();
      this.#connects += 1;
      this.#setConnection({ kind: "open" });
      void this.#loadSession();
    };
    source.onerror = () => {
      this.#lose();
      // The browser reconnects automatically, but not after an error response.
      if (source.readyState === EventSource.CLOSED) {
        setTimeout(() => this.#connect(), retryMs);
        void this.#loadSession();
      }
    };
    const on = <Type extends keyof LiveEvents>(type: Type, take: (data: LiveEvents[Type]) => void) =>
      listen(type, (data) => take(data as LiveEvents[Type]));
    const listen = (type: string, take: (data: unknown) => void) =>
      source.addEventListener(type, ({ data }: MessageEvent<string>) => {
        this.#heardAtMs = performance.now();
        take(JSON.parse(data));
        this.#change();
      });
    on("state", (state) => this.#setState(state));
    on("window", (window) => this.#addWindow(window));
    on("plan", (plan) => this.#setPlan(plan));
    source.addEventListener("result", ({ data }: MessageEvent<string>) => {
      this.#heardAtMs = performance.now();
      this.#resultText = data;
      this.#readResult();
    });
    on("workers", (workers) => {
      this.#workers = workers;
    });
    on("log", (line) => {
      this.#logs = [...this.#logs, line].slice(-keptLogs);
    });
    listen("heartbeat", () => {});
    for (const type of ["hello", "reset"]) {
      listen(type, () => {
        this.#loadSoon();
        void this.#loadLogs();
      });
    }
  }

  #setState(state: LiveState): void {
    const before = this.#state;
    this.#state = state;
    if (state.runId !== before?.runId) {
      if (this.#run?.id !== state.runId) this.#run = null;
      this.#loadSoon();
    }
    if (state.state === "finished" && before?.state !== "finished") {
      this.#loadSoon();
      if (this.#resultTimer !== null) clearTimeout(this.#resultTimer);
      this.#resultTimer = null;
      this.#readResult();
    }
  }

  #addWindow(window: LiveWindow): void {
    if (this.#run?.id === window.runId) this.#run.addWindow(window);
  }

  #setPlan(plan: LivePlan): void {
    this.#plan = plan;
    if (this.#run?.id === plan.runId) this.#run.setPlan(plan.plan);
  }

  /** Parses the latest result. A large one, which takes longer than any other event, is parsed at most every 2 s. */
  #readResult(): void {
    const text = this.#resultText;
    if (text === null || this.#resultTimer !== null) return;
    this.#resultText = null;
    this.#setResult(JSON.parse(text) as LiveResultEvent);
    this.#change();
    if (text.length < largeResult || this.#state?.state === "finished") return;
    this.#resultTimer = setTimeout(() => {
      this.#resultTimer = null;
      this.#readResult();
    }, largeResultMs);
  }

  #setResult({ runId, ...result }: LiveResultEvent): void {
    if (this.#state !== null && this.#state.runId !== runId) return;
    if (this.#run?.id !== runId) this.#begin(runId, emptyReport(result.result));
    this.#run?.setResult(result, this.#state?.phase ?? "running");
  }

  #begin(runId: string, report: RunReport): void {
    this.#run = new LiveRun(runId, report);
    if (this.#plan?.runId === runId) this.#run.setPlan(this.#plan.plan);
  }

  /** Checks once a second whether the connection is alive, and whether another report is due. */
  #look(): void {
    const nowMs = performance.now();
    const isOpen = this.#connection.kind === "open";
    const hasFailed = this.#hasFailed && isOpen;
    const requests = { state: this.#state?.state ?? null, hasFailed, nextAtMs: this.#nextLoadAtMs };
    if (isOpen && nowMs - this.#heardAtMs > longestSilenceMs(requests.state)) {
      this.#lose();
      this.#source?.close();
      this.#connect();
    }
    // A report replaces the windows before it, so that the page's memory does not grow without limit.
    const isLong = (this.#run?.length ?? 0) > 2 * maxWindows;
    if (isReportDue(requests, nowMs) || (isLong && nowMs >= this.#loadedAtMs + retryMs)) void this.#loadReport();
    if (this.#connection.kind === "lost") this.#change();
  }

  #loadSoon(): void {
    this.#nextLoadAtMs = 0;
    void this.#loadReport();
  }

  async #loadSession(): Promise<void> {
    try {
      const session = await api.session();
      this.#session = session;
      this.#setState(session);
      this.#change();
    } catch (error) {
      // The page shows that the connection is lost.
      const isLoggedOut = error instanceof RequestProblem && error.status === 401;
      if (isLoggedOut && this.#connection.kind === "lost") this.#setConnection({ ...this.#connection, isLoggedOut });
    }
  }

  /** Loads the lines that were logged before the page connected. */
  async #loadLogs(): Promise<void> {
    try {
      this.#logs = mergedLogs(await api.logs(), this.#logs, keptLogs);
      this.#change();
    } catch {
      // The page shows that the connection is lost.
    }
  }

  async #loadReport(): Promise<void> {
    const id = this.#state?.runId ?? null;
    if (this.#isLoading) this.#isAskedAgain = true;
    if (id === null || this.#isLoading) return;
    this.#isLoading = true;
    this.#isAskedAgain = false;
    const startedMs = performance.now();
    let leastMs = retryMs;
    try {
      const report = await api.report(id, maxWindows);
      this.#hasFailed = false;
      if (this.#state?.runId === id) {
        if (this.#run?.id === id) this.#run.replace(report);
        else this.#begin(id, report);
        this.#change();
      }
      const ageMs = this.#state?.elapsedMs ?? 0;
      leastMs = Math.min(refreshAtLeastMs, Math.max(retryMs, ageMs * refreshOfRun));
    } catch (error) {
      // A run that has just started has no report yet. Its windows and its result are shown.
      this.#hasFailed = !(error instanceof RequestProblem && error.status === 404);
    } finally {
      this.#isLoading = false;
      const endedMs = performance.now();
      this.#loadedAtMs = endedMs;
      // The first report takes longest, because a process has just started. The next one of a young run waits at most as long as
      // the run's age.
      const byShareMs = Math.min((endedMs - startedMs) / refreshShare, Math.max(retryMs, this.#state?.elapsedMs ?? 0));
      this.#nextLoadAtMs = endedMs + Math.max(leastMs, byShareMs);
      // A report was requested while this one was loading: of another run, or of the same run at its end.
      if (this.#isAskedAgain) this.#loadSoon();
    }
  }

  /** Marks the connection as lost. The shown data is as old as the last event. */
  #lose(): void {
    if (this.#connection.kind !== "lost") this.#setConnection({ kind: "lost", sinceMs: this.#heardAtMs });
  }

  #setConnection(connection: ConnectionState): void {
    this.#connection = connection;
    this.#change();
  }

  /** Notifies the listeners, once for all events within 30 ms. */
  #change(): void {
    if (!this.#isTold) return;
    this.#isTold = false;
    setTimeout(() => {
      this.#isTold = true;
      this.#live = null;
      for (const listener of this.#listeners) listener();
    }, 30);
  }
}
