import { ConfigurationError } from "../../core/errors.ts";
import { findRun, requireRunName } from "../../store/find-run.ts";
import type { RunSummary } from "../../store/run-record.ts";
import { requireStore, type StoreOptions } from "../existing-store.ts";
import { stdout } from "../terminal/standard-streams.ts";

export interface PruneOptions {
  readonly keep?: number;
  readonly olderThan?: number;
  readonly dryRun?: boolean;
}

/** A master that lives writes its run every second; one that has died can be taken up again for about so long. */
const silentAfterMs = 120_000;

export function nameRun({ dataDir }: StoreOptions, word: string, name: string | null): void {
  if (name !== null) requireRunName(name);
  using store = requireStore(dataDir);
  const runs = store.runs();
  const run = findRun(runs, word);
  const before = runs.find((other) => other.name === name && name !== null && other.id !== run.id);
  store.nameRun(run.id, name);
  const taken = before === undefined ? "" : `, and ${before.id} no longer`;
  say(name === null ? `${run.id} has no name` : `${run.id} is called ${name}${taken}`);
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
  // All or none of those that were named.
  for (const run of runs) {
    if (goesOn(run, Date.now())) throw new ConfigurationError(`${run.id} goes on: end it first`);
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
 * Those beyond the newest `keep`, and older than `olderThan`; never one that has a name or goes on. The newest are counted
 * over all runs.
 *
 * @param runs the newest first
 */
function prunedRuns(
  runs: readonly RunSummary[],
  { keep = 0, olderThan = 0 }: PruneOptions,
  nowMs: number,
): RunSummary[] {
  return runs
    .slice(keep)
    .filter((run) => nowMs - Date.parse(run.createdAt) > olderThan && run.name === null && !goesOn(run, nowMs));
}

function goesOn({ state, activeAt, createdAt }: RunSummary, nowMs: number): boolean {
  return state !== "finished" && nowMs - Date.parse(activeAt ?? createdAt) < silentAfterMs;
}

function say(line: string): void {
  stdout.write(`${line}\n`);
}
