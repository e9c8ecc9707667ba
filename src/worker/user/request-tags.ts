import { isOfOnStop, writtenKind } from "../../core/measure-kind.ts";
import { onStopHook, selectsOnStop, type TagCondition } from "../../core/thresholds/selector.ts";

interface RequestedEndpoint {
  readonly method: string;
  readonly name: string;
}

/**
 * Returns the value of a tag by which thresholds select a request; undefined if the request does not have the tag.
 * @param group the path of the group of the request: the value of the tag `group` unless the test sets that tag; empty if
 * there is no group
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

/** Whether conditions can select the requests of an endpoint. Only conditions that name `onStop` select its requests. */
export function canSelect(conditions: readonly TagCondition[], endpoint: RequestedEndpoint): boolean {
  return !isOfOnStop(endpoint) || selectsOnStop(conditions);
}
