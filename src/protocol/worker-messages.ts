import * as z from "zod";

/** Asks for the master's clock; answered at once by `clock-reply` with the same number. */
const clockProbe = z.strictObject({ type: z.literal("clock-probe"), probe: z.int() });

const needBundle = z.strictObject({ type: z.literal("need-bundle"), hash: z.string() });

/** Answered by a binary frame: `data-frame.ts`. `hash` is that of one of the bundle's files, `offset` where a piece begins. */
const needData = z.strictObject({ type: z.literal("need-data"), hash: z.string(), offset: z.int().nonnegative() });

/** The test is loaded and the clock is known. */
const ready = z.strictObject({ type: z.literal("ready") });

const thrown = z.strictObject({ message: z.string(), stack: z.string() });

/** The test could not be loaded. */
const loadFailed = z.strictObject({ type: z.literal("load-failed"), error: thrown });

/** One endpoint of the requests that `setup` or `teardown` made. */
const lifecycleEndpoint = z.strictObject({
  method: z.string(),
  name: z.string(),
  requests: z.int(),
  failures: z.int(),
});

/** `setup` or `teardown` has ended; `value` is what it returned (an empty object for nothing). */
const lifecycleDone = z.strictObject({
  type: z.literal("lifecycle-done"),
  phase: z.enum(["setup", "teardown"]),
  value: z.record(z.string(), z.unknown()),
  error: thrown.nullable(),
  endpoints: z.array(lifecycleEndpoint),
  /** Requests that were still open when its code had ended, and were interrupted then; not there without any. */
  unawaited: z.exactOptional(z.int()),
});

/** Not for a worker that joins late: the first virtual user could start; `skewMs` is how late that was against the agreed instant, on the worker's clock. */
const started = z.strictObject({ type: z.literal("started"), skewMs: z.number() });

/**
 * Once a second, whatever the test's code does. `blockedMs` is how long that code has not let the worker's event loop
 * turn: 0 for a healthy worker.
 */
const heartbeat = z.strictObject({
  type: z.literal("heartbeat"),
  users: z.int().nonnegative(),
  blockedMs: z.number().nonnegative(),
  /** The worker's wall clock, in ms since 1970: for people to see, as no time in muster depends on it. */
  wallMs: z.number(),
});

/** What the worker or its test has logged. `leftOut`: so many lines before it were too many in a short time. */
const logLine = z.strictObject({
  level: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]),
  text: z.string().max(4_000),
  leftOut: z.int().nonnegative(),
});
const log = z.strictObject({ type: z.literal("log"), ...logLine.shape });

/** Why a worker's load has ended: as planned or as the master said; because it was told to go; because it lost its master. */
const stopReason = z.enum(["finished", "told-to-go", "orphaned"]);

/** All virtual users have ended and `lastSequence` is the number of the last report. */
const stopped = z.strictObject({ type: z.literal("stopped"), lastSequence: z.int(), reason: stopReason });

/** Where a worker stands in its run, for a master that it has lost and found again, or that was restarted. */
const session = z.strictObject({
  runId: z.string(),
  state: z.enum(["joined", "loading", "ready", "failed", "running", "stopped"]),
  /** Milliseconds since the start of the run, as the worker's clock goes on; null before `start`. */
  elapsedMs: z.number().nullable(),
  /** Null unless it has stopped: what its `stopped` said. */
  stopped: z.strictObject({ lastSequence: z.int(), reason: stopReason }).nullable(),
  /** Setup or teardown: running, or done and not yet followed by another. */
  lifecycle: z.union([z.strictObject({ running: z.enum(["setup", "teardown"]) }), lifecycleDone]).nullable(),
});

/** The first message. `id` is the worker's own, for its lifetime. */
export const hello = z.object({
  type: z.literal("hello"),
  protocol: z.int(),
  token: z.string(),
  id: z.string().min(1).max(200),
  host: z.string().max(200),
  pid: z.int(),
  version: z.string().max(50),
  /** Null when it is new. */
  session: session.nullable(),
});

export const workerMessage = z.discriminatedUnion("type", [
  clockProbe,
  needBundle,
  needData,
  ready,
  loadFailed,
  lifecycleDone,
  started,
  heartbeat,
  log,
  stopped,
]);

/** What a worker sends after its hello. Reports are binary frames: `report-frame.ts`. */
export type WorkerMessage = z.infer<typeof workerMessage>;
export type Hello = z.infer<typeof hello>;
export type WorkerLogLine = z.infer<typeof logLine>;
export type LifecycleDone = z.infer<typeof lifecycleDone>;
export type LifecycleEndpoint = z.infer<typeof lifecycleEndpoint>;
export type WorkerSession = z.infer<typeof session>;
export type StopReason = z.infer<typeof stopReason>;
export type Thrown = z.infer<typeof thrown>;
