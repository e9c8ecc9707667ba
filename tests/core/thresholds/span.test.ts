import assert from "node:assert/strict";
import { test } from "node:test";
import { type LoadTimes, unknownLoadTimes } from "../../../src/core/thresholds/span.ts";
import { parseThresholds, type ThresholdDefinition } from "../../../src/core/thresholds/threshold.ts";

const spanOf = (definition: Omit<ThresholdDefinition, "threshold">, load: LoadTimes = unknownLoadTimes) =>
  parseThresholds({ response_time: { threshold: "p(95)<500", ...definition } }, load)[0]?.span;
const minute: LoadTimes = { rampEndMs: 7_300, durationMs: 60_000 };

test("without window and after it is about the whole run", () => {
  assert.equal(spanOf({}), null);
});

test("a window, a time, the end of the ramp, and both together; in whole seconds", () => {
  assert.deepEqual(spanOf({ window: "1m" }), { fromMs: 0, windowMs: 60_000 });
  assert.deepEqual(spanOf({ after: "1500ms" }), { fromMs: 2_000, windowMs: null });
  assert.deepEqual(spanOf({ after: "ramp" }, minute), { fromMs: 8_000, windowMs: null });
  assert.deepEqual(spanOf({ after: "ramp", window: "52s" }, minute), { fromMs: 8_000, windowMs: 52_000 });
});

const refused: [Omit<ThresholdDefinition, "threshold">, LoadTimes, RegExp][] = [
  [{ window: "500ms" }, unknownLoadTimes, /window "500ms" is not a whole number of seconds/],
  [{ window: "1500ms" }, unknownLoadTimes, /a whole number of seconds/],
  [{ window: "0s" }, unknownLoadTimes, /a whole number of seconds/],
  [{ window: "soon" }, unknownLoadTimes, /soon/],
  [{ window: "2m" }, minute, /threshold "p\(95\)<500": a window of 2m does not fit in a run of 60 s$/],
  [{ window: "53s", after: "ramp" }, minute, /does not fit in a run of 60 s from 8 s on/],
  [{ after: "ramp" }, { rampEndMs: 60_000, durationMs: 60_000 }, /nothing is left in a run of 60 s from 60 s on/],
  [{ after: "ramp" }, unknownLoadTimes, /the end of the ramp-up of a shape function is not known in advance/],
];

test("a span that does not fit the run is refused before the run", () => {
  for (const [definition, load, message] of refused) {
    assert.throws(() => spanOf(definition, load), message, JSON.stringify(definition));
  }
});
