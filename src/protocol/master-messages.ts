import * as z from "zod";
import { phaseNames } from "../core/request-phase.ts";
import { requestRowsTaken, wantedRequests } from "./request-rows.ts";
import { scenarioSpec } from "./scenario-spec.ts";
import type { RefusalReason } from "./version.ts";

/** The HTTP clients of a worker: muster's own, and undici, against which it is tested. */
export const engineNames = ["own", "undici"] as const;
export type EngineName = (typeof engineNames)[number];

/**
 * The worker has joined the run, or rejoined it after its socket was lost. The complete assignment follows. `worker` is its
 * number in this run, from 1.
 */
const welcome = z.strictObject({
  type: z.literal("welcome"),
  worker: z.int().positive(),
  /** Every later hello of the worker must contain this secret, so that no other process can take its place in the run. */
  secret: z.string().min(1).max(100),
  runId: z.string(),
  /** The number of the last committed report of this worker, which must resend all later reports. */
  lastSequence: z.int().nonnegative(),
  /** The start of the run on this master's clock; null before the start. A restarted master has another clock. */
  startAtMs: z.number().nullable(),
  /** Whether the master accepts more runs after this one. If so, the worker reconnects as a new worker when its run is over. */
  stays: z.boolean(),
});

/** There is no run at the moment. Sent every second until `welcome`. */
const wait = z.strictObject({ type: z.literal("wait") });

/** The worker was refused, and the socket closes. `reason` is one of `refusalReasons`. */
const refused = z.strictObject({
  type: z.literal("refused"),
  reason: z.string().transform((reason) => reason as RefusalReason),
  message: z.string(),
});

/** The reply to a clock probe: the master's clock when it was read, in ms since an arbitrary instant. */
const clockReply = z.strictObject({ type: z.literal("clock-reply"), probe: z.int(), masterMs: z.number() });

const conditions = z.array(z.strictObject({ tag: z.string(), value: z.string(), isNot: z.boolean() }));

/** Loads a test. The worker replies with `ready`, `need-bundle` or `load-failed`. */
const prepare = z.strictObject({
  type: z.literal("prepare"),
  bundleHash: z.string(),
  profile: z.string(),
  host: z.string(),
  seed: z.int(),
  /** The values of `env()` in the test. */
  environment: z.record(z.string(), z.string().nullable()),
  /** The certificates and keys that the test names by path, in base64; the paths by pattern of `secretFiles`. */
  secretFiles: z.strictObject({
    files: z.record(z.string(), z.string()),
    matches: z.record(z.string(), z.array(z.string())),
  }),
  /** Whether any certificate is accepted, where connections go, and the hosts that may be loaded. */
  connections: z.strictObject({
    insecure: z.boolean(),
    connectTo: z.record(z.string(), z.array(z.string())),
    allowedHosts: z.array(z.string()).max(10_000).readonly(),
  }),
  /** Whether each request of a user needs a permit of the master. */
  needsPermits: z.boolean(),
  /** The share of requests whose `traceparent` marks them as sampled; 0 if requests have no `traceparent`. */
  traceSample: z.number().min(0).max(1),
  /** The requests that the worker sends to the master one by one; null for none. */
  wantedRequests: wantedRequests.nullable(),
  /** The folder in which workers on the machine of the master count the permits that they use; null for none. */
  permitFolder: z.string().max(4_096).nullable(),
  /** The tags of the tasks to run: tasks with one of `tags` (all if it is empty), but none of `excludeTags`. */
  tags: z.array(z.string()),
  excludeTags: z.array(z.string()),
  /** The time that users have to finish their iteration at the end of the plan. */
  stopTimeoutMs: z.number(),
  /** The HTTP client that sends the requests. */
  engine: z.enum(engineNames),
  /** The slices of requests that thresholds use, to be recorded separately. */
  slices: z.array(
    z.strictObject({
      key: z.string(),
      conditions,
      /** The phase to record as a metric with the name `key`; null for all values that endpoints have. */
      phase: z.enum(phaseNames).nullable(),
    }),
  ),
  /** The parts of other metrics that thresholds use, to be recorded as metrics with the name `name`. */
  metrics: z.array(z.strictObject({ name: z.string(), metric: z.string(), conditions })),
  /** The names of requests, checks and groups that thresholds use, to be counted separately beyond the caps on names. */
  named: z.strictObject({
    requests: z.array(z.string()),
    checks: z.array(z.string()),
    groups: z.array(z.string()),
  }),
  /** The time for which a worker without a master continues the load. */
  orphanTimeoutMs: z.number(),
  /** The silence after which a worker is lost and other workers take over its load. */
  workerTimeoutMs: z.number(),
  /** The shortest stall of the worker that counts. Requests that such a stall touches are counted without their times. */
  stallLimitMs: z.number(),
});

