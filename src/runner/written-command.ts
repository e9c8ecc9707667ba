import { hideSecrets } from "../core/redaction/known-secrets.ts";
import { redactParameters } from "../core/redaction/redact.ts";
import { hideCredentials } from "../core/url-credentials.ts";
import { isUrl } from "../scenario/bundle/url-test.ts";
import { isSecretFlag } from "./process/own-secrets.ts";

/** Returns a command line that can be typed again, without tokens and passwords, because reports are passed on. */
export function writtenCommand(words: readonly string[]): string {
  const shown = words.map((word, position) => {
    if (isSecretFlag(words[position - 1] ?? "")) return "…";
    const [flag = ""] = /^--[^=]+(?==)/.exec(word) ?? [];
    const shown = hideCredentials(isSecretFlag(flag) ? `${flag}=…` : hideSecrets(word));
    return isUrl(word) ? redactParameters(shown) : shown;
  });
  return ["muster", ...shown.map(quoted)].join(" ");
}

/** Quotes a word for a shell, if it needs quotes. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./…-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
