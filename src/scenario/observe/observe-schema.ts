import * as z from "zod";
import { parseDuration } from "../../core/duration.ts";
import { longestObservedName, mostObservedSources, shortestObservedMs } from "../../core/size-limits.ts";
import { code, durationSchema, isLongerThanZero } from "../bundle/load-schema.ts";
import { eitherOf } from "../bundle/unknown-field.ts";
import { seriesAggregates } from "./sources.ts";

/* The shapes of the sources of observed metrics. */

/** Whether a text is a duration of at least `leastMs`; true for a text that is not a duration, which is refused elsewhere. */
function isAtLeast(leastMs: number, text: string): boolean {
  return !durationSchema.safeParse(text).success || parseDuration(text) >= leastMs;
}

const options = {
  every: durationSchema.refine((text) => isAtLeast(shortestObservedMs, text), 'expected at least "1s"').optional(),
  timeout: durationSchema.refine(isLongerThanZero, "expected a time longer than zero").optional(),
  unit: z.string().min(1).max(20).optional(),
  rate: z.boolean().optional(),
  leak: z.boolean().optional(),
};

const url = z.string().refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text), {
  error: 'expected a URL such as "http://127.0.0.1:9090/metrics"',
});
const headerName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;
/** Visible characters of ISO 8859-1, blanks and tabs (RFC 9110, 5.5). */
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;
const request = {
  ...options,
  url,
  headers: z
    .record(z.string().regex(headerName, "expected the name of a header"), z.string().regex(headerValue))
    .optional(),
};
const text = z.string().min(1);

const forms: Readonly<Record<string, z.ZodType>> = {
  prometheus: z.strictObject({
    kind: z.literal("prometheus"),
    ...request,
    metric: z
      .string()
      .regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, "expected the name of a sample, such as process_cpu_seconds_total"),
    labels: z.record(z.string(), z.string()).optional(),
    aggregate: z.enum(seriesAggregates).optional(),
  }),
  promql: z.strictObject({ kind: z.literal("promql"), ...request, query: text }),
  json: z.strictObject({ kind: z.literal("json"), ...request, path: text }),
  function: z.strictObject({ kind: z.literal("function"), ...options, read: code }),
};

const wrong = "expected a function, prometheus(…), promql(…), json(…) or observed(…)";

const source = eitherOf((value) => {
  if (typeof value === "function") return code;
  const kind = typeof value === "object" && value !== null && "kind" in value ? String(value.kind) : "";
  return (Object.hasOwn(forms, kind) ? forms[kind] : undefined) ?? z.custom(() => false, wrong);
});

/**
 * The name of a source. It has no dot, so that it cannot be the metric of another source: `aws.throttled` is a value of the
 * source `aws`.
 */
const sourceName = z
  .string()
  .regex(/^[\p{L}\p{N}_-]+$/u, "expected a name of letters, digits, _ and -")
  .max(longestObservedName);

export const observeSchema = z
  .record(sourceName, source)
  .refine((value) => Object.keys(value).length <= mostObservedSources, {
    error: ({ input }) => `${Object.keys(input as object).length} sources; at most ${mostObservedSources} are possible`,
  });
