import * as z from "zod";

/* Requests of virtual users to the master: their names and payloads; see `worker-messages.ts`. */

/**
 * Waits until `users` users of all workers wait for the rendezvous `name`, or `timeoutMs` have passed since the first user
 * arrived. The response is whether all of them arrived.
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
