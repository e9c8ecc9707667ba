import * as z from "zod";

/** The first message. `id` is the worker's own, for its lifetime; `name` is for people. */
export const hello = z.object({
  type: z.literal("hello"),
  protocol: z.int(),
  token: z.string(),
  id: z.string().min(1).max(200),
  host: z.string().max(200),
  pid: z.int(),
  version: z.string().max(50),
});

/** Asks for the master's clock; answered at once by `clock-reply` with the same number. */
const clockProbe = z.strictObject({ type: z.literal("clock-probe"), probe: z.int() });

const needBundle = z.strictObject({ type: z.literal("need-bundle"), hash: z.string() });

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
});

/** The first virtual user could start; `skewMs` is how late that was against the agreed instant, on the worker's clock. */
const started = z.strictObject({ type: z.literal("started"), skewMs: z.number() });

/** Once a second, whatever else happens. */
const heartbeat = z.strictObject({ type: z.literal("heartbeat"), users: z.int() });

/**
 * All virtual users have ended and `lastSequence` is the number of the last report. `left`: not because the load was over
 * or the master said so, but because the worker was told to go.
 */
const stopped = z.strictObject({ type: z.literal("stopped"), lastSequence: z.int(), left: z.boolean() });

export const workerMessage = z.discriminatedUnion("type", [
  clockProbe,
  needBundle,
  ready,
  loadFailed,
  lifecycleDone,
  started,
  heartbeat,
  stopped,
]);

/** What a worker sends after its hello. Reports are binary frames: `report-frame.ts`. */
export type WorkerMessage = z.infer<typeof workerMessage>;
export type Hello = z.infer<typeof hello>;
export type LifecycleDone = z.infer<typeof lifecycleDone>;
export type LifecycleEndpoint = z.infer<typeof lifecycleEndpoint>;
export type Thrown = z.infer<typeof thrown>;
