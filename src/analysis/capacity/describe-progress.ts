import { bracketOf, testedRates } from "./bracket.ts";
import { type AnySearchEvent, rateEvents, userTrials } from "./search.ts";

/** Describes the progress of a search: "213/s held, 480/s failed", "40 users held"; null before the first result. */
export function describeSearchProgress(events: readonly AnySearchEvent[]): string | null {
  const trials = rateEvents(events).filter((event) => event.kind === "trial");
  const { low, high } = bracketOf(testedRates(trials));
  const users = userTrials(events);
  const failedUsers = users.find(({ outcome }) => outcome.kind === "failed");
  const heldUsers = users
    .slice(0, failedUsers === undefined ? users.length : users.indexOf(failedUsers))
    .findLast(({ outcome }) => outcome.kind === "passed");
  const findings = [
    ...(low === null ? [] : [`${low.ratePerSecond}/s held`]),
    ...(high === null ? [] : [`${high.ratePerSecond}/s failed`]),
    ...(heldUsers === undefined ? [] : [`${heldUsers.users} users held`]),
    ...(failedUsers === undefined ? [] : [`${failedUsers.users} users failed`]),
  ];
  return findings.length === 0 ? null : findings.join(", ");
}
