import * as z from "zod";

/*
 * The measurements in `result.json`: requests, groups, streams, and the health of workers. Times are in ms with three decimals, rates per
 * second, sizes in bytes.
 */

/** A distribution. Its keys are percentiles: 50 66 75 80 90 95 98 99 99.9 99.99 100. */
export const distributionSchema = z.strictObject({
  min: z.number(),
  mean: z.number(),
  max: z.number(),
  stddev: z.number(),
  percentiles: z.record(z.string(), z.number()),
});

/** One phase of the requests of an endpoint. */
const phase = z.strictObject({
  /** The number of requests that had this phase: a request on a reused connection does not connect. */
  requests: z.int(),
  /** The mean over all requests, so that the means of all phases add up. */
  mean: z.number(),
  max: z.number(),
});

/** One of the slowest sampled requests of an endpoint. */
const slowRequest = z.strictObject({
  /** The id of its trace, 32 hexadecimal digits. */
  traceId: z.string(),
  /** When it ended, in ms since the start of the run. */
  atMs: z.int(),
  /** The number of its worker. */
  worker: z.int(),
  /** The number of its user: `vu.index`. */
  user: z.int(),
  /** The status of the response; 0 without a response. */
  status: z.int(),
  serviceMs: z.number(),
  responseMs: z.number(),
});

export const endpointSchema = z.strictObject({
  /** The method; empty in `total`. */
  method: z.string(),
  /** The name that the test gives, or the templated URL; "Aggregated" in `total`. */
  name: z.string(),
  requests: z.int(),
  failures: z.int(),
  failureKinds: z.record(z.string(), z.int()),
  /** The number of requests that were due or open while their worker stood still; their times are left out. Absent if there are none. */
  stalledRequests: z.exactOptional(z.int()),
  requestsPerSecond: z.number(),
  bytesIn: z.int(),
  bytesOut: z.int(),
  serviceTimeMs: distributionSchema,
  responseTimeMs: distributionSchema,
  /** The phases into which the time of a request is divided. */
  phasesMs: z.strictObject({
    /** Until the connection was free or was being opened. */
    blocked: phase,
    /** Includes the DNS lookup. */
    connect: phase,
    tls: phase,
    /** Until the kernel accepted the whole request, which is mostly at once. */
    sending: phase,
    /** Until the first byte of the response. */
    waiting: phase,
    /** Until the last byte of the response. */
    receiving: phase,
  }),
  /** The slowest requests whose `traceparent` was sampled, the slowest first; absent if there are none, and in `total`. */
  slowest: z.exactOptional(z.array(slowRequest)),
});

/** A group of the test: a transaction over any number of requests. */
export const groupSchema = z.strictObject({
  /** Its path: the names of the groups around it and its own, such as "checkout::pay". */
  name: z.string(),
  /** How many times it ended. */
  count: z.int(),
  /** How many times a request in it failed, or its code threw. */
  failures: z.int(),
  /** The number of times it ran while its worker stood still; their durations are left out. Absent if there are none. */
  stalledCount: z.exactOptional(z.int()),
  ratePerSecond: z.number(),
  /** The time from its start to its end. */
  durationMs: distributionSchema,
  /** The same time without the time that it spent in `vu.sleep` while none of its requests was open. */
  activeTimeMs: distributionSchema,
});

/** The streamed responses of an endpoint. */
export const streamSchema = z.strictObject({
  method: z.string(),
  name: z.string(),
  /** The number of streams that ended. Streams that the end of the run interrupted are not counted, but their events are. */
  count: z.int(),
  failures: z.int(),
  /** The number of events that the test read from the streams: server-sent events, lines or chunks. */
  events: z.int(),
  /** The number of streams that had an event. */
  firstEvents: z.int(),
  eventsPerSecond: z.number(),
  /** The number of events for which the test waited while their worker stood still; their times are left out. Absent if there are none. */
  stalledEvents: z.exactOptional(z.int()),
  /** The time from when the request was due to the arrival of the first event. */
  firstEventMs: distributionSchema,
  /** The time from when the request was sent to the arrival of the first event. */
  firstEventServiceMs: distributionSchema,
  /** The time from the arrival of one event to the arrival of the next. */
  eventGapMs: distributionSchema,
  /** The time from when the request was due to the end of the stream, or until the test left it. */
  durationMs: distributionSchema,
});

const meanAndMax = z.strictObject({ mean: z.number(), max: z.number() });

/** The health of a worker. */
export const healthSchema = z.strictObject({
  /** The share of the time in which its event loop was not idle, 0..1. */
  utilisation: meanAndMax,
  /** CPU use in cores. */
  cpu: meanAndMax,
  /** How late timers fired in the worst second. */
  loopDelayP99Ms: z.number(),
  /** How late iterations started although a user was free, in the worst second; null if no iteration was due. */
  scheduleLagP99Ms: z.number().nullable(),
  /** The share of the time spent in garbage collection, 0..1. */
  gcShare: z.number(),
  /** Heap size after the last full collection. */
  heapAfterGcBytes: z.int(),
  /** The peak memory of the process; the next two fields are also peaks. */
  rssBytes: z.int(),
  sockets: z.int(),
  fileDescriptors: z.int(),
  fileDescriptorLimit: z.int().nullable(),
  /** The median response time that the worker measured; null without requests. */
  p50Ms: z.number().nullable(),
});
