import { hideCredentials } from "../core/url-credentials.ts";

/** As one would type it again, but for what only those who typed it may know: reports are passed on. */
export function writtenCommand(words: readonly string[]): string {
  const shown = words.map((word, position) => {
    if (isSecret(words[position - 1] ?? "")) return "…";
    return hideCredentials(word.replace(/^(--(?:web-)?token=).*/s, "$1…"));
  });
  return ["muster", ...shown.map(quoted)].join(" ");
}

function isSecret(flag: string): boolean {
  return flag === "--token" || flag === "--web-token";
}

/** For a shell. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./…-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
