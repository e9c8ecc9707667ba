import { classesOf } from "../analysis/load/unmade-load.ts";
import { ThresholdSpans } from "../analysis/threshold-spans.ts";
import { pausedMs } from "../analysis/unjudged-time.ts";
import type { Ending, RunPhase } from "../core/run.ts";
import { namedPartsOf } from "../core/thresholds/named-parts.ts";
import type { PrepareMessage } from "../protocol/master-messages.ts";
import type { RequestRowsMessage } from "../protocol/request-rows.ts";
import { rendezvousRequest, stopRunRequest } from "../protocol/user-requests.ts";
import type { RequestMessage, StopReason, WorkerLogLine } from "../protocol/worker-messages.ts";
import type { WorkerData } from "../report/result/run-data.ts";
import { onceRequest } from "../scenario/shared/once.ts";
import { queueRequests } from "../scenario/shared/queue.ts";
import type { IntervalReport } from "../stats/interval-report.ts";
import type { ExpectedNames } from "../stats/name-cap.ts";
import type { SharedRecord } from "../store/batch.ts";
import { prepareMessage } from "./gather-workers.ts";
import type { MasterOptions } from "./master-options.ts";
import { ObservedLog } from "./observe/observed-log.ts";
import { Collector } from "./record/collector.ts";
import { Journal, type JournalListener } from "./record/journal.ts";
import { isToCome, ReportBounds } from "./record/report-bounds.ts";
import { ResumedTime } from "./resumed-time.ts";
import type { RunParts } from "./run-context.ts";
import { unjudgedSoFar, unmadeSoFar } from "./run-observer.ts";
import type { RunOutcome } from "./run-outcome.ts";
import { RunTimeline } from "./run-timeline.ts";
import type { RunningLoad } from "./running-load.ts";
import { DataRequests } from "./shared/data-requests.ts";
import { OnceValues } from "./shared/once-values.ts";
import { QueueRequests } from "./shared/queue-requests.ts";
import { Rendezvous } from "./shared/rendezvous.ts";
import { RowRequests } from "./shared/row-requests.ts";
import { RunPermits } from "./shared/run-permits.ts";
import { StopRun } from "./shared/stop-run.ts";
import { WorkerRequests } from "./shared/worker-requests.ts";
import { StopRequest } from "./stop-request.ts";
import type { ConnectedWorker } from "./workers/connected-worker.ts";
import type { WorkerEvents } from "./workers/worker-events.ts";
import type { WorkerStatus } from "./workers/worker-state.ts";
import { Workers } from "./workers/workers.ts";

/** One run: its parts, its progress, and what it does when a worker connects, reports, is lost or returns. */
export class Run implements RunParts, WorkerEvents<ConnectedWorker>, JournalListener {
  readonly options: MasterOptions;
  readonly timeline: RunTimeline;
  readonly collector: Collector;
  readonly workers: Workers;
  readonly journal: Journal;
  readonly observed: ObservedLog;
  /** The state that workers shared through the master, as stored when the run was resumed. */
  readonly shared: readonly SharedRecord[];
  readonly requests: WorkerRequests;
  readonly data: DataRequests;
  readonly permits: RunPermits;
  readonly stop: StopRequest;
  readonly time: ResumedTime;
  phase: RunPhase = "waiting";
  /** The load of the run; null before it begins. */
  load: RunningLoad | null = null;
  setup: Record<string, unknown> = {};
  readonly #bounds: ReportBounds;
  /** The numbers of the workers that the master has warned about because they report too many names. */
  readonly #strangers = new Set<number>();

