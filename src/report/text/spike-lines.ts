import { count, milliseconds, percent, perSecondText } from "../numbers.ts";
import type { Result } from "../result/result-schema.ts";
import type { Style } from "./style.ts";

type Spikes = NonNullable<Result["spike"]>;
type Spike = Spikes["spikes"][number];

/** Renders how the service handled each spike, for the summary of a run. */
export function spikeLines({ spike }: Result, style: Style): string[] {
  if (spike === null) return [];
  const { baseline, spikes, hasTargets } = spike;
  if (baseline === null)
    return [style.invalid("  ! too little was measured before the first spike: there is no baseline to compare with")];
  const before = `p50 ${milliseconds(baseline.p50Ms)} ms, p95 ${milliseconds(baseline.p95Ms)} ms, ${perSecondText(baseline.goodPerSecond)} good req/s`;
  return [
    style.muted(`  before: ${before}`),
    ...spikes.flatMap((one, index) => [
      style.strong(
        `  ${spikes.length > 1 ? `spike ${index + 1}, ${one.warmth}` : "spike"}, ${seconds(one.dropMs - one.riseMs)} long`,
      ),
      absorptionLine(one, hasTargets, style),
      recoveryLine(one, style),
      style.muted(`    ${damageWords(one)}`),
    ]),
  ];
}

function absorptionLine({ absorption, detectMs }: Spike, hasTargets: boolean, style: Style): string {
  if (!hasTargets) return `  ${style.muted("–")} there is no target to judge it by`;
  const broke = detectMs === null ? "" : `: a target broke after ${seconds(detectMs)}`;
  switch (absorption.kind) {
    case "unharmed":
      return `  ${style.passed("✓")} unharmed: no target broke`;
    case "absorbed":
      return `  ${style.passed("✓")} absorbed after ${seconds(absorption.afterMs)}${broke}`;
    case "unwatched":
      return `  ${style.invalid("!")} not judged whether it is absorbed${broke}; ${absorption.because}`;
    case "not-absorbed":
      return `  ${style.failed("✗")} not absorbed${broke}, and no target held again under the peak load`;
  }
}

function recoveryLine({ recovery, residualP50Ms }: Spike, style: Style): string {
  switch (recovery.kind) {
    case "recovered": {
      const residual = residualP50Ms === null ? "" : `, p50 ${signed(residualP50Ms)} ms against before`;
      return `  ${style.passed("✓")} recovered ${seconds(recovery.afterMs)} after the drop${residual}`;
    }
    case "metastable":
      return `  ${style.failed("✗")} metastable: still degraded ${seconds(recovery.observedMs)} after the load was gone`;
    case "unwatched":
      return `  ${style.invalid("!")} not judged whether it recovers: ${recovery.because}`;
    case "unrecovered":
      return `  ${style.failed("✗")} not recovered in the ${seconds(recovery.observedMs)} that were watched`;
  }
}

function damageWords({ peakP99Ms, overshoot, errorBurst, damage, goodputDip }: Spike): string {
  return [
    ...(peakP99Ms === null ? [] : [`p99 up to ${milliseconds(peakP99Ms)} ms`]),
    ...(overshoot === null ? [] : [`overshoot ${overshoot < 10 ? percent(overshoot) : `${count(overshoot)} times`}`]),
    `${count(damage)} requests damaged`,
    `goodput dip ${percent(goodputDip)}`,
    ...(errorBurst === null
      ? []
      : [`${count(errorBurst.count)} errors (${errorBurst.firstKind} first) within ${seconds(errorBurst.lengthMs)}`]),
  ].join(", ");
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${milliseconds(Math.abs(value))}`;
}

function seconds(ms: number): string {
  return `${Number((ms / 1_000).toFixed(1))} s`;
}
