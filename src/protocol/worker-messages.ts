import * as z from "zod";
import { requestRows } from "./request-rows.ts";

/** In ms: more than any run takes, and few enough to be added. */
const longestMs = 1e12;
/** The last time that a `Date` can have. */
const latestWallMs = 8.64e15;

/** Requests the master's clock. The master replies at once with `clock-reply` and the same number. */
const clockProbe = z.strictObject({ type: z.literal("clock-probe"), probe: z.int() });

const needBundle = z.strictObject({ type: z.literal("need-bundle"), hash: z.string() });

/**
 * Requests a piece of a data file. The master replies with a binary frame: `data-frame.ts`. `hash` identifies a file of
 * `bundle`, `offset` is the start of the piece.
 */
const needData = z.strictObject({ type: z.literal("need-data"), hash: z.string(), offset: z.int().nonnegative() });

/** The test is loaded and the clocks are synchronised. */
const ready = z.strictObject({ type: z.literal("ready") });

/** An error becomes a line of the log and of the result. */
const longestErrorText = 10_000;
const errorText = z.string().transform((text) => text.slice(0, longestErrorText));
const thrown = z.strictObject({ message: errorText, stack: errorText });

/** The test could not be loaded. */
const loadFailed = z.strictObject({ type: z.literal("load-failed"), error: thrown });

/** Of one endpoint, so that those of all endpoints can be added. */
const mostLifecycleRequests = 1e9;
const mostLifecycleEndpoints = 10_000;
/** In characters; a worker cuts longer names. */
const longestEndpointName = 2_000;

/** The requests that `setup` or `teardown` made to one endpoint. */
const lifecycleEndpoint = z.strictObject({
  method: z.string().max(longestEndpointName),
  name: z.string().max(longestEndpointName),
  requests: z.int().nonnegative().max(mostLifecycleRequests),
  failures: z.int().nonnegative().max(mostLifecycleRequests),
});

/** `setup` or `teardown` has ended. `value` is the object that it returned (empty for nothing). */
const lifecycleDone = z.strictObject({
  type: z.literal("lifecycle-done"),
  phase: z.enum(["setup", "teardown"]),
  value: z.record(z.string(), z.unknown()),
  error: thrown.nullable(),
  endpoints: z.array(lifecycleEndpoint).max(mostLifecycleEndpoints),
  /** The number of requests that were still open at the end of its code and then interrupted; missing if there were none. */
  unawaited: z.exactOptional(z.int().nonnegative().max(mostLifecycleRequests)),
});

/**
 * The first virtual user could start. `skewMs` is its delay after the agreed instant, on the worker's clock. Not sent by a
 * worker that joins late.
 */
const started = z.strictObject({ type: z.literal("started"), skewMs: z.number().min(-longestMs).max(longestMs) });

/** The worker starts no new iteration, because it was told to leave a load that continues. Other workers take over. */
const leaving = z.strictObject({ type: z.literal("leaving") });

/**
 * Sent once a second, whatever the test's code does. `blockedMs` is how long that code has blocked the worker's event loop:
 * 0 for a healthy worker.
 */
const heartbeat = z.strictObject({
  type: z.literal("heartbeat"),
  users: z.int().nonnegative().max(1e7),
  blockedMs: z.number().nonnegative().max(longestMs),
  /** The worker's wall clock, in ms since 1970; only for display. */
  wallMs: z.number().min(-latestWallMs).max(latestWallMs),
});

/** A log line of the worker or its test. `leftOut` is the number of lines before it that were dropped by the rate limit. */
const logLine = z.strictObject({
  level: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]),
  text: z.string().max(4_000),
  leftOut: z.int().nonnegative(),
});
const log = z.strictObject({ type: z.literal("log"), ...logLine.shape });

/**
 * The reason why a worker's load ended: as planned or on the master's request (`finished`), because the worker was removed
 * from the run (`told-to-go`), or because it lost its master (`orphaned`).
 */
