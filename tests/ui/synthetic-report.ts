import type { EndpointColumns, HeatMap, RunReport, WorkerReport } from "../../src/report/page/model.ts";
import type { Distribution, EndpointResult, Result } from "../../src/report/result/result-schema.ts";
import { usual } from "../report/result-fixture.ts";

export interface Synthetic {
  readonly minutes: number;
  readonly endpoints: number;
  readonly workers: number;
  readonly windows: number;
}

const shopperTasks = [
  { name: "browse", share: 0.75 },
  { name: "buy", share: 0.25 },
];

/**
 * A report in the shape that a run would have, worked out and not measured: for tests of how a page copes with its size and
 * with odd names. Values differ from window to window as much as measured ones do, so that it compresses like a real one.
 */
export function syntheticReport({ minutes, endpoints, workers, windows }: Synthetic): RunReport {
  const durationMs = minutes * 60_000;
  const widthMs = durationMs / windows;
  const startMs = Array.from({ length: windows }, (_, window) => window * widthMs);
  const random = generator(7);
  const series = Array.from({ length: endpoints }, (_, endpoint) => columns(windows, 5 + endpoint, random));
  const names = series.map((_, endpoint) => ({
    method: endpoint % 4 === 3 ? "POST" : "GET",
    name: `/items/${endpoint}`,
  }));
  const total = columns(windows, 60, random);
  const users = startMs.map((_, window) => Math.min(50, window));
  return {
    schema: "muster-report/1",
    state: "finished",
    standing: null,
    result: result(durationMs, names, workers),
    command: "muster run test.ts --profile standard --workers 3",
    machine: null,
    plan: { atMs: [0, 50 * widthMs, durationMs], users: [0, 50, 50], ratePerSecond: null },
    classes: [{ scenario: "default", name: "Shopper", share: 1, tasks: shopperTasks }],
    windows: {
      startMs,
      widthMs: startMs.map(() => widthMs),
      users,
      usersByClass: { Shopper: users },
      iterations: startMs.map(() => 100 + Math.floor(random() * 20)),
      droppedIterations: startMs.map(() => 0),
      total,
      endpoints: series.map((column, endpoint) => ({ ...column, ...(names[endpoint] ?? { method: "", name: "" }) })),
      omittedEndpoints: 0,
    },
    workers: Array.from({ length: workers }, (_, worker) => workerReport(worker + 1, startMs, widthMs, random)),
    exceptions: [],
    findings: [],
    distributions: {
      percentiles: [0, 50, 75, 90, 95, 99, 99.9, 100],
      total: { valuesMs: [1, 10, 14, 22, 40, 90, 200, 310], maxMs: 310 },
      endpoints: names.map((name) => ({ ...name, valuesMs: [1, 10, 14, 22, 40, 90, 200, 310], maxMs: 310 })),
    },
    heat: heat(durationMs, random),
  };
}

function columns(windows: number, perWindow: number, random: () => number): EndpointColumns {
  const times = (middle: number) =>
    Array.from({ length: windows }, () => Math.round(middle * (0.8 + 0.4 * random()) * 100) / 100);
  return {
    requests: Array.from({ length: windows }, () => perWindow + Math.floor(random() * perWindow)),
    failures: Array.from({ length: windows }, () => (random() < 0.02 ? 1 : 0)),
    p50Ms: times(10),
    p95Ms: times(40),
    p99Ms: times(90),
  };
}

function workerReport(number: number, startMs: readonly number[], widthMs: number, random: () => number): WorkerReport {
  const values = (middle: number) => startMs.map(() => Math.round(middle * (0.8 + 0.4 * random()) * 1_000) / 1_000);
  return {
    number,
    host: `host-${number}`,
    series: {
      atMs: startMs,
      widthMs: startMs.map(() => widthMs),
      requests: startMs.map(() => 20 + Math.floor(random() * 5)),
      utilisation: values(0.3),
      loopDelayP99Ms: values(2),
      scheduleLagP99Ms: startMs.map(() => null),
      cpu: values(0.35),
      rssBytes: values(90_000_000),
      heapBytes: values(30_000_000),
    },
  };
}

