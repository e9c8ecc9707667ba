import { statSync } from "node:fs";
import { ConfigurationError } from "../../core/errors.ts";
import { relativeWords } from "../../store/find-run.ts";

/** A word of this form is not the name of a run. */
const fileForm = /[/\\]|\.(?:json|hlog|hgrm)$/;

/**
 * The file that `word` names, or null when it means a run.
 * @throws ConfigurationError when it can only be a file, and there is none
 */
export function fileOf(word: string): string | null {
  if (relativeWords.some((relative) => relative === word)) return null;
  const found = statSync(word, { throwIfNoEntry: false });
  if (found?.isFile() === true) return word;
  if (!fileForm.test(word)) return null;
  if (found !== undefined) throw new ConfigurationError(`${word} is not a regular file`);
  throw new ConfigurationError(`there is no ${word.endsWith(".json") ? "baseline file" : "file"} ${word}`);
}
