import { statSync } from "node:fs";
import { ConfigurationError } from "../../core/errors.ts";
import { relativeWords } from "../../store/find-run.ts";

/** Matches words that can only be the name of a file, not of a run. */
const fileForm = /[/\\]|\.(?:json|hlog|hgrm)$/;

/**
 * Returns the file that `word` names; null when it names a run.
 * @throws ConfigurationError when `word` can only be a file, and that file does not exist
 */
export function fileOf(word: string): string | null {
  if (relativeWords.some((relative) => relative === word)) return null;
  const found = statSync(word, { throwIfNoEntry: false });
  if (found?.isFile() === true) return word;
  if (!fileForm.test(word)) return null;
  if (found !== undefined) throw new ConfigurationError(`${word} is not a regular file`);
  throw new ConfigurationError(`there is no ${word.endsWith(".json") ? "baseline file" : "file"} ${word}`);
}
