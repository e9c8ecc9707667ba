import * as z from "zod";
import { runEventKinds, runPhases } from "../../core/run.ts";
import type { PlanColumns } from "../../report/page/model.ts";
import { resultSchema } from "../../report/result/result-schema.ts";

/* The messages of the live page. The stream `/api/live` sends them as server-sent events of these names. */

/** The progress of a capacity search. */
const liveSearchSchema = z.strictObject({
  /** The current measurement: "trial 4: 320/s, measured for 5 of 12 s"; null between trials. */
  now: z.string().nullable(),
  /** The findings so far: "213/s held, 480/s failed"; null before the first result. */
  known: z.string().nullable(),
  /** The latest trials, in order. Numbers start at 1; a text is like "320/s held, p95 120 ms". */
  trials: z
    .array(z.strictObject({ number: z.int(), outcome: z.enum(["passed", "failed", "invalid"]), text: z.string() }))
    .readonly(),
});
export type LiveSearch = z.infer<typeof liveSearchSchema>;

/** Event `state`: the state of the master and its run. */
export const liveStateSchema = z.strictObject({
  /** The id of the current run, otherwise of the last run; null before the first. */
  runId: z.string().nullable(),
  state: z.enum(["ready", "starting", "running", "paused", "stopping", "finished"]),
  /** The phase of the run; null before the first run. */
  phase: z.enum(runPhases).nullable(),
  elapsedMs: z.int(),
  /** The planned duration; null if it is not known. */
  durationMs: z.int().nullable(),
  /** The number of running virtual users. */
  users: z.int(),
  workers: z.strictObject({ connected: z.int(), expected: z.int() }),
  /** The progress of the capacity search; null for other loads. */
  search: liveSearchSchema.nullable(),
  /** Whether a run can be started now. */
  canStart: z.boolean(),
});
export type LiveState = z.infer<typeof liveStateSchema>;

/** The health of a worker in its latest second; see `HealthReport` in `stats/health-sample.ts`. */
const workerHealth = z.strictObject({
  utilisation: z.number(),
  loopDelayP99Ms: z.number(),
  loopDelayMaxMs: z.number(),
  scheduleLagP99Ms: z.number().nullable(),
  gcMs: z.number(),
  heapAfterGcBytes: z.number(),
  rssBytes: z.number(),
  cpu: z.number(),
  sockets: z.number(),
  fileDescriptors: z.number(),
});

/** Event `workers`, which is a list: a worker of the run, or a worker that is waiting for a run. */
export const liveWorkerSchema = z.strictObject({
  /** The number of the worker in its run, from 1; null while it is waiting for a run. */
  number: z.int().nullable(),
  id: z.string(),
  host: z.string(),
  pid: z.int(),
  state: z.string(),
  lostBecause: z.string().nullable(),
  users: z.int(),
  requests: z.int(),
  /** The requests per second in its latest second. */
  requestsPerSecond: z.number(),
  /** How long the test's code has blocked the event loop, in ms; 0 for a healthy worker. */
  blockedMs: z.number(),
  /** How late the worker started the load, in ms. */
  startSkewMs: z.number().nullable(),
  /** The difference of its wall clock from the master's, exact to a few ms; null before its first heartbeat. */
  clockOffsetMs: z.number().nullable(),
  /** The time since its last message. */
  silentMs: z.number(),
  /** The health in its latest second; null before its first report. */
  health: workerHealth.nullable(),
});
export type LiveWorker = z.infer<typeof liveWorkerSchema>;

/** Requests of one window: counts, and percentiles of the response time in ms, null without a request. */
const livePointSchema = z.strictObject({
  requests: z.int(),
  failures: z.int(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
});
export type LivePoint = z.infer<typeof livePointSchema>;

/** Event `window`: the measurements of all workers in one window. */
const liveWindowSchema = z.strictObject({
  runId: z.string(),
  /** Start and width, in ms since the start of the run. */
  startMs: z.number(),
  widthMs: z.number(),
  users: z.int(),
  usersByClass: z.record(z.string(), z.int()),
  iterations: z.int(),
  droppedIterations: z.int(),
  total: livePointSchema,
  /** The endpoints with a request in this window, by "METHOD name". */
  endpoints: z.record(z.string(), livePointSchema),
});
export type LiveWindow = z.infer<typeof liveWindowSchema>;

/** Event `event`: an event of the run, such as the loss of a worker. */
const liveEventSchema = z.strictObject({
  runId: z.string(),
  /** The time in ms since the start of the run. */
  atMs: z.number(),
  kind: z.enum(runEventKinds),
  text: z.string(),
});

/** The planned load of a run over time, as of now. */
export const planColumnsSchema = z.strictObject({
  atMs: z.array(z.number()).readonly(),
  users: z.array(z.number()).readonly().nullable(),
  ratePerSecond: z.array(z.number()).readonly().nullable(),
  isEndless: z.literal(true).exactOptional(),
}) satisfies z.ZodType<PlanColumns>;

/** Event `plan`: the plan of the run, sent again after each pause and change of the load. */
const livePlanSchema = z.strictObject({ runId: z.string(), plan: planColumnsSchema });
export type LivePlan = z.infer<typeof livePlanSchema>;

/** Event `result`: the result so far. */
const liveResultEventSchema = z.strictObject({
  runId: z.string(),
  /** The result of the whole run; a reset of the statistics does not affect it. */
  result: resultSchema,
  /**
   * The figures since the statistics were reset at `atMs`. They are of a part of the run, so their verdict has no meaning. Null
   * without a reset, and once the run has ended.
   */
  since: z.strictObject({ atMs: z.number(), result: resultSchema }).nullable(),
  /** The verdict so far of the whole run; null before its first request, and once it has ended. */
  standing: z
    .strictObject({ verdict: z.enum(["passed", "failed", "invalid"]), reasons: z.array(z.string()).readonly() })
    .nullable(),
});
export type LiveResultEvent = z.infer<typeof liveResultEventSchema>;

/** Event `log`: a log line of the master or of a worker. */
export const logLineSchema = z.strictObject({
  /** The time in ms since 1970. */
  at: z.number(),
  /** The level of pino: trace, debug, info, warn or error. */
  level: z.string(),
  /** The source of the line: "master" or "worker 3". */
  node: z.string(),
  message: z.string(),
});
export type LogLine = z.infer<typeof logLineSchema>;

/**
 * The events of the stream `/api/live` by type. The types `state`, `workers`, `plan` and `result` are snapshots: only the
 * newest event of each counts. The other types are a history.
 */
export const liveEventSchemas = {
  state: liveStateSchema,
  workers: z.array(liveWorkerSchema).readonly(),
  plan: livePlanSchema,
  result: liveResultEventSchema,
  window: liveWindowSchema,
  event: liveEventSchema,
  log: logLineSchema,
};
export type LiveEvents = { readonly [Type in keyof typeof liveEventSchemas]: z.infer<(typeof liveEventSchemas)[Type]> };
