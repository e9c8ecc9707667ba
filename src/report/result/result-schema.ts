import * as z from "zod";
import { capacitySchema } from "./capacity-schema.ts";
import { driftSchema } from "./drift-schema.ts";
import { spikeSchema } from "./spike-schema.ts";

/** `result.json`, version 1. Times are in ms with three decimals, rates per second, sizes in bytes. */

/** Keys are percentiles: 50 66 75 80 90 95 98 99 99.9 99.99 100. */
const distribution = z.strictObject({
  min: z.number(),
  mean: z.number(),
  max: z.number(),
  stddev: z.number(),
  percentiles: z.record(z.string(), z.number()),
});

/** One phase of the requests of an endpoint. */
const phase = z.strictObject({
  /** Those that had it: a kept connection needs no connecting. */
  requests: z.int(),
  /** Over all requests, so that the means of all phases add up. */
  mean: z.number(),
  max: z.number(),
});

const endpoint = z.strictObject({
  /** Empty in `total`. */
  method: z.string(),
  /** As given, or the templated URL; "Aggregated" in `total`. */
  name: z.string(),
  requests: z.int(),
  failures: z.int(),
  failureKinds: z.record(z.string(), z.int()),
  requestsPerSecond: z.number(),
  bytesIn: z.int(),
  bytesOut: z.int(),
  serviceTimeMs: distribution,
  responseTimeMs: distribution,
  /** Where the time of a request went. */
  phasesMs: z.strictObject({
    /** Until its connection was there or was begun. */
    blocked: phase,
    /** With the time to find the address. */
    connect: phase,
    tls: phase,
    /** Until the system had taken all of it; most are taken at once. */
    sending: phase,
    /** Until the first byte of the answer. */
    waiting: phase,
    /** Until the last. */
    receiving: phase,
  }),
});

const judgedSpan = z.strictObject({
  /** What completed before this does not count. */
  fromMs: z.number(),
  /** The windows that it was held against, one from each second on: it has to hold in all of them. Null without a window. */
  windows: z
    .strictObject({
      widthMs: z.number(),
      judged: z.int(),
      broken: z.int(),
      /** When the worst one began, whose value is given; null when there was none. */
      worstStartMs: z.number().nullable(),
      /** Windows that were left out as nobody knows what happened in them; not there when there is none. */
      unjudged: z.exactOptional(z.int()),
    })
    .nullable(),
});

const threshold = z.strictObject({
  metric: z.string(),
  expression: z.string(),
  /** Null when there was no data, which fails. */
  value: z.number().nullable(),
  passed: z.boolean(),
  /** Of a threshold about a part of the run. */
  span: z.exactOptional(judgedSpan),
  /** The percentile may plausibly lie on the other side of its bound: another run could end the other way. */
  close: z.boolean(),
  /** That interval; `highMs` is null when there are too few samples to say. */
  interval: z.exactOptional(z.strictObject({ lowMs: z.number(), highMs: z.number().nullable() })),
  /** Nothing in the whole run met its selector: which part of it, and what was there. */
  unmatched: z.exactOptional(z.string()),
});

/** Recorded by the test itself; values have no unit. Rates of counters are per second of the run. */
const ownMetric = z.discriminatedUnion("kind", [
  z.strictObject({ name: z.string(), kind: z.literal("counter"), count: z.number(), ratePerSecond: z.number() }),
  z.strictObject({ name: z.string(), kind: z.literal("rate"), rate: z.number(), count: z.int(), total: z.int() }),
  z.strictObject({
    name: z.string(),
    kind: z.literal("gauge"),
    value: z.number(),
    min: z.number(),
    max: z.number(),
  }),
  z.strictObject({ name: z.string(), kind: z.literal("trend"), count: z.int(), ...distribution.shape }),
]);

const meanAndMax = z.strictObject({ mean: z.number(), max: z.number() });

/** How often the tasks of one user class were executed in one scenario. */
const classTasks = z.strictObject({
  /** Empty, as the class's name, for what was counted together because there was too much of it. */
  scenario: z.string(),
  className: z.string(),
  /** Those that were executed at all; each execution counts when it begins, whatever comes of it. */
  tasks: z.array(z.strictObject({ name: z.string(), executions: z.int() })),
});

/** How a worker did. */
const health = z.strictObject({
  /** Share of the time in which its event loop was not idle, 0..1. */
  utilisation: meanAndMax,
  /** Cores. */
  cpu: meanAndMax,
  /** How late timers fired, of the worst second. */
  loopDelayP99Ms: z.number(),
  /** How late iterations began though a user was free, of the worst second; null when none was due. */
  scheduleLagP99Ms: z.number().nullable(),
  /** Time spent on collecting garbage, 0..1. */
  gcShare: z.number(),
  /** After the last full collection. */
  heapAfterGcBytes: z.int(),
  /** The most at a time, as the next two. */
  rssBytes: z.int(),
  sockets: z.int(),
  fileDescriptors: z.int(),
  fileDescriptorLimit: z.int().nullable(),
  /** Median response time that it measured; null without requests. */
  p50Ms: z.number().nullable(),
});

