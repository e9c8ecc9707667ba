import * as z from "zod";
import type { SearchRecord } from "../analysis/capacity/capacity-result.ts";
import { endReason, searchEvent } from "./result/capacity-schema.ts";
import type { Recording } from "./result/recording.ts";

/** What a search has done, among what steered a load. */
const searchOperation = z.object({
  kind: z.literal("search"),
  ended: z.array(searchEvent),
  step: z.object({ kind: z.string(), reason: endReason.optional() }),
});

/** A search as it was written down. */
export function replayedSearch(controls: ReturnType<Recording["controls"]>): SearchRecord {
  const steps = controls.flatMap(({ operation }) => {
    const { success, data } = searchOperation.safeParse(operation);
    return success ? [data] : [];
  });
  return { events: steps.flatMap(({ ended }) => ended), reason: steps.at(-1)?.step.reason ?? null };
}
