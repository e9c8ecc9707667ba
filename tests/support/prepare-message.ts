import type { PrepareMessage } from "../../src/protocol/master-messages.ts";

/** The preparation of a test without anything special. */
export const prepareMessage: PrepareMessage = {
  type: "prepare",
  bundleHash: "",
  profile: "default",
  host: "http://127.0.0.1:1",
  seed: 1,
  environment: {},
  secretFiles: { files: {}, matches: {} },
  connections: { insecure: false, connectTo: {}, allowedHosts: ["*"] },
  needsPermits: false,
  traceSample: 0,
  wantedRequests: null,
  permitFolder: null,
  tags: [],
  excludeTags: [],
  stopTimeoutMs: 5_000,
  engine: "own",
  slices: [],
  named: { requests: [], checks: [], groups: [] },
  metrics: [],
  orphanTimeoutMs: 60_000,
  stallLimitMs: 100,
  workerTimeoutMs: 10_000,
};
