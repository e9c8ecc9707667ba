import * as z from "zod";

/* What virtual users request from the master: the payloads of requests by name; see `worker-messages.ts`. */

/**
 * Waits until `users` users of all workers wait for the rendezvous `name`, or `timeoutMs` have passed since the first one
 * came. The response is whether they all came.
 */
export const rendezvousRequest = {
  name: "rendezvous",
  payload: z.strictObject({ name: z.string(), users: z.int().positive(), timeoutMs: z.number().nonnegative() }),
};

/** Stops the run. The response is empty. */
export const stopRunRequest = {
  name: "stop-run",
  payload: z.strictObject({ reason: z.string(), verdict: z.enum(["passed", "failed", "invalid"]), user: z.string() }),
};
