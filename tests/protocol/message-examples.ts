import type { MasterMessage } from "../../src/protocol/master-messages.ts";
import type { ScenarioSpec } from "../../src/protocol/scenario-spec.ts";
import type { Hello, WorkerMessage, WorkerSession } from "../../src/protocol/worker-messages.ts";

const shared = { name: "default", indexOffset: 1, indexStep: 3, endMs: 10_000 };

/** One specification of each kind. */
export const specExamples: { readonly [Kind in ScenarioSpec["kind"]]: Extract<ScenarioSpec, { kind: Kind }> } = {
  closed: {
    kind: "closed",
    moved: [[3, 1_500]],
    leaving: [[4, 2_000.5]],
    id: 0,
    ...shared,
    classes: [{ weight: 1 }, { weight: 0, fixedCount: 2 }],
    points: [{ atMs: 0, value: 5 }],
    virtualUsers: "0:3",
  },
  open: {
    kind: "open",
    firstIteration: 0,
    id: 1,
    ...shared,
    endMs: null,
    classes: [{ weight: 0.5 }],
    points: [{ atMs: 0.5, value: 0.1 }],
    arrivals: "poisson",
    position: 1,
    workerCount: 2,
    maxUsers: 3,
    queueLimit: 0,
  },
  iterations: {
    kind: "iterations",
    id: 2,
    ...shared,
    classes: [{ weight: 1 }],
    startMs: 500,
    virtualUsers: "",
    total: null,
    perUser: 4,
    isHeld: false,
  },
};

/** One message of each type; the types keep the list complete. */
export const masterExamples: { readonly [Type in MasterMessage["type"]]: Extract<MasterMessage, { type: Type }> } = {
  welcome: { type: "welcome", worker: 1, secret: "s", runId: "r1", lastSequence: 7, startAtMs: 99.5, stays: false },
  wait: { type: "wait" },
  refused: { type: "refused", reason: "token", message: "the token is wrong" },
  "clock-reply": { type: "clock-reply", probe: 3, masterMs: 12.5 },
  prepare: {
    type: "prepare",
    bundleHash: "abc",
    profile: "standard",
    host: "http://127.0.0.1:8000",
    seed: 7,
    environment: { API_ENDPOINT: null, TOKEN: "t" },
    secretFiles: { files: { "certs/key.pem": "a2V5" }, matches: { "certs/*.pem": ["certs/key.pem"] } },
    connections: { insecure: true, connectTo: { "api.test:443": ["10.0.0.5:8443"] }, allowedHosts: ["api.test"] },
    needsPermits: true,
    traceSample: 0.05,
    wantedRequests: { share: 0.01, hasSampled: true, perSecond: 10_000 },
    permitFolder: "/tmp/muster-permits-a1",
    tags: ["read"],
    excludeTags: [],
    stopTimeoutMs: 30_000,
    engine: "own",
    named: { requests: ["/jobs"], checks: ["has jobs"], groups: ["checkout"] },
    slices: [{ key: 'status:"2xx"', conditions: [{ tag: "status", value: "2xx", isNot: false }], phase: null }],
    metrics: [{ name: "checks{kind:a}", metric: "checks", conditions: [{ tag: "kind", value: "a", isNot: true }] }],
    orphanTimeoutMs: 60_000,
    stallLimitMs: 100,
    workerTimeoutMs: 10_000,
  },
  bundle: {
    type: "bundle",
    hash: "abc",
    source: "export default 1;",
    data: [{ hash: "def", bytes: 70_000 }],
    files: [{ path: "photo.jpg", hash: "012", bytes: 0 }],
  },
  "run-setup": { type: "run-setup" },
  "run-teardown": { type: "run-teardown", setup: { token: "t" } },
  start: {
    type: "start",
    startAtMs: 99.5,
    iterationNumbers: { first: 1, step: 3 },
    setup: {},
    scenarios: Object.values(specExamples),
  },
  update: { type: "update", scenarios: [specExamples.closed] },
  ack: { type: "ack", sequence: 4 },
  stop: { type: "stop", stopTimeoutMs: 0 },
  leave: { type: "leave", stopTimeoutMs: 30_000 },
  "request-rows-taken": { type: "request-rows-taken", batch: 7 },
  response: { type: "response", id: 3, result: { error: { code: "empty", message: "no rows are left" } } },
  heartbeat: { type: "heartbeat" },
  quit: { type: "quit" },
};

export const workerExamples: { readonly [Type in WorkerMessage["type"]]: Extract<WorkerMessage, { type: Type }> } = {
  "clock-probe": { type: "clock-probe", probe: 0 },
  "need-bundle": { type: "need-bundle", hash: "abc" },
  "need-data": { type: "need-data", hash: "def", offset: 65_536 },
  ready: { type: "ready" },
  "load-failed": { type: "load-failed", error: { message: "boom", stack: "" } },
  "lifecycle-done": {
    type: "lifecycle-done",
    phase: "setup",
    value: { token: "t" },
    error: null,
    endpoints: [{ method: "POST", name: "/login", requests: 1, failures: 0 }],
  },
  started: { type: "started", skewMs: 0.25 },
  leaving: { type: "leaving" },
  heartbeat: { type: "heartbeat", users: 5, blockedMs: 0, wallMs: 1_764_000_000_000 },
  request: { type: "request", id: 3, name: "data", payload: { rows: 100 } },
  "request-cancelled": { type: "request-cancelled", id: 3 },
  "request-rows": {
    type: "request-rows",
    batch: 7,
    rows: [
      {
        ...{ atMs: 1_500.25, user: 3, scenario: "default", className: "Buyer", group: "checkout::pay" },
        ...{ method: "GET", name: "/jobs/:id", url: "http://127.0.0.1:8000/jobs/7", status: 503 },
        ...{ failure: "5xx", error: "503 Service Unavailable", serviceMs: 1.5, responseMs: 2.5, phasesMs: [0, 1.5] },
        ...{ bytesIn: 10, bytesOut: 20, traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7" },
        ...{ isSampled: true, isLogged: false },
      },
    ],
    leftOut: 4,
  },
  "requests-open": { type: "requests-open", ids: [3, 5] },
  "response-taken": { type: "response-taken", id: 3 },
  log: { type: "log", level: "warn", text: "slow", leftOut: 3 },
  stopped: { type: "stopped", lastSequence: 9, reason: "finished" },
};

export const helloExample: Hello = {
  type: "hello",
  id: "w1",
  host: "host-a",
  pid: 4711,
  version: "0.1.0",
  session: null,
};

/** The hello of a worker that was in its run already. */
export const sessionExamples: readonly WorkerSession[] = [
  { runId: "r1", state: "joined", elapsedMs: null, stopped: null, lifecycle: null },
  { runId: "r1", state: "ready", elapsedMs: null, stopped: null, lifecycle: { running: "setup" } },
  {
    runId: "r1",
    state: "stopped",
    elapsedMs: 1_500.25,
    stopped: { lastSequence: 9, reason: "orphaned" },
    lifecycle: workerExamples["lifecycle-done"],
  },
];