/**
 * The test's code, and the SHA-256 and length of each data file that it imports (`data`) or sends (`files`, by the path that
 * the test gives to `file()`). The worker requests the files that it does not have with `need-data`.
 */
const bundle = z.strictObject({
  type: z.literal("bundle"),
  hash: z.string(),
  source: z.string(),
  data: z.array(z.strictObject({ hash: z.string(), bytes: z.int().positive() })).max(10_000),
  files: z.array(z.strictObject({ path: z.string(), hash: z.string(), bytes: z.int().nonnegative() })).max(10_000),
});

/** Runs the test's `setup` on this worker, which replies with `lifecycle-done`. */
const runSetup = z.strictObject({ type: z.literal("run-setup") });

/** Runs the test's `teardown` on this worker, which replies with `lifecycle-done`. */
const runTeardown = z.strictObject({ type: z.literal("run-teardown"), setup: z.record(z.string(), z.unknown()) });

/** Starts the load at `startAtMs` on the master's clock; in the past for a worker that joins a running test. */
const start = z.strictObject({
  type: z.literal("start"),
  startAtMs: z.number(),
  /**
   * The numbers of the iterations that start on this worker: `first`, `first + step`, and so on. No other worker has them.
   */
  iterationNumbers: z.strictObject({ first: z.int().nonnegative(), step: z.int().positive() }),
  setup: z.record(z.string(), z.unknown()),
  scenarios: z.array(scenarioSpec),
});

/** Scenarios that are new or changed. */
const update = z.strictObject({ type: z.literal("update"), scenarios: z.array(scenarioSpec) });

/** Acknowledges that all reports up to and including this one are merged and committed. */
const ack = z.strictObject({ type: z.literal("ack"), sequence: z.int() });

/**
 * Stops the load: the worker starts no new iteration, aborts the running ones after `stopTimeoutMs`, sends the last report
 * and then `stopped`.
 */
const stop = z.strictObject({ type: z.literal("stop"), stopTimeoutMs: z.number() });

/**
 * Removes this worker from the run: as `stop`, but its `stopped` has the reason `told-to-go`, and the worker ends once its
 * last report is acknowledged.
 */
const leave = z.strictObject({ type: z.literal("leave"), stopTimeoutMs: z.number() });

/** The response to a request of the worker: a value or an error. It is sent again until the worker confirms it. */
const response = z.strictObject({
  type: z.literal("response"),
  id: z.int().positive(),
  result: z.union([
    z.strictObject({ value: z.unknown() }),
    z.strictObject({ error: z.strictObject({ code: z.string(), message: z.string() }) }),
  ]),
});

/** The reply to a worker's heartbeat, so that the worker detects a lost master. */
const heartbeat = z.strictObject({ type: z.literal("heartbeat") });

/** The run is over; the worker can end. */
const quit = z.strictObject({ type: z.literal("quit") });

export const masterMessage = z.discriminatedUnion("type", [
  welcome,
  wait,
  refused,
  clockReply,
  prepare,
  bundle,
  runSetup,
  runTeardown,
  start,
  update,
  ack,
  stop,
  leave,
  response,
  requestRowsTaken,
  heartbeat,
  quit,
]);

/** A message from the master. */
export type MasterMessage = z.infer<typeof masterMessage>;
export type WelcomeMessage = z.infer<typeof welcome>;
export type PrepareMessage = z.infer<typeof prepare>;
export type ResponseMessage = z.infer<typeof response>;
export type StartMessage = z.infer<typeof start>;