export const resultSchema = z.strictObject({
  schema: z.literal("muster-result/1"),
  run: z.strictObject({
    id: z.string(),
    test: z.string(),
    profile: z.string(),
    host: z.string(),
    /** ISO 8601, UTC. */
    startedAt: z.string(),
    durationMs: z.number(),
    workers: z.int(),
    seed: z.int(),
    musterVersion: z.string(),
  }),
  verdict: z.enum(["passed", "failed", "invalid", "aborted"]),
  exitCode: z.int(),
  reasons: z.array(z.string()),
  warnings: z.array(z.string()),
  /** What happened to the run, in the order of time; `atMs` since its start. */
  events: z.array(z.strictObject({ atMs: z.number(), kind: z.string(), text: z.string() })),
  total: endpoint,
  endpoints: z.array(endpoint),
  /** Requests of setup and teardown; they are in no other figure. */
  lifecycleRequests: z.array(
    z.strictObject({
      phase: z.enum(["setup", "teardown"]),
      method: z.string(),
      name: z.string(),
      requests: z.int(),
      failures: z.int(),
    }),
  ),
  /** Completed, the failed ones among them. */
  iterations: z.int(),
  /** Those whose code threw. */
  failedIterations: z.int(),
  /** Aborted by the end of the run; neither completed nor failed. */
  interruptedIterations: z.int(),
  /** Due, but no virtual user was free, or the one that took it never started; in the error budget. */
  droppedIterations: z.int(),
  /** Requests that were sent once more, as their reused connection was closed; not there in results of before this was counted. */
  reconnects: z.exactOptional(z.int()),
  /** Users whose start ended well. Not there in results of before starts were counted, as the next two. */
  startedUsers: z.exactOptional(z.int()),
  /** Users that never started, as their `onStart` threw until they were given up or did not end; in the error budget. */
  failedStarts: z.exactOptional(z.int()),
  /** By task, or hook as `Shopper.onStart`: requests that were still open when its code had ended. */
  unawaitedRequests: z.exactOptional(z.array(z.strictObject({ name: z.string(), requests: z.int() }))),
  /** Not there in results of before tasks were counted. */
  tasks: z.exactOptional(z.array(classTasks)),
  /** From when an iteration was due until the generator acted on it; null without an open load. */
  scheduleLagMs: distribution.nullable(),
  /** From there until the first byte was written: waiting for a user and a connection; null without an open load. */
  blockedTimeMs: distribution.nullable(),
  peakUsers: z.int(),
  /** The most users of each class that ran at the same time. */
  users: z.record(z.string(), z.int()),
  thresholds: z.array(threshold),
  /** Null unless the load is a search for the capacity. */
  capacity: capacitySchema.nullable(),
  /** Null unless the run is judged for drift. */
  drift: driftSchema.nullable(),
  /** Null unless the load is a spike. */
  spike: spikeSchema.nullable(),
  /** Not there when the test recorded none. */
  metrics: z.exactOptional(z.array(ownMetric)),
  checks: z.array(z.strictObject({ name: z.string(), passes: z.int(), failures: z.int() })),
  errors: z.array(
    z.strictObject({
      method: z.string(),
      name: z.string(),
      kind: z.string(),
      message: z.string(),
      count: z.int(),
      /** Of an exception, where in the test it came from, a line per call; else empty. */
      stack: z.string(),
      /** Of an exception: the numbers of the workers that saw it, the first 20. Not in results of before this was kept. */
      workers: z.exactOptional(z.array(z.int()).readonly()),
    }),
  ),
  workers: z.array(
    z.strictObject({
      id: z.string(),
      number: z.int(),
      host: z.string(),
      pid: z.int(),
      users: z.int(),
      requests: z.int(),
      lost: z.boolean(),
      /** How much later than the agreed instant it started; null when it never did. */
      startSkewMs: z.number().nullable(),
      /** Null when it never told. */
      health: health.nullable(),
    }),
  ),
  ledger: z.strictObject({
    reports: z.int(),
    duplicates: z.int(),
    missing: z.array(
      z.strictObject({
        worker: z.int(),
        firstSequence: z.int(),
        /** Null when the worker was lost: nobody knows how many more reports it made. */
        lastSequence: z.int().nullable(),
        /** What the worker did between these two moments is missing. */
        fromMs: z.number(),
        toMs: z.number(),
      }),
    ),
  }),
});

export type Result = z.infer<typeof resultSchema>;
export type EndpointResult = z.infer<typeof endpoint>;
export type PhasesResult = EndpointResult["phasesMs"];
export type Distribution = z.infer<typeof distribution>;
