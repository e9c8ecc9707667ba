import * as z from "zod";
import { observedSchema } from "../observed/observed-result.ts";
import { saturationSchema } from "../observed/saturation-schema.ts";
import { capacitySchema } from "./capacity-schema.ts";
import { driftSchema } from "./drift-schema.ts";
import { errorSchema } from "./error-result.ts";
import { requestsOutsideLoad } from "./lifecycle-schema.ts";
import { distributionSchema, endpointSchema, groupSchema, healthSchema, streamSchema } from "./measured-schema.ts";
import { spikeSchema } from "./spike-schema.ts";

/** `result.json`, version 1. Times are in ms with three decimals, rates per second, sizes in bytes. */

const judgedSpan = z.strictObject({
  /** Measurements that completed before this time do not count. */
  fromMs: z.number(),
  /** The windows on which the threshold was checked, one starting each second: it must pass in all of them. Null without a window. */
  windows: z
    .strictObject({
      widthMs: z.number(),
      judged: z.int(),
      broken: z.int(),
      /** The start of the worst window, whose value is given; null if there is none. */
      worstStartMs: z.number().nullable(),
      /** The number of windows that were left out because reports are missing; absent if there are none. */
      unjudged: z.exactOptional(z.int()),
    })
    .nullable(),
});

const threshold = z.strictObject({
  metric: z.string(),
  expression: z.string(),
  /** The measured value; null without data, and then the threshold fails. */
  value: z.number().nullable(),
  passed: z.boolean(),
  /** Present for a threshold on a part of the run. */
  span: z.exactOptional(judgedSpan),
  /** Whether the percentile may be on the other side of the limit, so that another run could have another outcome. */
  close: z.boolean(),
  /** The confidence interval of the percentile; `highMs` is null if there are too few samples. */
  interval: z.exactOptional(z.strictObject({ lowMs: z.number(), highMs: z.number().nullable() })),
  /** Present if nothing in the run matched the selector: the part that did not match, and the values that exist. */
  unmatched: z.exactOptional(z.string()),
  /** Present if the threshold is on an observed metric whose source gave too few values to judge it: the reason. */
  unobserved: z.exactOptional(z.string()),
  /** True if the threshold failed, but could have passed if the load generator had not stood still. Otherwise absent. */
  stalled: z.exactOptional(z.literal(true)),
  /** True if the threshold failed, but could have passed if a user or a limit had not ended the load before its plan. Otherwise absent. */
  cutShort: z.exactOptional(z.literal(true)),
  /**
   * True if the threshold failed, but could have passed if workers that were lost, left or stood still had generated
   * all of the planned load. Otherwise absent.
   */
  unmade: z.exactOptional(z.literal(true)),
});

/** Custom metrics of the test; values have no unit. Rates of counters are per second of the run. */
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
  z.strictObject({ name: z.string(), kind: z.literal("trend"), count: z.int(), ...distributionSchema.shape }),
]);

const scenarioLoad = z.strictObject({
  scenario: z.string(),
  /** The unit: iterations, or user seconds (the time that users ran, summed over all users). */
  unit: z.enum(["iterations", "userSeconds"]),
  /** The planned load with the changes that users made, up to the end of the load. */
  planned: z.number(),
  made: z.number(),
  /** Left out because a worker stalled or was too late; other workers may have generated it instead. */
  late: z.number(),
  /** Left out because no virtual user was free. */
  dropped: z.number(),
});

/** A second, or a longer window of a long run, in which a worker stalled. */
const stall = z.strictObject({
  worker: z.int(),
  atMs: z.number(),
  widthMs: z.number(),
  /** The longest stall in it, in ms. */
  longestMs: z.number(),
});

/** The tasks of one user class in one scenario, with their executions. */
const classTasks = z.strictObject({
  /** The scenario. This and the class name are empty for tasks that were counted together because there were too many. */
  scenario: z.string(),
  className: z.string(),
  /** The tasks. Each execution counts when it begins, whatever its outcome. */
  tasks: z.array(z.strictObject({ name: z.string(), executions: z.int() })),
});

/** The rows of a data source. */
const dataSource = z.strictObject({
  name: z.string(),
  rows: z.int(),
  /** Rows that users took and did not give back. For rows that may be used again: how many times a row was taken. */
  used: z.int(),
  /** Rows that no user has taken. This field and the next are absent if rows may be used again. */
  unused: z.exactOptional(z.int()),
  /**
   * Rows that were held by lost workers: they may have been used, and were not given to other workers. `used`, `unused` and
   * `uncertain` add up to `rows`.
   */
  uncertain: z.exactOptional(z.int()),
});

/** The budget of a run, and what its requests cost. */
const cost = z.strictObject({
  perRequest: z.number(),
  max: z.number(),
  /** The currency; absent if the test names none. */
  currency: z.exactOptional(z.string()),
  /** The HTTP requests of users that were sent, or may have been sent: for a lost worker this is not always known. */
  requests: z.int(),
  spent: z.number(),
});

