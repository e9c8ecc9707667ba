import { count } from "../numbers.ts";
import type { Result } from "../result/result-schema.ts";

/** What the users' clean-up requested, which is no load and so in no figure above. Nothing without any. */
export function onStopLines({ lifecycleRequests }: Result): string[] {
  const all = lifecycleRequests.filter(({ phase }) => phase === "onStop");
  if (all.length === 0) return [];
  const [requests, failures] = (["requests", "failures"] as const).map((what) =>
    all.reduce((sum, one) => sum + one[what], 0),
  ) as [number, number];
  const failed = failures === 0 ? "none failed" : `${count(failures)} failed`;
  return [`onStop made ${count(requests)} more requests, ${failed}: in no figure above`];
}
