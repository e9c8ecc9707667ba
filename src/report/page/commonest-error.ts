import { countsInTotals } from "../../core/measure-kind.ts";
import { count, percent } from "../numbers.ts";
import type { EndpointResult, Result } from "../result/result-schema.ts";
import { nameOf } from "./slow-endpoint.ts";
import { moreThanOthers } from "./standing-out.ts";

/** The share of failures that is pointed out even if every threshold passes. */
const manyFailures = 0.001;
/** The commonest cause of failures, and where it is: an endpoint that has it more often than the others, or how many have it. */
export function commonestError({ errors, endpoints, total, thresholds }: Result): string[] {
  const failures = errors.filter((error) => error.kind !== "exception" && countsInTotals(error));
  const isWanted = thresholds.some(({ metric, passed }) => !passed && /^(failures|http_req_failed)\b/.test(metric));
  const causes = Map.groupBy(failures, ({ kind, message }) => `${kind}\n${message}`);
  const [most = []] = [...causes.values()].toSorted((a, b) => countOf(b) - countOf(a));
  const [first] = most;
  if (first === undefined || (!isWanted && total.failures < total.requests * manyFailures)) return [];
  const requests = new Map(endpoints.map((endpoint) => [nameOf(endpoint), endpoint.requests]));
  const others = endpoints.filter((endpoint) => countsInTotals(endpoint) && !most.some((one) => isOf(one, endpoint)));
  const known = [
    ...most.map((one) => ({ count: Math.max(one.count, requests.get(nameOf(one)) ?? 0), events: one.count })),
    ...others.map((endpoint) => ({ count: endpoint.requests, events: 0 })),
  ];
  const worst = most.length === 1 ? first : most.find((_, position) => moreThanOthers(known).includes(position));
  const counted = worst === undefined ? countOf(most) : worst.count;
  const share = total.failures === 0 ? 0 : Math.min(1, counted / total.failures);
  const where = worst === undefined ? `${count(most.length)} endpoints alike` : nameOf(worst);
  const message = first.message === "" ? "without a message" : first.message;
  return [`${where}: ${percent(share)} of all failures are ${first.kind}, ${message}`];
}

function countOf(errors: readonly Result["errors"][number][]): number {
  return errors.reduce((sum, error) => sum + error.count, 0);
}

function isOf(error: Result["errors"][number], { method, name }: EndpointResult): boolean {
  return error.method === method && error.name === name;
}