  constructor(options: MasterOptions) {
    const { restored, resolved, stopTimeoutMs } = options;
    const nowMs = () => performance.now();
    this.options = options;
    this.timeline = new RunTimeline(nowMs);
    const judged = [...resolved.thresholds, ...(resolved.search?.targets ?? [])];
    const known = restored ?? { spans: new ThresholdSpans(resolved.thresholds) };
    const expected = expectedNamesOf(prepareMessage(options, null), resolved.scenarios);
    this.collector = new Collector(known, namedPartsOf(judged), options.stallLimitMs, expected);
    this.#bounds = new ReportBounds(restored?.totals ?? null);
    this.workers = new Workers({ ...options, timeline: this.timeline, nowMs }, this);
    this.observed = new ObservedLog(resolved.observe, restored?.observed ?? null);
    this.collector.spans.observe(this.observed);
    const { timeline, collector, workers, observed } = this;
    this.journal = new Journal({ ...options, timeline, collector, workers, observed, nowMs }, this);
    this.shared = restored?.shared ?? [];
    this.requests = new WorkerRequests({ log: options.log, journal: this.journal, workers, shared: this.shared });
    this.requests.register(rendezvousRequest.name, new Rendezvous());
    this.requests.register(stopRunRequest.name, new StopRun(this));
    this.requests.register(onceRequest, new OnceValues(this.journal, this.shared));
    const { data: sources, seed } = options;
    const stopRun = () => this.endLoad(null);
    this.data = new DataRequests({
      sources,
      seed,
      shared: this.shared,
      journal: this.journal,
      workers,
      stopRun,
      nowMs,
    });
    this.requests.register("data", this.data);
    const queues = new QueueRequests({ shared: this.shared, journal: this.journal, workers });
    this.requests.register(queueRequests.put, queues.puts);
    this.requests.register(queueRequests.take, queues.takes);
    this.requests.register("rows", new RowRequests(sources, seed));
    const isLost = ({ status }: { readonly status: WorkerStatus }) => status === "lost" || status === "gone";
    this.permits = new RunPermits({
      limits: resolved,
      shared: this.shared,
      lostBefore: restored?.workers.filter(isLost).map(({ number }) => number) ?? [],
      journal: this.journal,
      elapsedMs: () => this.timeline.elapsedMs,
      end: (kind, why) => {
        if (this.endLoad(null)) this.journal.note(kind, why);
      },
    });
    this.requests.register("permits", this.permits.requests);
    this.stop = new StopRequest(stopTimeoutMs);
    this.time = new ResumedTime(options, timeline);
  }

  get isTimeKnown(): boolean {
    return this.time.isKnown;
  }

  enter(phase: RunPhase): void {
    this.phase = phase;
    this.save();
  }

