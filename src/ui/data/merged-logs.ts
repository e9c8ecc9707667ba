import type { LogLine } from "../../api/contract/live.ts";

/**
 * Returns the latest `most` log lines of a page, the oldest first: those that the master has, between the lines before them, which it no
 * longer has, and the lines that the page has received since. A master that was restarted has none of the lines of the one before.
 */
export function mergedLogs(ofMaster: readonly LogLine[], ofPage: readonly LogLine[], most: number): LogLine[] {
  const known = new Set(ofMaster.map(keyOfLine));
  const others = ofPage.filter((line) => !known.has(keyOfLine(line)));
  const fromAt = ofMaster[0]?.at ?? Number.POSITIVE_INFINITY;
  const before = others.filter(({ at }) => at < fromAt);
  const after = others.filter(({ at }) => at >= fromAt);
  return [...before, ...ofMaster, ...after].slice(-most);
}

function keyOfLine({ at, node, message }: LogLine): string {
  return `${at} ${node} ${message}`;
}
