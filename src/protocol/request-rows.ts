import * as z from "zod";
import { longestName } from "../core/size-limits.ts";

/** The requests of one message. */
export const mostRows = 2_500;
/** In characters. */
const longestUrl = 2_000;
const longestError = 500;
const longestGroup = 10_000;

const time = z.number().nonnegative().max(Number.MAX_SAFE_INTEGER);
const name = z.string().max(2 * longestName);
const id = (digits: number) => z.string().regex(new RegExp(`^(?:[0-9a-f]{${digits}})?$`));

/** One request that has ended. Its texts contain no secrets. */
const requestRow = z.strictObject({
  /** When the request was sent, or made if it was never sent, in ms since the start of the run. */
  atMs: z.number().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER),
  /** The number of the user: `vu.index`. */
  user: z.int().nonnegative(),
  scenario: name,
  className: name,
  /** The path of the group; empty outside of groups. */
  group: z.string().max(longestGroup),
  method: name,
  /** The name of the endpoint. */
  name,
  url: z.string().max(longestUrl),
  /** The status of the response; 0 if there was none. */
  status: z.int().nonnegative().max(999),
  /** The kind of the failure; empty if the request has not failed. */
  failure: z.string().max(50),
  error: z.string().max(longestError),
  serviceMs: time,
  responseMs: time,
  /** The durations of the phases, in the order of `phaseNames`; empty if the request was not sent. */
  phasesMs: z.array(time).max(20),
  bytesIn: z.int().nonnegative(),
  bytesOut: z.int().nonnegative(),
  /** The id of the trace; empty if the request carried none. */
  traceId: id(32),
  spanId: id(16),
  /** Whether the `traceparent` of the request marks it as sampled. */
  isSampled: z.boolean(),
  /** Whether the request is in the sample of the request log. */
  isLogged: z.boolean(),
});

/**
 * Requests that have ended on this worker, for the request log and for spans. When the master has written them, it answers
 * with `request-rows-taken` and the same `batch`; only then does the worker send the next batch. After a reconnect, the
 * worker resends the batch that was not answered.
 */
export const requestRows = z.strictObject({
  type: z.literal("request-rows"),
  /** 1, 2, 3, … */
  batch: z.int().positive(),
  rows: z.array(requestRow).max(mostRows),
  /** The number of requests left out since the previous message, because the worker made more than the master takes. */
  leftOut: z.int().nonnegative().max(1e12),
});

export const requestRowsTaken = z.strictObject({ type: z.literal("request-rows-taken"), batch: z.int().positive() });

/** The requests that the master wants one by one. */
export const wantedRequests = z.strictObject({
  /** The share of all requests, 0 to 1. */
  share: z.number().min(0).max(1),
  /** Whether the master also wants all requests whose `traceparent` marks them as sampled. */
  hasSampled: z.boolean(),
  /** The maximum number of requests per second from this worker. */
  perSecond: z.int().positive(),
});

export type RequestRow = z.infer<typeof requestRow>;
export type RequestRowsMessage = z.infer<typeof requestRows>;
export type WantedRequests = z.infer<typeof wantedRequests>;

/** Cuts a URL to the length that a row can hold. The next two functions cut the other texts. */
export function cutUrl(text: string): string {
  return text.slice(0, longestUrl);
}

export function cutGroup(path: string): string {
  return path.slice(0, longestGroup);
}

export function cutError(text: string): string {
  return text.slice(0, longestError);
}
