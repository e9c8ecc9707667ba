import * as z from "zod";
import type { ScenarioLoad } from "../../analysis/load/scenario-load.ts";
import { classesOf, unmadeLoad } from "../../analysis/load/unmade-load.ts";
import { ThresholdSpans } from "../../analysis/threshold-spans.ts";
import { unjudgedTimes } from "../../analysis/unjudged-time.ts";
import type { RunEvent } from "../../core/run.ts";
import { lifecycleRequest } from "../../report/result/lifecycle-schema.ts";
import type { ResolvedRun } from "../../scenario/resolve/resolve.ts";
import type { HealthWindow } from "../../stats/health-sample.ts";
import type { Observed } from "../../stats/observed-series.ts";
import type { RunTotals } from "../../stats/run-totals.ts";
import { WindowSeries } from "../../stats/window-series.ts";
import type { SharedRecord } from "../../store/batch.ts";
import type { RunReader } from "../../store/run-reader.ts";
import type { RunRecord } from "../../store/run-record.ts";
import type { Store } from "../../store/store.ts";
import { type ControlLog, timedOperation } from "../load/operation.ts";
import { ScenarioTimes } from "../load/scenario-times.ts";
import { SteeredLoad } from "../load/steered-load.ts";
import { HealthLog } from "./health-log.ts";
import { Ledger } from "./ledger.ts";
import type { RunProgress, StoredWorker } from "./run-storage.ts";
import { thisMaster } from "./stored-run.ts";

/** The stored state of a run that is resumed. */
export interface RestoredRun {
  readonly state: RunProgress;
  readonly totals: RunTotals;
  readonly windows: WindowSeries;
  readonly health: readonly HealthWindow[];
  readonly ledger: Ledger;
  readonly spans: ThresholdSpans;
  readonly workers: readonly StoredWorker[];
  readonly events: readonly RunEvent[];
  readonly control: ControlLog;
  /** The values that all workers share, in the order of their scopes and keys. */
  readonly shared: readonly SharedRecord[];
  readonly observed: Observed;
  /** The end of the last reported window, in ms since the start of the run. */
  readonly reportedToMs: number;
}

const message = z.string();
/** The kinds of `Ending` (core/run.ts) that end a load early. */
const ending = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.enum(["too-few-workers", "threshold-breached", "drifting", "test-code-threw", "defect", "superseded"]),
    message,
  }),
  z.strictObject({ kind: z.literal("stopped-by-test"), verdict: z.enum(["failed", "invalid"]), message }),
]);

/** The stored progress of a run, besides its measurements. */
const progress = z.strictObject({
  starters: z.array(z.int()),
  signal: z.string().nullable(),
  cutShort: z.strictObject({ ending: ending.nullable() }).nullable(),
  untaken: z.array(z.int()),
  warnings: z.array(z.string()),
  /** The process of the master; missing in older runs. */
  master: z.strictObject({ host: z.string(), pid: z.int() }).optional(),
  /** Missing in older runs. */
  done: z.array(z.tuple([z.string(), z.number()])).default([]),
  /** Missing in older runs. */
  load: z.array(z.custom<ScenarioLoad>()).nullable().default(null),
  workerUsers: z.array(z.tuple([z.int(), z.int()])),
  lifecycleRequests: z.array(lifecycleRequest),
});

const workerFacts = z.strictObject({
  state: z.enum(["joined", "loading", "ready", "failed", "running", "stopped", "lost", "gone"]),
  hasStarted: z.boolean(),
  requests: z.int(),
  counted: z.array(z.tuple([z.int(), z.int()])),
  /** Missing in older runs. */
  load: z
    .array(
      z.strictObject({
        scenario: z.int(),
        made: z.number(),
        late: z.number(),
        dropped: z.number(),
        asked: z.number().default(0),
      }),
    )
    .default([]),
  startSkewMs: z.number().nullable(),
  lastSequence: z.int().nullable(),
  /** Missing in older runs. */
  secretHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable()
    .default(null),
  lostBecause: z.string().nullable(),
  reportedToMs: z.number(),
  /** Missing in older runs. */
  p50Ms: z.number().nullable().default(null),
  fileDescriptorLimit: z.int().nullable().default(null),
  userTimeMs: z.array(z.tuple([z.string(), z.number()])).default([]),
});

/**
 * Whether the last master of a run is known to have ended: it was a process on this machine that no longer exists, or
 * this process.
 */