  save(): void {
    this.journal.save(this.#progress);
  }

  keep(): void {
    this.journal.keep(this.#progress);
  }

  get #progress(): Parameters<Journal["save"]>[0] {
    const { load, workers } = this;
    return {
      phase: this.phase,
      startedAt: load?.startedAt.toISOString() ?? null,
      starters: load?.starters ?? [],
      setup: this.setup,
      signal: this.stop.signal,
      endedEarly: load?.endedEarly ?? null,
      notTakenOver: load?.membership.notTakenOver ?? [],
      done: load?.times.done ?? [],
      load: load?.loadSoFar ?? null,
      workerUsers: workers.all.map(({ number }) => [number, load?.control.userCountOf(number) ?? 0]),
    };
  }

  /** Ends the load early if it runs. Returns whether it did. */
  endLoad(ending: Ending | null): boolean {
    if (this.load?.state !== "running") return false;
    this.load.endEarly(ending);
    return true;
  }

  /** The outcome as if the run had ended here. */
  outcome(ending: Ending): RunOutcome {
    const { load, collector, journal, timeline, workers, phase } = this;
    const carried = load?.carried ?? { loadEndedMs: 0, load: [], steering: [] };
    const isOver = phase === "finished";
    if (isOver) {
      const unjudged = unjudgedSoFar(this, load);
      const idle = load?.times.idle(load.control.scenarios);
      const unmade = unmadeSoFar(this, carried.load, carried.loadEndedMs);
      collector.spans.finish(carried.loadEndedMs, unjudged, collector.health.delays, idle, unmade);
    }
    const loadToMs = load?.state === "running" ? timeline.elapsedMs : carried.loadEndedMs;
    return {
      isOver,
      loadMs: Math.max(0, loadToMs - pausedMs(journal.events, loadToMs)),
      startedAt: load?.startedAt ?? null,
      durationMs: Math.max(0, timeline.elapsedMs),
      ending,
      collector,
      ...carried,
      workers: workers.all.map((worker) => this.#dataOf(worker)),
      warnings: journal.warnings,
      data: this.data.uses,
      permitsUsed: this.permits.requests.made,
      events: journal.events,
      observed: this.observed,
      search: load?.search ?? null,
    };
  }

  #dataOf({ number, identity, state }: ConnectedWorker): WorkerData {
    const { id, host, pid } = identity;
    const { requests, lostBecause, startSkewMs } = state;
    const users = this.load?.control.userCountOf(number) ?? 0;
    return { number, id, host, pid, users, requests, lostBecause, startSkewMs };
  }

  committed(): void {
    this.requests.committed();
    this.load?.observe();
  }

  /**
   * Ends this master. The workers belong to the other master now, so they get no message, neither to stop nor to quit.
   */
  superseded(message: string): void {
    this.options.log.error(message);
    this.stop.supersede(message);
    this.workers.abandon();
  }

  connecting({ number }: ConnectedWorker, elapsedMs: number | null): void {
    this.journal.takeOver();
    const isNews = this.time.learn(number, elapsedMs, this.journal);
    // The worker would send uncommitted reports again.
    this.journal.commit();
    if (isNews) for (const worker of this.workers.connected) if (worker.status === "ready") this.ready(worker);
  }

  connected(worker: ConnectedWorker): void {
    this.journal.touch(worker);
    const isLoading = worker.status === "joined" || worker.status === "loading";
    if (isLoading && this.phase !== "waiting")
      worker.prepare(prepareMessage(this.options, this.permits.folder), this.options);
    else if (worker.status === "running") this.load?.orders.instruct(worker);
  }

  ready(worker: ConnectedWorker): void {
    // The worker's secret is known by now, and must be stored before the load begins: a restarted master asks for it.
    this.journal.touch(worker);
    this.load?.orders.admit(worker);
  }

  started(worker: ConnectedWorker): void {
    this.journal.touch(worker);
  }

  reported(worker: ConnectedWorker, report: IntervalReport): boolean {
    const { number, state, description } = worker;
    const { takenSequence } = state;
    const { ledger } = this.collector;
    const atMs = this.isTimeKnown ? this.timeline.elapsedMs : this.time.latestMs;
    // If the wall clock is wrong, only workers know whether a report is from the future.
    if (!this.isTimeKnown && isToCome(report, atMs)) return false;
    const reportedToMs = takenSequence === 0 ? null : ledger.reportedToMs(number);
    this.#bounds.require(report, { atMs, reportedToMs, hasGap: report.sequence > takenSequence + 1 });
    const strange = this.collector.add({ number, takenSequence }, report, atMs);
    this.load?.work.reported(number, report);
    this.journal.touch(worker);
    if (strange !== null && !this.#strangers.has(number)) {
      this.#strangers.add(number);
      this.journal.warn(`${description} reports more ${strange} than the test defines; the rest is counted as (other)`);
    }
    return true;
  }

  repeated(): void {
    this.collector.ledger.duplicates++;
  }

  lost(worker: ConnectedWorker): void {
    this.journal.touch(worker);
    this.requests.lost(worker.number);
    this.load?.membership.lost(worker);
  }

  returned(worker: ConnectedWorker, isRunning: boolean): void {
    this.requests.returned(worker.number);
    this.load?.membership.returned(worker, isRunning);
    if (isRunning) this.load?.orders.instruct(worker);
  }

  leaving(worker: ConnectedWorker): void {
    this.load?.membership.leaving(worker);
  }

  left(worker: ConnectedWorker, reason: StopReason): void {
    this.requests.lost(worker.number);
    this.load?.membership.left(worker, reason);
  }

  slow(worker: ConnectedWorker, blockedMs: number): void {
    this.load?.membership.slow(worker, blockedMs);
  }

  requested({ number, identity }: ConnectedWorker, message: RequestMessage): void {
    this.requests.receive({ number, id: identity.id }, message);
  }

  rowsArrived(worker: ConnectedWorker, { batch, rows, leftOut }: RequestRowsMessage): void {
    const { requestRows } = this.options;
    const taken = requestRows?.take(worker.number, rows, leftOut) ?? Promise.resolve();
    void taken.then(() => worker.rowsTaken(batch));
  }

  logged({ number }: ConnectedWorker, line: WorkerLogLine): void {
    this.options.onWorkerLog?.(number, line);
  }
}

/**
 * Returns the names that workers can report, given the test and its thresholds. Phases of requests are reported as
 * metrics.
 */
function expectedNamesOf(
  { slices, metrics }: Pick<PrepareMessage, "slices" | "metrics">,
  scenarios: MasterOptions["resolved"]["scenarios"],
): ExpectedNames {
  return {
    classes: classesOf(scenarios).map(({ name }) => name),
    metrics: [...metrics.map(({ name }) => name), ...slices.map(({ key }) => key)],
    slices: slices.map(({ key }) => key),
  };
}
