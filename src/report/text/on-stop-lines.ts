import { count } from "../numbers.ts";
import type { Result } from "../result/result-schema.ts";

/**
 * Renders the requests of the users' `onStop`. They are not part of the load, and so in no figure above. No lines
 * without such requests.
 */
export function onStopLines({ lifecycleRequests }: Result): string[] {
  const all = lifecycleRequests.filter(({ phase }) => phase === "onStop");
  if (all.length === 0) return [];
  const [requests, failures] = (["requests", "failures"] as const).map((what) =>
    all.reduce((sum, one) => sum + one[what], 0),
  ) as [number, number];
  const failed = failures === 0 ? "none failed" : `${count(failures)} failed`;
  return [`onStop sent ${count(requests)} more requests, ${failed}: no figure above includes them`];
}
