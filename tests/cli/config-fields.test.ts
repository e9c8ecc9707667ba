import assert from "node:assert/strict";
import { test } from "node:test";
import { masterCommand } from "../../src/cli/commands/master.ts";
import { planCommand } from "../../src/cli/commands/plan.ts";
import { runCommand } from "../../src/cli/commands/run.ts";
import { workerCommand } from "../../src/cli/commands/worker.ts";
import { configurableNames } from "../../src/cli/options/config-file.ts";
import type { MusterConfig } from "../../src/index.ts";

/** The compiler sees to it that no field is missing, the test that no flag is. */
const every: Required<MusterConfig> = {
  host: "http://127.0.0.1:8000",
  insecure: true,
  connectTo: { "api.test": "127.0.0.1" },
  allowHost: ["auth.test"],
  profile: "standard",
  users: 10,
  spawnRate: 2,
  runTime: "1m",
  rate: 5,
  maxRequests: 10_000,
  maxRequestsPerSecond: 200,
  traceSample: 0.01,
  equalWeights: true,
  tags: ["read"],
  excludeTags: ["slow"],
  target: { p95: "300ms", errorRate: "1%" },
  seed: 1,
  workers: "auto",
  processes: 2,
  stopTimeout: "5s",
  engine: "own",
  workerTimeout: "10s",
  onWorkerLoss: "rebalance",
  onWorkerStrain: "warn",
  minWorkers: 1,
  orphanTimeout: "60s",
  stallLimit: "100ms",
  dataDir: ".muster",
  store: false,
  resume: "auto",
  loglevel: "info",
  html: "report.html",
  json: "result.json",
  csv: "locust",
  csvRaw: true,
  junit: "junit.xml",
  markdown: "summary.md",
  hlog: "run.hlog",
  hgrm: "run.hgrm",
  stream: "-",
  requestLog: "requests.ndjson",
  requestLogSample: 0.05,
  prometheus: true,
  prometheusLinger: "30s",
  prometheusRemoteWrite: "http://127.0.0.1:9090/api/v1/write",
  prometheusRemoteWriteHeader: { "x-scope-orgid": "shop" },
  otlp: "http://127.0.0.1:4318",
  otlpHeader: { "x-api-key": "abc" },
  metricsInterval: "5s",
  webhook: ["http://127.0.0.1:8080/hook"],
  webhookFormat: "json",
  ui: true,
  autostart: true,
  autoquit: "10s",
  headless: false,
  webHost: "127.0.0.1",
  webTlsCert: "page.pem",
  webTlsKey: "page.key",
  webPort: 8089,
  expectWorkers: 4,
  expectWorkersMaxWait: "2m",
  masterBindHost: "127.0.0.1",
  masterBindPort: 5557,
  masterHost: "127.0.0.1",
  masterPort: 5557,
  connectTimeout: "60s",
  localAddress: ["127.0.0.1", "127.0.0.2"],
  tlsCert: "cert.pem",
  tlsKey: "key.pem",
  tls: true,
  tlsCa: "ca.pem",
};

test("every flag that a variable sets has its field in MusterConfig, but for secrets", () => {
  const commands = [runCommand(), masterCommand(), workerCommand(), planCommand(runCommand())];
  assert.deepEqual(configurableNames(commands).sort(), Object.keys(every).sort());
});
