import * as z from "zod";
import { resultSchema } from "./result-schema.ts";

/**
 * The lines of `--stream`, version 1: one JSON object each, with its kind in `type`. First `run`, then windows in order
 * of time and events as they happen, finally `result`. Times are in ms.
 */

const times = z
  .strictObject({
    min: z.number(),
    mean: z.number(),
    max: z.number(),
    /** The percentiles, with the keys of a result. */
    percentiles: z.record(z.string(), z.number()),
  })
  .nullable();

/** The figures of a window. Counts are totals of the window; response times are null without requests. */
const point = z.strictObject({
  requests: z.int(),
  failures: z.int(),
  bytesIn: z.int(),
  bytesOut: z.int(),
  responseTimeMs: times,
});

/**
 * The figures of a group in a window. Counts are totals of the window; times are those of a group in a result, null if
 * a stall affects all of them.
 */
const groupPoint = { count: z.int(), failures: z.int(), durationMs: times, activeTimeMs: times };

/** The streamed responses of an endpoint, as in a result: streams that ended in the window, and events that arrived in it. */
const streamed = z.strictObject({
  method: z.string(),
  name: z.string(),
  count: z.int(),
  failures: z.int(),
  events: z.int(),
  firstEventMs: times,
  eventGapMs: times,
  durationMs: times,
});

const runLine = z.strictObject({
  type: z.literal("run"),
  schema: z.literal("muster-stream/1"),
  run: z.strictObject({
    id: z.string(),
    test: z.string(),
    profile: z.string(),
    host: z.string(),
    seed: z.int(),
    musterVersion: z.string(),
  }),
});

const windowLine = z.strictObject({
  type: z.literal("window"),
  /** The start of the window, since the start of the run. */
  startMs: z.int(),
  /** The width of the window: 1,000, or more if a worker could not report for a while. */
  widthMs: z.int(),
  /** The peak numbers of users: in total, and by class in the next field. */
  users: z.int(),
  usersByClass: z.record(z.string(), z.int()),
  iterations: z.int(),
  failedIterations: z.int(),
  droppedIterations: z.int(),
  total: point,
  /** The endpoints with a request in the window. */
  endpoints: z.array(point.extend({ method: z.string(), name: z.string() })),
  /** The groups that ended in the window; absent if none did. */
  groups: z.exactOptional(z.array(z.strictObject({ name: z.string(), ...groupPoint }))),
  /** The endpoints with streamed responses; absent without any in the window. */
  streams: z.exactOptional(z.array(streamed)),
});

const eventLine = z.strictObject({
  type: z.literal("event"),
  atMs: z.number(),
  kind: z.string(),
  text: z.string(),
});

const resultLine = z.strictObject({ type: z.literal("result"), result: resultSchema });

export const streamLineSchema = z.discriminatedUnion("type", [runLine, windowLine, eventLine, resultLine]);

export type StreamLine = z.infer<typeof streamLineSchema>;
