import { ConfigurationError } from "../core/errors.ts";
import { nearestName } from "../core/nearest.ts";
import type { RunSummary } from "./run-record.ts";
import { StoreError } from "./store-error.ts";

/** The words that select a run relative to others. */
export const relativeWords = ["last", "previous"] as const;

/**
 * Finds a run by its id, by the beginning of its id, by its name, or as "last" (the newest that has ended) or "previous"
 * (the one before that with the same test and profile).
 *
 * @param runs all runs, the newest first
 * @throws StoreError if no run matches
 * @throws ConfigurationError if several runs match
 */
export function findRun(runs: readonly RunSummary[], word: string): RunSummary {
  const exact = runs.find(({ id, name }) => id === word || name === word);
  if (exact !== undefined) return exact;
  if (word === "last") return latest(runs);
  if (word === "previous") return previous(runs);
  const [found, ...others] = word === "" ? [] : runs.filter(({ id }) => id.startsWith(word));
  if (found === undefined) throw unknown(unknownRun(runs, word));
  if (others.length === 0) return found;
  const ids = [found, ...others].map(({ id }) => id);
  throw new ConfigurationError(`several runs begin with "${word}": ${some(ids)}`);
}

/** Checks the name of a run. @throws ConfigurationError if it is not valid */
export function requireRunName(name: string): void {
  const reason = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u.test(name)
    ? relativeWords.some((word) => word === name)
      ? "that word is reserved"
      : /\.(?:json|hlog|hgrm)$/.test(name)
        ? "that looks like a file"
        : null
    : "use up to 64 letters, digits, dots, dashes and underscores, the first a letter or digit";
  if (reason !== null) throw new ConfigurationError(`a run cannot have the name "${name}": ${reason}`);
}

function latest(runs: readonly RunSummary[]): RunSummary {
  const found = runs.find(({ state }) => state === "finished");
  if (found === undefined) throw unknown('"last": no run has ended yet');
  return found;
}

function previous(runs: readonly RunSummary[]): RunSummary {
  const last = latest(runs);
  const found = runs.slice(runs.indexOf(last) + 1).find(({ state, testName, profile }) => {
    return state === "finished" && testName === last.testName && profile === last.profile;
  });
  if (found === undefined) {
    throw unknown(`"previous": no run of ${last.testName} / ${last.profile} ended before ${last.id}`);
  }
  return found;
}

function unknown(message: string): StoreError {
  return new StoreError("store-run-unknown", message);
}

function unknownRun(runs: readonly RunSummary[], word: string): string {
  const near = nearestName(word, [...runs.flatMap(({ name }) => (name === null ? [] : [name])), ...relativeWords]);
  return `no run "${word}"; ${near === undefined ? "`muster runs` lists all runs" : `did you mean ${near}?`}`;
}

function some(ids: readonly string[]): string {
  return ids.length <= 4 ? ids.join(", ") : `${ids.slice(0, 3).join(", ")} and ${ids.length - 3} more`;
}
