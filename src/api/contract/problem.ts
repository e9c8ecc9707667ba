import * as z from "zod";

/** An error response (RFC 9457). */
export const problemSchema = z.strictObject({
  type: z.literal("about:blank"),
  /** The status in words. */
  title: z.string(),
  status: z.int(),
  /** A stable code that programs can match on. */
  code: z.string(),
  /** One line for a person. */
  detail: z.string(),
  /** The field of the request that is not valid, if there is one. */
  field: z.string().exactOptional(),
});
export type Problem = z.infer<typeof problemSchema>;