const stopReason = z.enum(["finished", "told-to-go", "orphaned"]);

/** All virtual users have ended. `lastSequence` is the number of the last report. */
const stopped = z.strictObject({ type: z.literal("stopped"), lastSequence: z.int().nonnegative(), reason: stopReason });

/** The largest number of requests of one worker that are not answered. */
export const mostUnansweredRequests = 10_000;
/** The maximum length of the payload of a request, and of the value of a response, as JSON, in characters. */
export const mostRequestLength = 1_000_000;

/**
 * Requests something that only the master can decide, because it is shared by all workers. The master answers with
 * `response` and the same `id`. A worker that reconnects, also to a restarted master, sends its open requests again under
 * their `id`.
 */
const request = z.strictObject({
  type: z.literal("request"),
  /** The number of the request on this worker, from 1. */
  id: z.int().positive(),
  /** The name of the request, by which the master chooses its handler. */
  name: z.string().min(1).max(100),
  payload: z.record(z.string(), z.unknown()),
});

/** The worker no longer waits for the response. The master forgets the request, also if it has answered meanwhile. */
const requestCancelled = z.strictObject({ type: z.literal("request-cancelled"), id: z.int().positive() });

/** The response has arrived: the master need not keep it any longer. */
const responseTaken = z.strictObject({ type: z.literal("response-taken"), id: z.int().positive() });

/**
 * Lists the requests of the worker that are not answered. Sent after each welcome, before the worker sends these requests
 * again. The master need not keep responses to other requests.
 */
const requestsOpen = z.strictObject({
  type: z.literal("requests-open"),
  ids: z.array(z.int().positive()).max(mostUnansweredRequests),
});

/** The state of a worker in its run, for a master to which it reconnects, or that was restarted. */
const session = z.strictObject({
  runId: z.string(),
  state: z.enum(["joined", "loading", "ready", "failed", "running", "stopped"]),
  /** Milliseconds since the start of the run on the worker's clock; null before `start`. */
  elapsedMs: z.number().min(-longestMs).max(longestMs).nullable(),
  /** The contents of its `stopped` message; null unless it has stopped. */
  stopped: z.strictObject({ lastSequence: z.int().nonnegative(), reason: stopReason }).nullable(),
  /** The state of the latest setup or teardown on this worker: running or done; null if there was none. */
  lifecycle: z.union([z.strictObject({ running: z.enum(["setup", "teardown"]) }), lifecycleDone]).nullable(),
});

/** Identifies the worker, once both sides have proven that they know the token. The worker chooses its `id` for one run. */
export const hello = z.object({
  type: z.literal("hello"),
  id: z.string().min(1).max(200),
  host: z.string().max(200),
  pid: z.int(),
  version: z.string().max(50),
  /** The secret from its first `welcome`, which proves that the id is its own; missing before. */
  secret: z.exactOptional(z.string().max(100)),
  /** The state of the worker in its run; null for a new worker. */
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
  leaving,
  heartbeat,
  log,
  stopped,
  request,
  requestCancelled,
  responseTaken,
  requestsOpen,
  requestRows,
]);

/** A message from a worker after its hello. Reports are binary frames: `report-frame.ts`. */
export type WorkerMessage = z.infer<typeof workerMessage>;
/** A message about a request of the worker to the master. */
export type RequestMessage = Extract<
  WorkerMessage,
  { type: "request" | "request-cancelled" | "response-taken" | "requests-open" }
>;
export type Hello = z.infer<typeof hello>;
export type WorkerLogLine = z.infer<typeof logLine>;
export type LifecycleDone = z.infer<typeof lifecycleDone>;
export type LifecycleEndpoint = z.infer<typeof lifecycleEndpoint>;
export type WorkerSession = z.infer<typeof session>;
export type StopReason = z.infer<typeof stopReason>;
export type Thrown = z.infer<typeof thrown>;
