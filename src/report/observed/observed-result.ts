import * as z from "zod";
import { describeFailures } from "../../analysis/observed/missing-values.ts";
import { summaryOfSamples } from "../../analysis/observed/observed-summary.ts";
import { type Observed, observedKinds } from "../../stats/observed-series.ts";

/** The figures of the observed metrics; the values over time are in the store. */
export const observedSchema = z.strictObject({
  sources: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.enum(observedKinds),
      /** The address that is read, without credentials; null for a function. */
      target: z.string().nullable(),
      /** The time between two readings. */
      everyMs: z.number(),
      readings: z.int(),
      /** Readings that failed, or whose value was not a finite number. */
      failures: z.int(),
      /** The last failure; null without failures. */
      lastFailure: z.strictObject({ atMs: z.number(), text: z.string() }).nullable(),
    }),
  ),
  /** One entry per metric that had a value. */
  metrics: z.array(
    z.strictObject({
      /** The name of its source, or `source.key` for a source with several values. */
      name: z.string(),
      source: z.string(),
      /** The unit that the test gives; null if it gives none. */
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

/** Warns about readings that failed. They do not change the verdict unless a threshold needs their values. */
export function observedWarnings({ sources }: Observed): string[] {
  return sources
    .filter(({ failures }) => failures > 0)
    .map((source) => `observe.${source.name} was read ${source.readings} times${describeFailures(source)}`);
}
