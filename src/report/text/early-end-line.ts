import { formatClock } from "../../core/duration.ts";
import type { Result } from "../result/result-schema.ts";

/** The events that end a load before its plan without deciding the verdict. */
const kinds: ReadonlySet<string> = new Set(["stopped", "stopped-by-test", "max-requests", "max-cost", "max-duration"]);
/** The end of the text of `data-empty` if the run ends with its data; see `DataRequests`. */
const endsWithData = "the load ends with it";

/**
 * Returns how the load ended before its plan: "ended early, at 00:12: all 100 requests (maxRequests) were made". Null if it did not, or if
 * a reason of the verdict already says so.
 */
export function earlyEndLine({ events, reasons }: Pick<Result, "events" | "reasons">): string | null {
  const end = events.find(
    ({ kind, text }) => kinds.has(kind) || (kind === "data-empty" && text.endsWith(endsWithData)),
  );
  if (end === undefined) return null;
  const clock = formatClock(end.atMs);
  const isSaid = reasons.some((reason) => end.text.startsWith(reason) || reason.includes(` after ${clock}: `));
  return isSaid ? null : `ended early, at ${clock}: ${end.text}`;
}