export function hasMasterEnded(run: RunRecord): boolean {
  const master = progress.safeParse(run.progress).data?.master;
  if (master === undefined || master.host !== thisMaster.host) return false;
  if (master.pid === thisMaster.pid) return true;
  try {
    process.kill(master.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/**
 * Reads everything that a master needs to resume a run.
 * @param limits how long the last iterations of a scenario may take, and the shortest standstill that counts as a stall
 * @throws StoreError when the run is not in the store, or cannot be read
 */
export function restoreRun(
  store: Store,
  run: RunRecord,
  { thresholds, scenarios, search }: Pick<ResolvedRun, "thresholds" | "scenarios" | "search">,
  { stopTimeoutMs, stallLimitMs }: { readonly stopTimeoutMs: number; readonly stallLimitMs: number },
): RestoredRun {
  using reader = store.reader(run.id);
  const observed = reader.observed();
  const spans = new ThresholdSpans(thresholds);
  spans.observe(observed);
  const stored = reader.workers().map((row) => ({ ...row, facts: workerFacts.parse(row.facts) }));
  // Only a running worker still sends reports.
  const working = stored.filter(({ facts }) => facts.state === "running");
  const wholeToMs = Math.min(...working.map(({ facts }) => facts.reportedToMs));
  const { missing } = reader.ledger();
  const startSkewsMs = stored.flatMap(({ facts }) => facts.startSkewMs ?? []);
  const {
    cutShort,
    untaken,
    master: _,
    ...state
  } = run.progress === null ? emptyProgress : progress.parse(run.progress);
  const control = { workers: state.starters, operations: reader.controls().map((one) => timedOperation.parse(one)) };
  // If there were no starters, the load has not begun.
  const load = control.workers.length === 0 ? null : new SteeredLoad(scenarios, control.workers);
  for (const { operation, atMs } of control.operations) load?.apply(operation, atMs);
  const events = reader.events();
  const parts = load?.all() ?? [];
  const pauses = parts.flatMap((part) => part.pauses);
  const unjudged = unjudgedTimes({ missing, events, pauses, startSkewsMs });
  // The generated load is known up to about the last second that all workers had reported.
  const made = search === null ? state.load : null;
  const unmade = unmadeLoad({ load: made, events, classes: classesOf(scenarios), toMs: wholeToMs });
  const health = [...reader.health()];
  const log = new HealthLog(stallLimitMs);
  log.restore(health, []);
  spans.restore(
    reader.windows(),
    wholeToMs,
    unjudged,
    log.delays,
    new ScenarioTimes(scenarios, stopTimeoutMs, state.done).idle(parts),
    unmade,
  );
  return {
    state: {
      ...state,
      endedEarly: cutShort,
      notTakenOver: untaken,
      phase: run.state,
      startedAt: run.startedAt,
      setup: (run.setup ?? {}) as Record<string, unknown>,
    },
    totals: reader.totals(),
    windows: seriesOf(reader),
    health,
    ledger: ledgerOf(reader, stored),
    spans,
    workers: stored.map(({ number, id, host, pid, lastSequence: sequence, facts }) => {
      const { reportedToMs: _, state: status, ...known } = facts;
      return { number, id, host, pid, status, ...known, takenSequence: sequence, committedSequence: sequence };
    }),
    events: reader.events().map((event) => event as RunEvent),
    control,
    shared: reader.shared(),
    observed,
    reportedToMs: Math.max(0, ...stored.map(({ facts }) => facts.reportedToMs)),
  };
}

function seriesOf(reader: RunReader): WindowSeries {
  const series = new WindowSeries();
  for (const window of reader.windows()) series.addStored(window);
  return series;
}

function ledgerOf(
  reader: RunReader,
  workers: readonly { number: number; facts: z.infer<typeof workerFacts> }[],
): Ledger {
  const { reports, duplicates, missing } = reader.ledger();
  const accounts = workers.map(({ number, facts }) => ({ worker: number, reportedToMs: facts.reportedToMs }));
  return Ledger.restore(reports, duplicates, missing, accounts);
}

const emptyProgress: z.infer<typeof progress> = {
  starters: [],
  signal: null,
  cutShort: null,
  untaken: [],
  warnings: [],
  done: [],
  load: null,
  workerUsers: [],
  lifecycleRequests: [],
};
