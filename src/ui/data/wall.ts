import type { RunRow } from "../../api/contract/runs.ts";
import type { ShownVerdict } from "./verdict-sentence.ts";

export type WallTone = ShownVerdict | "muted";

const verdicts: Readonly<Record<string, WallTone>> = {
  passed: "passed",
  failed: "failed",
  invalid: "invalid",
  aborted: "aborted",
};
const over = new Set(["finished", "interrupted"]);

/** Returns the tone of a stored run on the wall. */
export function wallTone({ verdict, state }: Pick<RunRow, "verdict" | "state">): WallTone {
  if (verdict !== null) return verdicts[verdict] ?? "muted";
  return over.has(state) ? "muted" : "running";
}

const ranks: Readonly<Record<WallTone, number>> = {
  failed: 0,
  invalid: 1,
  aborted: 1,
  running: 2,
  muted: 3,
  passed: 4,
};

/** Sorts tests by how urgently they need attention. Equal ones keep their order, the newest first. */
export function byAttention<Test extends { readonly latest: Pick<RunRow, "verdict" | "state"> }>(
  tests: readonly Test[],
): Test[] {
  return tests.toSorted((a, b) => ranks[wallTone(a.latest)] - ranks[wallTone(b.latest)]);
}

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
] as const;

/** "3 h ago", "just now": the same in every time zone. */
export function ageText(at: string, nowMs: number): string {
  const ageMs = nowMs - Date.parse(at);
  const unit = units.find(([, lengthMs]) => ageMs >= lengthMs);
  return unit === undefined ? "just now" : `${Math.floor(ageMs / unit[1])} ${unit[0]} ago`;
}
