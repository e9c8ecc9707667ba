import assert from "node:assert/strict";
import { test } from "node:test";
import type { DriftResult } from "../../../src/analysis/drift/drift-result.ts";
import type { DriftVerdict, SeriesDrift } from "../../../src/analysis/drift/drift-verdict.ts";
import type { ObservedDrift } from "../../../src/analysis/drift/observed-drift.ts";
import { describeSaturation } from "../../../src/analysis/saturation/describe-saturation.ts";
import { soakSaturation } from "../../../src/analysis/saturation/soak-saturation.ts";

const minute = 60_000;
const stable: DriftVerdict = { kind: "stable" };
const drifting: DriftVerdict = { kind: "drifting", direction: "worse", targetBreaksAfterMs: null };
const stepAt = (atMs: number): DriftVerdict => ({ kind: "step", direction: "worse", atMs, before: 10, after: 40 });

function trendOf(from: number, to: number): NonNullable<SeriesDrift["trend"]> {
  const perHour = to - from;
  return {
    ...{
      median: from,
      perHour,
      relativePerHour: perHour / from,
      lowPerHour: 0.9 * perHour,
      highPerHour: 1.1 * perHour,
    },
    ...{ p: 1e-6, leastDetectablePerHour: 1, points: 60, line: { fromMs: 2 * minute, toMs: 62 * minute, from, to } },
  };
}

const p95 = (verdict: DriftVerdict): SeriesDrift => {
  return { subject: "total", statistic: "p95", verdict, trend: trendOf(100, 130) };
};
const metric = (subject: string, verdict: DriftVerdict): ObservedDrift => {
  return { subject, statistic: "observed", unit: "bytes", isJudged: true, verdict, trend: trendOf(1e8, 3e8) };
};

function soak(service: DriftVerdict, ...observed: ObservedDrift[]): DriftResult {
  return { kind: "drifting", series: [p95(service)], workers: [], observed };
}

test("a metric that drifts with the service is named, one that does not is not", () => {
  const found = soakSaturation(soak(drifting, metric("heap", drifting), metric("cpu", stable)));
  assert.deepEqual([found?.of, found?.breakAt, found?.still], ["soak", null, ["cpu"]]);
  assert.deepEqual(found && describeSaturation(found), [
    "heap rose to 300 MB with the drift; 100 MB expected (very likely)",
  ]);
});

test("a step of a metric is before, with or after the step of the service", () => {
  const times = [20, 30, 40].map((at) => metric(`m${at}`, stepAt(at * minute)));
  const found = soakSaturation(soak(stepAt(31 * minute), ...times));
  assert.deepEqual(
    found?.moved.map(({ name, when }) => [name, when]),
    [
      ["m20", "before"],
      ["m30", "with"],
      ["m40", "after"],
    ],
  );
  assert.match(
    String(found && describeSaturation(found)[0]),
    /^m20 rose to 40 B at 20:00, before the service; 10 B expected/,
  );
});

test("a service that is steady has no break, and without metrics there is no answer", () => {
  assert.equal(soakSaturation(soak(stable, metric("heap", drifting))), null);
  assert.equal(soakSaturation(soak(drifting)), null);
});
