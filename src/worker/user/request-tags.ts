import { isOfOnStop, writtenKind } from "../../core/measure-kind.ts";
import { onStopHook, selectsOnStop, type TagCondition } from "../../core/thresholds/selector.ts";

interface RequestedEndpoint {
  readonly method: string;
  readonly name: string;
}

/**
 * The value of a tag of a request, by which thresholds select it; undefined if it has none.
 * @param group the path of the group in which it is made, for the tag `group` unless the test sets it; empty without one
 */
export function requestTag(
  tag: string,
  endpoint: RequestedEndpoint,
  tags: Readonly<Record<string, string>> | undefined,
  group: string,
): string | undefined {
  if (tag === "name") return endpoint.name;
  if (tag === "method") return writtenKind(endpoint.method);
  if (tag === "hook" && isOfOnStop(endpoint)) return onStopHook;
  return tags?.[tag] ?? (tag === "group" ? group : undefined);
}

/** Whether conditions can select the requests of an endpoint: those of `onStop` only if they name it. */
export function canSelect(conditions: readonly TagCondition[], endpoint: RequestedEndpoint): boolean {
  return !isOfOnStop(endpoint) || selectsOnStop(conditions);
}
