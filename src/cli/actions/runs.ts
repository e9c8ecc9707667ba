import { ConfigurationError } from "../../core/errors.ts";
import { type ListedRun, runListText } from "../../report/text/run-list-text.ts";
import { styleFor } from "../../report/text/style.ts";
import { requireWritable, writeOutput } from "../../runner/outputs/output-file.ts";
import { stdout } from "../../runner/process/standard-streams.ts";
import { baselineOfRun } from "../../runner/run-baseline.ts";
import { openExistingStore, readRun, readStore, requireStore, type StoreOptions } from "../../runner/run-stores.ts";
import { listedResult } from "../../runner/stored-result.ts";
import { findRun, requireRunName } from "../../store/find-run.ts";
import { isInterrupted, type RunSummary } from "../../store/run-record.ts";
import type { Store } from "../../store/store.ts";

export interface PruneOptions {
  readonly keep?: number;
  readonly olderThan?: number;
  readonly dryRun?: boolean;
}

/** How long a run is protected from removal after its master has died, so that it can be resumed. */
const resumableMs = 120_000;

export function nameRun({ dataDir }: StoreOptions, word: string, name: string | null): void {
  if (name !== null) requireRunName(name);
  using store = requireStore(dataDir);
  const runs = store.runs();
  const run = findRun(runs, word);
  const before = runs.find((other) => other.name === name && name !== null && other.id !== run.id);
  store.nameRun(run.id, name);
  const taken = before === undefined ? "" : `; ${before.id} has no name now`;
  say(name === null ? `${run.id} has no name` : `${run.id} is named ${name}${taken}`);
}

export function tagRun({ dataDir }: StoreOptions, word: string, tags: readonly string[], remove: boolean): void {
  const bad = tags.find((tag) => !/^[\p{L}\p{N}][^\s,[\]\p{Cc}]{0,63}$/u.test(tag));
  if (bad !== undefined) {
    throw new ConfigurationError(
      `bad tag "${bad}": up to 64 characters without spaces and commas, the first a letter or digit`,
    );
  }
  using store = requireStore(dataDir);
  const run = findRun(store.runs(), word);
  const missing = tags.find((tag) => !run.tags.includes(tag));
  if (remove && missing !== undefined) throw new ConfigurationError(`${run.id} has no tag "${missing}"`);
  const kept = remove ? run.tags.filter((tag) => !tags.includes(tag)) : [...run.tags, ...tags];
  store.tagRun(run.id, kept);
  const now = store.run(run.id)?.tags ?? [];
  say(now.length === 0 ? `${run.id} has no tags` : `${run.id} is tagged ${now.join(", ")}`);
}

export function removeRuns({ dataDir }: StoreOptions, words: readonly string[]): void {
  using store = requireStore(dataDir);
  const all = store.runs();
  const runs = [...new Set(words.map((word) => findRun(all, word)))];
  // Remove all of them or none.
  for (const run of runs) {
    if (isInProgress(run, Date.now())) throw new ConfigurationError(`${run.id} is in progress: end it first`);
  }
  for (const { id } of runs) {
    store.removeRun(id);
    say(`${id} is removed`);
  }
}

export function pruneRuns(options: StoreOptions & PruneOptions): void {
  using store = requireStore(options.dataDir);
  const runs = store.runs();
  const pruned = prunedRuns(runs, options, Date.now());
  for (const { id } of pruned) {
    if (options.dryRun !== true) store.removeRun(id);
    say(`${id} ${options.dryRun === true ? "would be" : "is"} removed`);
  }
  say(`${runs.length - pruned.length} of ${runs.length} runs ${options.dryRun === true ? "would stay" : "stay"}`);
}

/**
 * Returns the runs that are not among the newest `keep` and are older than `olderThan` ms. A run that has a name or is in
 * progress is never returned, but counts among the newest.
 * @param runs newest first
 */
function prunedRuns(
  runs: readonly RunSummary[],
  { keep = 0, olderThan = 0 }: PruneOptions,
  nowMs: number,
): RunSummary[] {
  return runs
    .slice(keep)
    .filter((run) => nowMs - Date.parse(run.createdAt) > olderThan && run.name === null && !isInProgress(run, nowMs));
}

function isInProgress(run: RunSummary, nowMs: number): boolean {
  return run.state !== "finished" && !isInterrupted(run, nowMs, resumableMs);
}

function say(line: string): void {
  stdout.write(`${line}\n`);
}

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
  stdout.write(
    runListText(runs, { dataDir, more: found.length - runs.length, nowMs: Date.now(), style, width: stdout.columns }),
  );
}

function listed(store: Store, run: RunSummary): ListedRun {
  const { id, name, tags, testName, profile, host, createdAt } = run;
  const state = isInterrupted(run, Date.now()) ? "interrupted" : run.state;
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

/** Writes a run as a baseline file: on one line, because half of it would be white space otherwise. */
export async function exportRun({ dataDir, out }: StoreOptions & { out: string }, word: string): Promise<void> {
  await requireWritable("--out", out);
  const baseline = await readStore(dataDir, (store) => readRun(store, () => baselineOfRun(store, word)));
  await writeOutput("the baseline", out, `${JSON.stringify(baseline)}\n`);
}
