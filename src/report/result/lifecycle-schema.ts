import * as z from "zod";

/** The requests that setup or teardown made to one endpoint. */
export const lifecycleRequest = z.strictObject({
  phase: z.enum(["setup", "teardown"]),
  method: z.string(),
  name: z.string(),
  requests: z.int(),
  failures: z.int(),
});

export type LifecycleRequest = z.infer<typeof lifecycleRequest>;

/** The requests that are no load: those, and what the `onStop` of users requested. */
export const requestsOutsideLoad = lifecycleRequest.extend({ phase: z.enum(["setup", "onStop", "teardown"]) });
