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

/** The requests that are not part of the load: from setup, from teardown, and from the `onStop` of users. */
export const requestsOutsideLoad = lifecycleRequest.extend({ phase: z.enum(["setup", "onStop", "teardown"]) });
