import * as z from "zod";
import { phaseNames } from "../core/request-phase.ts";
import { scenarioSpec } from "./scenario-spec.ts";
import type { RefusalReason } from "./version.ts";

/** HTTP clients that a worker has: muster's own, and the one that it is tested against. */
export const engineNames = ["own", "undici"] as const;
export type EngineName = (typeof engineNames)[number];

/**
 * The worker is in, or in again after its socket was lost; what it has to do follows, the whole of it.
 * `worker` is its number in this run, from 1.
 */
const welcome = z.strictObject({
  type: z.literal("welcome"),
  worker: z.int().positive(),
  runId: z.string(),
  /** The last report of this worker that is committed; those after it have to be sent again. */
  lastSequence: z.int().nonnegative(),
  /** The start of the run on this master's clock; null while it has none. A master that was restarted has another clock. */
  startAtMs: z.number().nullable(),
  /** The master carries out other runs after this one: a worker whose run is over comes again, as a new one. */
  stays: z.boolean(),
});

/** No run goes on; said every second until `welcome`. */
const wait = z.strictObject({ type: z.literal("wait") });

/** The worker is not in, and the socket closes. `reason` is one of `refusalReasons`. */
const refused = z.strictObject({
  type: z.literal("refused"),
  reason: z.string().transform((reason) => reason as RefusalReason),
  message: z.string(),
});

/** The answer to a clock probe: the master's clock when it was read, in ms since an instant of the master's own. */
const clockReply = z.strictObject({ type: z.literal("clock-reply"), probe: z.int(), masterMs: z.number() });

const conditions = z.array(z.strictObject({ tag: z.string(), value: z.string(), isNot: z.boolean() }));

/** Load this test; answer with `ready`, `need-bundle` or `load-failed`. */
const prepare = z.strictObject({
  type: z.literal("prepare"),
  bundleHash: z.string(),
  profile: z.string(),
  host: z.string(),
  seed: z.int(),
  /** What `env()` answers in the test. */
  environment: z.record(z.string(), z.string().nullable()),
  /** Which tasks run: those with one of `tags` (all when it is empty), but none of `excludeTags`. */
  tags: z.array(z.string()),
  excludeTags: z.array(z.string()),
  /** How long users that are in an iteration at the end of the plan may take to finish it. */
  stopTimeoutMs: z.number(),
  /** What puts the requests on the wire. */
  engine: z.enum(engineNames),
  /** Parts of the requests that some threshold is about: to be recorded apart. */
  slices: z.array(
    z.strictObject({
      key: z.string(),
      conditions,
      /** Record this phase of them as a metric called `key`; null: all that endpoints have. */
      phase: z.enum(phaseNames).nullable(),
    }),
  ),
  /** Parts of other metrics that some threshold is about: to be recorded as metrics called `name`. */
  metrics: z.array(z.strictObject({ name: z.string(), metric: z.string(), conditions })),
  /** How long a worker that has lost its master goes on with the load. */
  orphanTimeoutMs: z.number(),
});

/** The test's code, and the files of data that it imports: each by its SHA-256 and length. The worker asks for these by `need-data`. */
const bundle = z.strictObject({
  type: z.literal("bundle"),
  hash: z.string(),
  source: z.string(),
  data: z.array(z.strictObject({ hash: z.string(), bytes: z.int().positive() })).max(10_000),
});

/** Run the test's `setup` here; answer with `lifecycle-done`. */
const runSetup = z.strictObject({ type: z.literal("run-setup") });

/** Run the test's `teardown` here; answer with `lifecycle-done`. */
const runTeardown = z.strictObject({ type: z.literal("run-teardown"), setup: z.record(z.string(), z.unknown()) });

/** Begin at `startAtMs` on the master's clock: in the past for a worker that joins a run that is under way. */
const start = z.strictObject({
  type: z.literal("start"),
  startAtMs: z.number(),
  /** The numbers of the iterations that begin on this worker: `first`, `first + step`, and so on. No other worker has them. */
  iterationNumbers: z.strictObject({ first: z.int().nonnegative(), step: z.int().positive() }),
  setup: z.record(z.string(), z.unknown()),
  scenarios: z.array(scenarioSpec),
});

/** Scenarios that are new, or different from now on. */
const update = z.strictObject({ type: z.literal("update"), scenarios: z.array(scenarioSpec) });

/** Everything up to and including this report is merged and committed. */
const ack = z.strictObject({ type: z.literal("ack"), sequence: z.int() });

/** Start no new iteration; abort what still runs after `stopTimeoutMs`; then report the rest and say `stopped`. */
const stop = z.strictObject({ type: z.literal("stop"), stopTimeoutMs: z.number() });

/** The run goes on without this worker: as `stop`, but its `stopped` says `told-to-go`, and it ends once that is acknowledged. */
const leave = z.strictObject({ type: z.literal("leave"), stopTimeoutMs: z.number() });

/** The answer to a worker's heartbeat, so that the worker notices a master that is gone. */
const heartbeat = z.strictObject({ type: z.literal("heartbeat") });

/** The run is over; the worker may end. */
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
  heartbeat,
  quit,
]);

/** What a master sends. */
export type MasterMessage = z.infer<typeof masterMessage>;
export type WelcomeMessage = z.infer<typeof welcome>;
export type PrepareMessage = z.infer<typeof prepare>;
export type StartMessage = z.infer<typeof start>;
