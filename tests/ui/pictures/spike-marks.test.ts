import assert from "node:assert/strict";
import { test } from "node:test";
import { spikeMarks } from "../../../src/ui/pictures/spike-marks.ts";
import { absorbed, type Spikes, withSpike } from "./answered-reports.ts";

function marksOf(changed: Partial<Spikes["spikes"][number]>, rest: Partial<Spikes> = {}) {
  const spikes = absorbed.spikes.map((spike) => ({ ...spike, ...changed }));
  const [marks] = spikeMarks(withSpike({ ...absorbed, ...rest, spikes }));
  if (marks === undefined) throw new Error("no picture");
  return marks;
}

test("the spans begin and end where the result says", () => {
  const { spans, fromMs, toMs } = marksOf({});
  assert.deepEqual(
    spans.map((span) => [span.name, span.fromMs, span.toMs, span.tone]),
    [
      ["base", fromMs, 60_000, "muted"],
      ["peak", 60_000, 90_000, "users"],
      ["absorption", 60_000, 80_000, "passed"],
      ["recovery", 90_000, 102_000, "passed"],
    ],
  );
  assert.ok(fromMs < 60_000 && toMs > 102_000);
});

test("the line is the p95 of the windows that are shown, between its base and its limits", () => {
  const report = withSpike(absorbed);
  const { p95, fromMs, toMs, baseline, limits } = marksOf({});
  const { startMs, widthMs, total } = report.windows;
  const inside = startMs.flatMap((start, position) => {
    const atMs = start + (widthMs[position] ?? 0) / 2;
    return atMs >= fromMs && atMs <= toMs ? [[atMs, total.p95Ms[position]]] : [];
  });
  assert.deepEqual(p95, inside);
  assert.equal(baseline?.recoveredP95Ms, absorbed.baseline?.recoveredP95Ms);
  assert.deepEqual(
    limits.map(({ bound }) => bound),
    [400],
  );
});

test("what did not recover, and what was not judged, is said in the picture", () => {
  const last = (changed: Parameters<typeof marksOf>[0]) => marksOf(changed).spans.at(-1);
  const metastable = last({ recovery: { kind: "metastable", observedMs: 120_000 } });
  assert.deepEqual(
    [metastable?.label, metastable?.toMs, metastable?.tone],
    ["✗ metastable in 120 s", 210_000, "failed"],
  );
  const because = "the load was changed during it";
  const unwatched = marksOf({ recovery: { kind: "unwatched", because }, absorption: { kind: "unwatched", because } });
  assert.deepEqual(
    unwatched.spans.slice(2).map(({ label, tone }) => [label, tone]),
    [
      [`! not judged: ${because}`, "invalid"],
      [`! not judged: ${because}`, "invalid"],
    ],
  );
  assert.equal(unwatched.figures[0]?.value, "not judged");
  assert.equal(marksOf({}, { baseline: null }).spans[0]?.tone, "invalid");
  assert.equal(marksOf({ absorption: { kind: "not-absorbed" } }).spans[2]?.label, "✗ not absorbed");
});

test("a service that recovers at once has a span without width", () => {
  const span = marksOf({ recovery: { kind: "recovered", afterMs: 0 } }).spans.at(-1);
  assert.deepEqual([span?.fromMs, span?.toMs, span?.label], [90_000, 90_000, "✓ recovered after 0 s"]);
});
