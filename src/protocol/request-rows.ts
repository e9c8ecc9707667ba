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

/** One request that has ended. Its texts have no secrets. */
const requestRow = z.strictObject({
  /** When it was sent, or made if it was not, in ms since the start of the run. */
  atMs: z.number().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER),
  /** The number of its user: `vu.index`. */
  user: z.int().nonnegative(),
  scenario: name,
  className: name,
  /** The path of its group; empty outside of groups. */
  group: z.string().max(longestGroup),
  method: name,
  /** The name of its endpoint. */
  name,
  url: z.string().max(longestUrl),
  /** 0 without a response. */
  status: z.int().nonnegative().max(999),
  /** The kind of its failure; empty if it has not failed. */
  failure: z.string().max(50),
  error: z.string().max(longestError),
  serviceMs: time,
  responseMs: time,
  /** The durations of its phases, in the order of `phaseNames`; empty if it was not sent. */
  phasesMs: z.array(time).max(20),
  bytesIn: z.int().nonnegative(),
  bytesOut: z.int().nonnegative(),
  /** Empty if it carried none. */
  traceId: id(32),
  spanId: id(16),
  /** Whether its `traceparent` says so. */
  isSampled: z.boolean(),
  /** Whether it is in the sample of the request log. */
  isLogged: z.boolean(),
});

/**
 * Requests that have ended on this worker, for the request log and for spans. The master answers with `request-rows-taken` and
 * the same `batch` when it has written them; only then the worker sends the next ones. After a reconnect it sends those again that
 * were not answered.
 */
export const requestRows = z.strictObject({
  type: z.literal("request-rows"),
  /** 1, 2, 3, … */
  batch: z.int().positive(),
  rows: z.array(requestRow).max(mostRows),
  /** How many were left out since the message before, because the worker made more than the master takes. */
  leftOut: z.int().nonnegative().max(1e12),
});

export const requestRowsTaken = z.strictObject({ type: z.literal("request-rows-taken"), batch: z.int().positive() });

/** Which requests the master wants one by one. */
export const wantedRequests = z.strictObject({
  /** The share of all requests, 0 to 1. */
  share: z.number().min(0).max(1),
  /** Whether it also wants those whose `traceparent` says that they are sampled. */
  hasSampled: z.boolean(),
  /** The most in a second from this worker. */
  perSecond: z.int().positive(),
});

export type RequestRow = z.infer<typeof requestRow>;
export type RequestRowsMessage = z.infer<typeof requestRows>;
export type WantedRequests = z.infer<typeof wantedRequests>;

/** Cuts texts to what a row can hold. */
export function cutUrl(text: string): string {
  return text.slice(0, longestUrl);
}

export function cutGroup(path: string): string {
  return path.slice(0, longestGroup);
}

export function cutError(text: string): string {
  return text.slice(0, longestError);
}
