import type { DriftResult } from "../drift/drift-result.ts";
import type { SeriesDrift } from "../drift/drift-verdict.ts";
import type { ObservedDrift } from "../drift/observed-drift.ts";
import type { MetricFinding, MovedMetric, Saturation } from "./saturation.ts";
import { saturationOf } from "./saturation.ts";

/** The largest distance of steps that count as simultaneous, as a share of the judged time: the points of an hour are a minute wide. */
const together = 0.05;

/**
 * Finds the observed metrics that drift or step when the service does.
 *
 * @returns null if nothing was observed, or nothing of the service got worse
 */
export function soakSaturation({ observed = [], series }: DriftResult): Saturation | null {
  const broken = series.filter(isWorse);
  const [worst] = broken;
  if (observed.length === 0 || worst === undefined) return null;
  const steps = broken.flatMap(({ verdict }) => (verdict.kind === "step" ? [verdict.atMs] : []));
  const hasDrift = broken.some(({ verdict }) => verdict.kind === "drifting");
  const breakAt = hasDrift || steps.length === 0 ? null : Math.min(...steps);
  return saturationOf(
    "soak",
    breakAt,
    observed.map((drift) => findingOf(drift, breakAt)),
  );
}

function isWorse({ verdict }: SeriesDrift): boolean {
  return (verdict.kind === "drifting" || verdict.kind === "step") && verdict.direction === "worse";
}

function findingOf({ subject: name, unit, verdict, trend }: ObservedDrift, breakAt: number | null): MetricFinding {
  if (verdict.kind === "insufficient") return { kind: "untold", name, reason: verdict.reason };
  const line = trend?.line;
  if (trend === null || line === undefined || (verdict.kind !== "drifting" && verdict.kind !== "step")) {
    return { kind: "still", name };
  }
  const isStep = verdict.kind === "step";
  const [from, to] = isStep ? [verdict.before, verdict.after] : [line.from, line.to];
  const at = isStep ? verdict.atMs : line.fromMs;
  const size = Math.max(Math.abs(from), Math.abs(to));
  return {
    kind: "moved",
    share: size === 0 ? 0 : Math.abs(to - from) / size,
    metric: {
      name,
      unit,
      kind: to > from ? "rose" : "fell",
      when: whenOf(at, breakAt, together * (line.toMs - line.fromMs)),
      at,
      value: to,
      expected: { low: from, high: from },
      p: trend.p,
    },
  };
}

function whenOf(at: number, breakAt: number | null, toleranceMs: number): MovedMetric["when"] {
  if (breakAt === null || Math.abs(at - breakAt) <= toleranceMs) return "with";
  return at < breakAt ? "before" : "after";
}
