import assert from "node:assert/strict";
import type { Result } from "../../src/report/result/result-schema.ts";
import type { SampleApi } from "./sample-api.ts";

/**
 * Checks the central promise: the result of each endpoint is what the service has counted, and all sums agree. The API
 * must have had no other clients.
 */
export async function assertExact(result: Result, api: SampleApi): Promise<void> {
  const served = new Map(Object.entries((await api.counts()).routes).map(([key, route]) => [key, route.requests]));
  const reported = new Map<string, number>();
  for (const { method, name, requests } of [...result.endpoints, ...result.lifecycleRequests]) {
    const key = `${method} ${name}`;
    reported.set(key, (reported.get(key) ?? 0) + requests);
  }
  assert.deepEqual(sorted(reported), sorted(served));
  assertConsistent(result);
}

/** Checks what must agree within any result. */
export function assertConsistent(result: Result): void {
  const { total, endpoints, workers, ledger } = result;
  for (const field of ["requests", "failures", "bytesIn", "bytesOut"] as const) {
    assert.equal(total[field], sum(endpoints.map((endpoint) => endpoint[field])), `total.${field}`);
  }
  assert.equal(total.requests, sum(workers.map((worker) => worker.requests)), "requests of the workers");
  for (const endpoint of [total, ...endpoints]) {
    assert.equal(endpoint.failures, sum(Object.values(endpoint.failureKinds)), `failure kinds of ${endpoint.name}`);
    const { min, max, percentiles } = endpoint.serviceTimeMs;
    assert.ok(endpoint.requests === 0 || (min <= max && percentiles["100"] === max), `times of ${endpoint.name}`);
  }
  assert.equal(ledger.duplicates, 0);
  if (ledger.missing.length === 0) assertExecutions(result);
}

/**
 * Every executed iteration was completed or interrupted. An interrupted iteration may also have been due but never
 * begun.
 */
function assertExecutions(result: Result): void {
  const executions = sum(Object.values(executionsOf(result)));
  const { iterations, interruptedIterations } = result;
  assert.ok(executions >= iterations && executions <= iterations + interruptedIterations, `${executions} executions`);
}

/** How often each task was executed, by "scenario / class / task". */
export function executionsOf({ tasks = [] }: Result): Record<string, number> {
  return Object.fromEntries(
    tasks.flatMap(({ scenario, className, tasks: ofClass }) =>
      ofClass.map(({ name, executions }) => [`${scenario} / ${className} / ${name}`, executions]),
    ),
  );
}

function sorted(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
