import { hideSecrets } from "../core/redaction/known-secrets.ts";
import { redactParameters } from "../core/redaction/redact.ts";
import { hideCredentials } from "../core/url-credentials.ts";
import { isUrl } from "../scenario/bundle/url-test.ts";

/** A command line as it can be typed again, without tokens and passwords, because reports are passed on. */
export function writtenCommand(words: readonly string[]): string {
  const shown = words.map((word, position) => {
    if (isSecret(words[position - 1] ?? "")) return "…";
    const shown = hideCredentials(hideSecrets(word).replace(/^(--(?:web-(?:steer-|look-)?)?token=).*/s, "$1…"));
    return isUrl(word) ? redactParameters(shown) : shown;
  });
  return ["muster", ...shown.map(quoted)].join(" ");
}

function isSecret(flag: string): boolean {
  return /^--(?:web-(?:steer-|look-)?)?token$/.test(flag);
}

/** Quotes a word for a shell, if it needs quotes. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./…-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
