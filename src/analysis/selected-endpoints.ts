import { countsInTotals, isOfOnStop, writtenKind } from "../core/measure-kind.ts";
import { meets, onStopHook, selectsOnStop, type TagCondition } from "../core/thresholds/selector.ts";

interface Endpoint {
  readonly method: string;
  readonly name: string;
}

type Matches = (endpoint: Endpoint) => boolean;

/** Whether conditions name an endpoint: a measure that contains other measured work counts only if it is named. */
function hasName(conditions: readonly TagCondition[]): boolean {
  return conditions.some(({ tag, isNot }) => tag === "name" && !isNot);
}

function meetsAll(conditions: readonly TagCondition[], endpoint: Endpoint): boolean {
  const ofOnStop = isOfOnStop(endpoint);
  return conditions.every((one) => {
    if (one.tag === "name") return meets(one, endpoint.name);
    return meets(one, one.tag === "hook" ? (ofOnStop ? onStopHook : undefined) : writtenKind(endpoint.method));
  });
}

/** Returns a matcher for the endpoints of the load that conditions on name and method select. */
export function ofLoad(conditions: readonly TagCondition[]): Matches {
  const isNamed = hasName(conditions);
  return (endpoint) => {
    if (isOfOnStop(endpoint) || (!isNamed && !countsInTotals(endpoint))) return false;
    return meetsAll(conditions, endpoint);
  };
}

/** Returns a matcher for the endpoints of `onStop` that conditions select: by the tag `hook`, or by `name`. */
export function ofOnStop(conditions: readonly TagCondition[]): Matches {
  const isNamed = hasName(conditions) || selectsOnStop(conditions);
  return (endpoint) => isNamed && isOfOnStop(endpoint) && meetsAll(conditions, endpoint);
}

/**
 * Returns a matcher for the endpoints among `all` that a selector with these conditions is about. These are the endpoints
 * of the load; endpoints of `onStop` only if the selector has `hook:onStop`, or a `name` that no endpoint of the load
 * has.
 */
export function selectedAmong(conditions: readonly TagCondition[], all: Iterable<Endpoint>): Matches {
  const load = ofLoad(conditions);
  return Iterator.from(all).some(load) ? load : ofOnStop(conditions);
}
