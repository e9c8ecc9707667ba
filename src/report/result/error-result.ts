import * as z from "zod";
import { phaseNames } from "../../core/request-phase.ts";
import type { CountedError } from "../../stats/error-totals.ts";
import type { FailedRequest } from "../../stats/evidence/failed-request.ts";
import { rounded } from "../numbers.ts";

/** A failed request as evidence of an error. Secrets are masked, long parts are cut, and missing texts are empty. */
const failedRequest = z.strictObject({
  /** When it failed, in ms since the start of the run. */
  atMs: z.int(),
  /** The number of its worker. */
  worker: z.int(),
  /** The number of its user: `vu.index`. */
  user: z.int(),
  /** The start line and the headers, one per line. */
  request: z.string(),
  requestBody: z.string(),
  /** The status and the headers, one per line; empty without a response. */
  response: z.string(),
  responseBody: z.string(),
  /** From the first byte sent to the failure; if nothing was sent, from when the test called for the request. */
  durationMs: z.number(),
  /** The duration of each phase; null if nothing was sent. */
  phasesMs: z.record(z.enum(phaseNames), z.number()).nullable(),
  /** The id of its trace, 32 hexadecimal digits; absent if the run sent no trace ids. */
  traceId: z.exactOptional(z.string()),
});

export const errorSchema = z.strictObject({
  method: z.string(),
  name: z.string(),
  kind: z.string(),
  message: z.string(),
  count: z.int(),
  /** For an exception: where in the test it was thrown, one line per call; otherwise empty. */
  stack: z.string(),
  /**
   * For an exception: the numbers of the workers on which it occurred, ascending, the lowest 20 at most. Absent in results from before
   * this field existed.
   */
  workers: z.exactOptional(z.array(z.int()).readonly()),
  /** Some of the failed requests: the earliest two and the latest. Absent for exceptions, and in results from before this field existed. */
  samples: z.exactOptional(z.array(failedRequest)),
});

export type ErrorResult = z.infer<typeof errorSchema>;
export type FailedRequestResult = z.infer<typeof failedRequest>;

/** Returns an error in the form of a result, with or without its failed requests. */
export function errorResult({ samples, ...error }: CountedError, hasSamples: boolean): ErrorResult {
  return samples === undefined || !hasSamples ? { ...error } : { ...error, samples: samples.map(sampleResult) };
}

function sampleResult({ durationMs, phasesMs, ...sample }: FailedRequest): FailedRequestResult {
  const [blocked = 0, connect = 0, tls = 0, sending = 0, waiting = 0, receiving = 0] = phasesMs.map(rounded<number>);
  const phases = { blocked, connect, tls, sending, waiting, receiving };
  return { ...sample, durationMs: rounded(durationMs), phasesMs: phasesMs.length === 0 ? null : phases };
}
