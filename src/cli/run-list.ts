import { type ListedRun, runListText } from "../report/text/run-list-text.ts";
import { styleFor } from "../report/text/style.ts";
import type { RunSummary } from "../store/run-record.ts";
import type { Store } from "../store/store.ts";
import { openExistingStore, type StoreOptions } from "./existing-store.ts";
import { listedResult } from "./listed-result.ts";
import { stdout } from "./terminal/standard-streams.ts";

export interface ListOptions extends StoreOptions {
  readonly limit: number;
  readonly tag?: string;
  readonly json?: boolean;
}

export function listRuns({ dataDir, limit, tag, json }: ListOptions): void {
  using store = openExistingStore(dataDir);
  const found = store?.runs().filter(({ tags }) => tag === undefined || tags.includes(tag)) ?? [];
  const runs = store === null ? [] : found.slice(0, limit).map((run) => listed(store, run));
  if (json === true) {
    stdout.write(`${JSON.stringify({ schema: "muster-runs/1", runs }, null, 2)}\n`);
    return;
  }
  const style = styleFor(stdout, process.env);
  stdout.write(runListText(runs, { dataDir, more: found.length - runs.length, nowMs: Date.now(), style }));
}

function listed(store: Store, { id, name, tags, testName, profile, host, createdAt, state }: RunSummary): ListedRun {
  const { data } = listedResult.safeParse(store.run(id)?.result);
  return {
    ...{ id, name, tags, test: testName, profile, host, createdAt, state },
    verdict: data?.verdict ?? null,
    durationMs: data?.run.durationMs ?? null,
    requests: data?.total.requests ?? null,
    requestsPerSecond: data?.total.requestsPerSecond ?? null,
    p95Ms: data?.total.responseTimeMs.percentiles["95"] ?? null,
  };
}
