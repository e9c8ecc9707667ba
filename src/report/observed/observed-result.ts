import * as z from "zod";
import { describeFailures } from "../../analysis/observed/missing-values.ts";
import { summaryOfSamples } from "../../analysis/observed/observed-summary.ts";
import { type Observed, observedKinds } from "../../stats/observed-series.ts";

/** What was observed of the service, as numbers; the values over time are in the store. */
export const observedSchema = z.strictObject({
  sources: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.enum(observedKinds),
      /** What is read, without credentials; null for a function. */
      target: z.string().nullable(),
      /** The time between two readings. */
      everyMs: z.number(),
      readings: z.int(),
      /** Readings that failed, or gave a value that is no finite number. */
      failures: z.int(),
      /** Null without failures. */
      lastFailure: z.strictObject({ atMs: z.number(), text: z.string() }).nullable(),
    }),
  ),
  /** One entry per metric that had a value. */
  metrics: z.array(
    z.strictObject({
      /** The name of its source, or `source.key` for a source with several values. */
      name: z.string(),
      source: z.string(),
      /** As the test says it; null if it does not. */
      unit: z.string().nullable(),
      count: z.int(),
      min: z.number(),
      avg: z.number(),
      max: z.number(),
      last: z.number(),
    }),
  ),
});

export type ObservedResult = z.infer<typeof observedSchema>;

export function observedResult({ sources, series }: Observed): ObservedResult {
  return {
    sources: sources.map((source) => ({ ...source })),
    metrics: series.map(({ name, source, unit, samples }) => {
      const { count, min, avg, max } = summaryOfSamples(samples);
      return { name, source, unit, count, min, avg, max, last: samples.at(-1)?.value ?? 0 };
    }),
  };
}

/** Warns about readings that failed. They do not change the verdict, unless a threshold needs their values. */
export function observedWarnings({ sources }: Observed): string[] {
  return sources
    .filter(({ failures }) => failures > 0)
    .map((source) => `observe.${source.name} was read ${source.readings} times${describeFailures(source)}`);
}
