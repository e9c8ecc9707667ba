import * as z from "zod";

/** An error response (RFC 9457). */
export const problemSchema = z.strictObject({
  type: z.literal("about:blank"),
  /** The name of the HTTP status. */
  title: z.string(),
  status: z.int(),
  /** A stable code that programs can match on. */
  code: z.string(),
  /** The error as one line of text for the user. */
  detail: z.string(),
  /** The invalid field of the request, if there is one. */
  field: z.string().exactOptional(),
});
export type Problem = z.infer<typeof problemSchema>;
