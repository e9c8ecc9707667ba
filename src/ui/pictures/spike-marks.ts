import { count, milliseconds, percent } from "../../report/numbers.ts";
import type { RunReport } from "../../report/page/model.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { allEndpoints } from "../data/endpoint-key.ts";
import { type Limit, limitsOf } from "../data/limits.ts";
import type { AnswerFigure } from "./answer-figure.ts";

type SpikeResult = NonNullable<Result["spike"]>;
type Spike = SpikeResult["spikes"][number];

/** A period around a spike, with its description. */
export interface SpikeSpan {
  readonly name: "base" | "peak" | "absorption" | "recovery";
  readonly fromMs: number;
  readonly toMs: number;
  readonly label: string;
  readonly tone: "passed" | "failed" | "invalid" | "muted" | "users";
}

export interface SpikeMarks {
  /** The start of the shown part of the run; times are in ms since the start of the run. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The p95 of each window, at the middle of the window; null without requests. */
  readonly p95: readonly (readonly [atMs: number, p95Ms: number | null])[];
  /** The p95 before the spike, and the p95 at which the service counts as recovered; null if too little was measured. */
  readonly baseline: { readonly p95Ms: number; readonly recoveredP95Ms: number } | null;
  readonly limits: readonly Limit[];
  readonly spans: readonly SpikeSpan[];
  readonly figures: readonly AnswerFigure[];
}

/**
 * The time that is shown before the spike and after its last period: at least this many ms, and at least this share of
 * the periods' length.
 */
const least = 5_000;
const margin = 0.35;

/** One picture for each spike. */
export function spikeMarks({ result, windows }: Pick<RunReport, "result" | "windows">): SpikeMarks[] {
  const { spike } = result;
  if (spike === null) return [];
  const limits = limitsOf(result.thresholds, allEndpoints).filter(
    ({ chart, percentile }) => chart === "response-time" && percentile === 95,
  );
  const measuredToMs = (windows.startMs.at(-1) ?? 0) + (windows.widthMs.at(-1) ?? 0);
  const endMs = Math.max(measuredToMs, ...spike.spikes.map(({ dropMs }) => dropMs));
  return spike.spikes.map((one): SpikeMarks => {
    const after = recoverySpan(one, endMs);
    const pad = Math.max(least, (after.toMs - one.riseMs) * margin);
    const [fromMs, toMs] = [Math.max(0, one.riseMs - pad), Math.min(endMs, after.toMs + pad)];
    return {
      fromMs,
      toMs,
      p95: windows.startMs.flatMap((start, position) => {
        const atMs = start + (windows.widthMs[position] ?? 0) / 2;
        return atMs < fromMs || atMs > toMs ? [] : [[atMs, windows.total.p95Ms[position] ?? null] as const];
      }),
      baseline: spike.baseline,
      limits,
      spans: [baseSpan(spike, one, fromMs), peakSpan(one), absorptionSpan(one, spike.hasTargets), after],
      figures: figuresOf(spike, one),
    };
  });
}

function baseSpan({ baseline }: SpikeResult, { riseMs }: Spike, fromMs: number): SpikeSpan {
  const label =
    baseline === null ? "base not known: too little was measured" : `base p95 ${milliseconds(baseline.p95Ms)} ms`;
  return { name: "base", fromMs, toMs: riseMs, label, tone: baseline === null ? "invalid" : "muted" };
}

function peakSpan({ riseMs, dropMs, peakP99Ms }: Spike): SpikeSpan {
  const p99 = peakP99Ms === null ? "" : `, p99 up to ${milliseconds(peakP99Ms)} ms`;
  return {
    name: "peak",
    fromMs: riseMs,
    toMs: dropMs,
    label: `spike ${seconds(dropMs - riseMs)}${p99}`,
    tone: "users",
  };
}

function absorptionSpan({ riseMs, dropMs, absorption }: Spike, hasTargets: boolean): SpikeSpan {
  const span = { name: "absorption", fromMs: riseMs, toMs: dropMs } as const;
  if (!hasTargets) return { ...span, label: "there is no target to judge it by", tone: "muted" };
  switch (absorption.kind) {
    case "unharmed":
      return { ...span, label: "✓ unharmed", tone: "passed" };
    case "absorbed":
      return {
        ...span,
        toMs: riseMs + absorption.afterMs,
        label: `✓ absorbed after ${seconds(absorption.afterMs)}`,
        tone: "passed",
      };
    case "not-absorbed":
      return { ...span, label: "✗ not absorbed", tone: "failed" };
    case "unwatched":
      return { ...span, label: `! not judged: ${absorption.because}`, tone: "invalid" };
  }
}

function recoverySpan({ dropMs, recovery }: Spike, endMs: number): SpikeSpan {
  const span = { name: "recovery", fromMs: dropMs } as const;
  switch (recovery.kind) {
    case "recovered":
      return {
        ...span,
        toMs: dropMs + recovery.afterMs,
        label: `✓ recovered after ${seconds(recovery.afterMs)}`,
        tone: "passed",
      };
    case "metastable":
    case "unrecovered": {
      const word = recovery.kind === "metastable" ? "metastable" : "not recovered";
      const toMs = dropMs + recovery.observedMs;
      return { ...span, toMs, label: `✗ ${word} in ${seconds(recovery.observedMs)}`, tone: "failed" };
    }
    case "unwatched":
      return { ...span, toMs: endMs, label: `! not judged: ${recovery.because}`, tone: "invalid" };
  }
}

function figuresOf({ baseline }: SpikeResult, spike: Spike): AnswerFigure[] {
  const { absorption, peakP99Ms, overshoot, damage, goodputDip } = spike;
  const over =
    overshoot === null ? "" : `, overshoot ${overshoot < 10 ? percent(overshoot) : `${count(overshoot)} times`}`;
  const dip = `damaged, goodput dip ${percent(goodputDip)}`;
  return [
    recoveryFigure(spike),
    ...(absorption.kind === "absorbed" ? [{ ...secondsFigure(absorption.afterMs), note: "until absorbed" }] : []),
    ...(absorption.kind === "not-absorbed" ? [{ ...never, note: "absorbed" }] : []),
    ...(baseline === null ? [] : [{ value: milliseconds(baseline.p95Ms), unit: "ms p95", note: "base" }]),
    ...(peakP99Ms === null ? [] : [{ value: milliseconds(peakP99Ms), unit: "ms p99", note: `peak${over}` }]),
    { value: count(damage), unit: damage === 1 ? "request" : "requests", note: dip },
  ];
}

const never = { value: "never", unit: "", tone: "failed" } as const;

function recoveryFigure({ recovery }: Spike): AnswerFigure {
  switch (recovery.kind) {
    case "recovered":
      return { ...secondsFigure(recovery.afterMs), note: "until recovered", tone: "passed" };
    case "unwatched":
      return { value: "not judged", unit: "", note: "recovery", tone: "invalid" };
    case "metastable":
    case "unrecovered": {
      const { value, unit } = secondsFigure(recovery.observedMs);
      const note = recovery.kind === "metastable" ? "not recovered: metastable" : "not recovered";
      return { value: `> ${value}`, unit, note, tone: "failed" };
    }
  }
}

function secondsFigure(ms: number): Pick<AnswerFigure, "value" | "unit"> {
  return { value: String(Number((ms / 1_000).toFixed(1))), unit: "s" };
}

function seconds(ms: number): string {
  const { value, unit } = secondsFigure(ms);
  return `${value} ${unit}`;
}
