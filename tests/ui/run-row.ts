import type { RunRow } from "../../src/api/contract/runs.ts";

/** A stored run, one of a series of daily runs. */
export function runRow(day: number, row: Partial<RunRow> = {}): RunRow {
  const startedAt = new Date(Date.UTC(2026, 9, 1 + day, 6)).toISOString();
  return {
    ...{ id: `run-${day}`, name: null, tags: [], test: "shop", profile: "default", host: "http://127.0.0.1:8000" },
    ...{
      createdAt: startedAt,
      startedAt,
      activeAt: startedAt,
      state: "finished",
      verdict: "passed",
      durationMs: 60_000,
    },
    ...{ users: 10, workers: 2, requests: 6_000, failures: 6, requestsPerSecond: 100, p95Ms: 120 },
    ...row,
  };
}