function heat(durationMs: number, random: () => number): HeatMap {
  const startMs = Array.from({ length: 300 }, (_, column) => (column * durationMs) / 300);
  return {
    startMs,
    widthMs: startMs.map(() => durationMs / 300),
    bucketsMs: Array.from({ length: 40 }, (_, bucket) => 1.2 ** bucket),
    counts: startMs.map(() =>
      Array.from({ length: 40 }, (_, bucket) => Math.floor(400 * Math.exp(-((bucket - 14) ** 2) / 20) * random())),
    ),
  };
}

/** What is not said here is as in the result that tests of the terminal use. */
function result(durationMs: number, names: readonly { method: string; name: string }[], workers: number): Result {
  const endpoints = names.map(({ method, name }, position) => endpoint(method, name, 1_000 + position, durationMs));
  const requests = endpoints.reduce((sum, one) => sum + one.requests, 0);
  return {
    ...usual,
    run: { ...usual.run, test: "synthetic", durationMs, workers },
    verdict: "failed",
    exitCode: 99,
    reasons: ["p95 was 40 ms (limit < 30 ms)"],
    events: [{ atMs: durationMs / 2, kind: "users-changed", text: "users 50 → 40" }],
    total: { ...endpoint("", "Aggregated", requests, durationMs), failures: 8 },
    endpoints,
    iterations: requests,
    tasks: [
      {
        scenario: "default",
        className: "Shopper",
        tasks: shopperTasks.map(({ name, share }) => ({ name, executions: Math.round(share * requests) })),
      },
    ],
    users: { Shopper: 50 },
    thresholds: [
      { metric: "response_time", expression: "p(95)<30", value: 40, passed: false, close: false },
      { metric: "failures", expression: "rate<0.05", value: 0.001, passed: true, close: false },
    ],
    checks: [{ name: "created", passes: 100, failures: 1 }],
    errors: [
      {
        ...{ method: "GET", name: "/items/0", kind: "5xx", message: "503 Service Unavailable", count: 3, stack: "" },
        samples: [failedRequest(65_000, "busy"), failedRequest(70_000, "<b>still</b> busy")],
      },
    ],
    workers: Array.from({ length: workers }, (_, worker) => ({
      ...workerOf(usual),
      number: worker + 1,
      host: `host-${worker + 1}`,
      requests: Math.floor(requests / workers),
    })),
  };
}

function endpoint(method: string, name: string, requests: number, durationMs: number): EndpointResult {
  const requestsPerSecond = (requests * 1_000) / durationMs;
  const times = distribution();
  return {
    ...usual.total,
    method,
    name,
    requests,
    failures: 3,
    requestsPerSecond,
    serviceTimeMs: times,
    responseTimeMs: times,
  };
}

function workerOf({ workers: [worker] }: Result): Result["workers"][number] {
  if (worker === undefined) throw new Error("the usual result has no worker");
  return worker;
}

function distribution(): Distribution {
  const percentiles = {
    50: 10,
    66: 12,
    75: 14,
    80: 16,
    90: 22,
    95: 40,
    98: 70,
    99: 90,
    "99.9": 200,
    "99.99": 300,
    100: 310,
  };
  return { min: 1, mean: 13.4, max: 310, stddev: 11, percentiles };
}

/** Mulberry32: the same numbers each time. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function failedRequest(atMs: number, responseBody: string) {
  return {
    ...{ atMs, worker: 2, user: 17, durationMs: 12.5, requestBody: "" },
    request: `GET /items/0?filter=${"long".repeat(50)} HTTP/1.1\nhost: 127.0.0.1:8000\nauthorization: Bearer ***`,
    response: "503\ncontent-type: text/plain",
    responseBody,
    phasesMs: { blocked: 0, connect: 0, tls: 0, sending: 0, waiting: 12.4, receiving: 0.1 },
  };
}
