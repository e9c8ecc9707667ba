import type { StrainPolicy } from "../../core/run.ts";
import type { HealthSample } from "../../stats/health-sample.ts";
import { loadFindings } from "../load/load-findings.ts";
import { disagreements } from "./agreement.ts";
import type { GeneratorRun, WorkerHealth } from "./generator-run.ts";
import { describeFinding, type HealthFinding } from "./health-finding.ts";
import type { HealthSeverity } from "./severity.ts";
import { type StrainCause, type StrainLimits, strainLimits, strainOf } from "./strain.ts";
import { isSpoiled } from "./unsent-requests.ts";

/** The tolerated strain: a second or two of strain occur in any run, however short. */
const toleratedShare = 0.05;
const toleratedMs = 2_000;
const fileDescriptorShare = 0.9;
/** Stalls that touch a smaller share of the requests are not worth a warning. */
const warnedStalled = 0.01;
/** If stalls touch a larger share, the remaining times describe too little of the run. */
const mostStalled = 0.5;

export interface GeneratorHealth {
  readonly verdict: "ok" | HealthSeverity;
  /** The findings, the most important first. */
  readonly findings: readonly HealthFinding[];
  /** The findings as text, in the same order. */
  readonly reasons: readonly string[];
}

/** Judges the load generator: whether the result describes the service or only the generator. */
export function generatorHealth(run: GeneratorRun, policy: StrainPolicy = "invalid"): GeneratorHealth {
  const limits = strainLimits(run.p95Ms);
  const strains = [
    ...unsentFinding(run),
    ...stalledFinding(run),
    ...run.workers.flatMap((worker) => strain(worker, steadySamples(worker, run), limits)),
    ...disagreements(run.workers),
    // A warning that a limit is near is redundant if the limit was reached.
    ...(run.unsent.code === "EMFILE" ? [] : run.workers.flatMap(fileDescriptors)),
  ];
  const told = policy === "ignore" ? [] : policy === "warn" ? strains.map(asWarning) : strains;
  // Missing load is not strain: the policy does not apply to it.
  const idle = run.idle.map((text): HealthFinding => ({ kind: "idle", severity: "invalid", text }));
  const findings = [...told, ...idle, ...loadFindings(run)].sort((a, b) => weightOf(b) - weightOf(a));
  const verdict = findings[0]?.severity ?? "ok";
  return { verdict, findings, reasons: findings.map(describeFinding) };
}

function asWarning(finding: HealthFinding): HealthFinding {
  return { ...finding, severity: "warned" };
}

function weightOf(finding: HealthFinding): number {
  return (finding.severity === "invalid" ? 1 : 0) + shareOf(finding);
}

function shareOf(finding: HealthFinding): number {
  switch (finding.kind) {
    // Unsent requests explain all other findings.
    case "unsent":
      return 0.6;
    case "strain":
      return (finding.share + finding.otherShare) / 2;
    // An idle worker explains missing load.
    case "idle":
      return 0.55;
    // A stall is the effect of a strain, and the finding for the strain says what to do.
    case "stalled":
      return 0;
    default:
      return 0.5;
  }
}

function steadySamples({ samples }: WorkerHealth, { steadyFromMs, steadyToMs }: GeneratorRun): HealthSample[] {
  return samples.filter(({ atMs }) => atMs >= steadyFromMs && atMs < steadyToMs);
}

/** Returns at most one finding: the most frequent cause with its share of the time, and the share of all others. */
function strain({ name }: WorkerHealth, samples: readonly HealthSample[], limits: StrainLimits): HealthFinding[] {
  const strains = samples
    .map((sample) => ({ ...strainOf(sample, limits), widthMs: sample.widthMs }))
    .filter((found) => found.kind !== "fine");
  const overloaded = strains.filter(({ kind }) => kind === "overloaded");
  const totalMs = lengthOf(samples);
  const severity = exceeds(lengthOf(overloaded), totalMs)
    ? "invalid"
    : exceeds(lengthOf(strains), totalMs)
      ? "warned"
      : null;
  if (severity === null) return [];
  const counted = severity === "invalid" ? overloaded : strains;
  const worstLagMs = samples.reduce((worst, sample) => Math.max(worst, sample.scheduleLagP99Ms ?? 0), 0);
  const cause = mostFrequent(counted);
  const share = lengthOf(counted.filter((found) => found.cause === cause)) / totalMs;
  const otherShare = lengthOf(counted.filter((found) => found.cause !== cause)) / totalMs;
  return [{ kind: "strain", severity, worker: name, cause, share, otherShare, worstLagMs }];
}

function exceeds(ms: number, totalMs: number): boolean {
  return ms > toleratedShare * totalMs && ms > toleratedMs;
}

function lengthOf(spans: readonly { readonly widthMs: number }[]): number {
  return spans.reduce((sum, { widthMs }) => sum + widthMs, 0);
}

function mostFrequent(strains: readonly { readonly cause: StrainCause; readonly widthMs: number }[]): StrainCause {
  const groups = [...Map.groupBy(strains, ({ cause }) => cause)];
  return groups.sort(([, a], [, b]) => lengthOf(b) - lengthOf(a))[0]?.[0] ?? "cpu";
}

function unsentFinding({ unsent, workers }: GeneratorRun): HealthFinding[] {
  if (unsent.count === 0) return [];
  const limits = workers.flatMap(({ fileDescriptorLimit }) => fileDescriptorLimit ?? []);
  const fileDescriptorLimit = limits.length === 0 ? null : Math.min(...limits);
  return [{ kind: "unsent", severity: isSpoiled(unsent) ? "invalid" : "warned", ...unsent, fileDescriptorLimit }];
}

function stalledFinding({ stalled }: GeneratorRun): HealthFinding[] {
  if (stalled == null || stalled.count < warnedStalled * stalled.requests || stalled.count === 0) return [];
  return [
    { kind: "stalled", severity: stalled.count > mostStalled * stalled.requests ? "invalid" : "warned", ...stalled },
  ];
}

function fileDescriptors({ name, samples, fileDescriptorLimit: limit }: WorkerHealth): HealthFinding[] {
  const most = samples.reduce((highest, sample) => Math.max(highest, sample.fileDescriptors), 0);
  if (limit === null || most < fileDescriptorShare * limit) return [];
  return [{ kind: "file-descriptors", severity: "warned", worker: name, most, limit }];
}