export const resultSchema = z.strictObject({
  schema: z.literal("muster-result/1"),
  run: z.strictObject({
    id: z.string(),
    test: z.string(),
    profile: z.string(),
    host: z.string(),
    /** The start as ISO 8601 in UTC. */
    startedAt: z.string(),
    durationMs: z.number(),
    /**
     * The duration of the load, without pauses and without the time in which the last iterations finished. Rates are over
     * this time. Absent in results of older versions, whose rates are over `durationMs`.
     */
    loadMs: z.exactOptional(z.number()),
    workers: z.int(),
    seed: z.int(),
    musterVersion: z.string(),
    /** What made connections accept any certificate: "--insecure", "the test", or classes of the test. Absent if nothing did. */
    insecure: z.exactOptional(z.array(z.string())),
  }),
  verdict: z.enum(["passed", "failed", "invalid", "aborted"]),
  exitCode: z.int(),
  reasons: z.array(z.string()),
  warnings: z.array(z.string()),
  /** The events of the run in order of time; `atMs` counts from its start. */
  events: z.array(z.strictObject({ atMs: z.number(), kind: z.string(), text: z.string() })),
  total: endpointSchema,
  endpoints: z.array(endpointSchema),
  /** The groups of the test, each followed by the groups in it; absent if the test has none. */
  groups: z.exactOptional(z.array(groupSchema)),
  /** The endpoints whose responses were streamed; absent if there are none. */
  streams: z.exactOptional(z.array(streamSchema)),
  /** The requests of setup, of the `onStop` of users, and of teardown. No other figure includes them. */
  lifecycleRequests: z.array(requestsOutsideLoad),
  /** Completed iterations, including failed ones. */
  iterations: z.int(),
  /** Iterations whose code threw. */
  failedIterations: z.int(),
  /** Iterations that were aborted by the end of the run; neither completed nor failed. */
  interruptedIterations: z.int(),
  /**
   * Iterations that were due, but no virtual user was free, or the user that took the iteration never started. They
   * count in the error budget.
   */
  droppedIterations: z.int(),
  /** The number of requests that were resent because their reused connection was closed; absent in results from before this was counted. */
  reconnects: z.exactOptional(z.int()),
  /**
   * The number of failed requests that were sent again because the test asks for it (`retries`); each try is in the
   * figures. Absent if there are none.
   */
  retries: z.exactOptional(z.int()),
  /**
   * Users whose `onStart` succeeded. This field and the next two are absent in results from before starts were counted.
   */
  startedUsers: z.exactOptional(z.int()),
  /** Users that never started, because `onStart` kept failing or did not end. They count in the error budget. */
  failedStarts: z.exactOptional(z.int()),
  /** Requests that were still open when the code of a task, or of a hook such as `Shopper.onStart`, had ended. */
  unawaitedRequests: z.exactOptional(z.array(z.strictObject({ name: z.string(), requests: z.int() }))),
  /** The executions of tasks; absent in results from before tasks were counted. */
  tasks: z.exactOptional(z.array(classTasks)),
  /** The planned and the generated load of each scenario; absent in results from before this field existed. */
  load: z.exactOptional(z.array(scenarioLoad)),
  /** The time from when an iteration was due until the generator started to handle it; null without an open load. */
  scheduleLagMs: distributionSchema.nullable(),
  /** The time from then until the first byte was written: the wait for a user and a connection; null without an open load. */
  blockedTimeMs: distributionSchema.nullable(),
  peakUsers: z.int(),
  /** The peak number of users of each class. */
  users: z.record(z.string(), z.int()),
  thresholds: z.array(threshold),
  /** The findings of a capacity search; null for other loads. */
  capacity: capacitySchema.nullable(),
  /** The findings of the drift analysis; null unless the run is analysed for drift. */
  drift: driftSchema.nullable(),
  /** The findings of a spike; null for other loads. */
  spike: spikeSchema.nullable(),
  /** The metrics that moved when the service broke; absent if nothing was observed, or nothing broke. */
  saturation: z.exactOptional(saturationSchema),
  /** When workers stood still: the longest stalls, in order of time. Absent if none did. */
  stalls: z.exactOptional(z.array(stall)),
  /** The metrics of the test; absent if it recorded none. */
  metrics: z.exactOptional(z.array(ownMetric)),
  /** The observed metrics of the service; absent if the test observes nothing. */
  observed: z.exactOptional(observedSchema),
  /** The use of the rows of each data source; absent if the test has none. */
  data: z.exactOptional(z.array(dataSource)),
  /** The cost of the run; absent without a budget. */
  cost: z.exactOptional(cost),
  checks: z.array(z.strictObject({ name: z.string(), passes: z.int(), failures: z.int() })),
  errors: z.array(errorSchema),
  workers: z.array(
    z.strictObject({
      id: z.string(),
      number: z.int(),
      host: z.string(),
      pid: z.int(),
      users: z.int(),
      requests: z.int(),
      lost: z.boolean(),
      /** How much later than the agreed instant the worker started; null if it never started. */
      startSkewMs: z.number().nullable(),
      /** The health of the worker; null if it never reported its health. */
      health: healthSchema.nullable(),
    }),
  ),
  ledger: z.strictObject({
    reports: z.int(),
    duplicates: z.int(),
    missing: z.array(
      z.strictObject({
        worker: z.int(),
        firstSequence: z.int(),
        /** The number of the last report; null if the worker was lost, because the number is then unknown. */
        lastSequence: z.int().nullable(),
        /** The data of the worker between these two times is missing. */
        fromMs: z.number(),
        toMs: z.number(),
      }),
    ),
  }),
});

export type Result = z.infer<typeof resultSchema>;
export type CostResult = z.infer<typeof cost>;
export type DataResult = z.infer<typeof dataSource>;
export type EndpointResult = z.infer<typeof endpointSchema>;
export type GroupResult = z.infer<typeof groupSchema>;
export type StreamResult = z.infer<typeof streamSchema>;
export type PhasesResult = EndpointResult["phasesMs"];
export type Distribution = z.infer<typeof distributionSchema>;
