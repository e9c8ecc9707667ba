import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { figureChange, unclearFigures } from "../../../src/report/comparison/comparison-cells.ts";
import {
  type Difference,
  differencesOf,
  drawnIntervals,
  fromLoadStart,
  type ShownFigure,
} from "../../../src/ui/data/comparison.ts";
import { assertProperty } from "../../support/property.ts";
import { syntheticReport } from "../synthetic-report.ts";

const figure = (outcome: ShownFigure["outcome"], change = 1): ShownFigure => ({
  ...{ figure: "p95", before: 1, after: 1 + change, change, outcome },
  interval: { low: change - 0.1, high: change + 0.1 },
  because: outcome === "unclear" ? "400 requests are needed in each run" : null,
});
const endpoint = (name: string, ...figures: ShownFigure[]) => ({ method: "GET", name, figures });
const total = (...figures: ShownFigure[]) => ({ method: "", name: "Aggregated", figures });

test("unclear figures are listed by their reason, including those of all endpoints together", () => {
  const wide = { ...figure("unclear"), figure: "p50" as const, because: null };
  const none = { ...figure("unclear"), change: 0 };
  assert.deepEqual(unclearFigures([total(figure("unclear"), wide), endpoint("/jobs", figure("unclear"), none)]), [
    {
      because: "400 requests are needed in each run",
      figures: [
        { method: "", name: "Aggregated", figure: "p95" },
        { method: "GET", name: "/jobs", figure: "p95" },
      ],
    },
    { because: "the parts of the runs vary too much", figures: [{ method: "", name: "Aggregated", figure: "p50" }] },
  ]);
  assert.deepEqual(unclearFigures([total(figure("same")), endpoint("/jobs", figure("worse"))]), []);
});

test("certain differences come first, worse before better and larger before smaller; then all endpoints together", () => {
  const { listed, more } = differencesOf({
    total: total(figure("unclear")),
    endpoints: [
      endpoint("/a", figure("better", -0.5)),
      endpoint("/b", figure("worse", 0.2)),
      endpoint("/c", figure("worse", 27), figure("unclear")),
    ],
  });
  assert.deepEqual(
    listed.map(({ name, outcome }) => `${name} ${outcome}`),
    ["/c worse", "/b worse", "/a better", "Aggregated unclear"],
  );
  assert.equal(more, 0);
  const all = Array.from({ length: 30 }, (_, at) => endpoint(`/${at}`, figure("worse")));
  assert.deepEqual(
    [differencesOf({ total: total(), endpoints: all })].map((one) => [one.listed.length, one.more]),
    [[10, 20]],
  );
});

test("an interval lies around its change, within the picture, and no change is in the middle", () => {
  const changes = fc.record({
    change: fc.integer({ min: -99, max: 5_000 }).map((percent) => percent / 100),
    below: fc.double({ min: 0, max: 3, noNaN: true }),
    above: fc.double({ min: 0, max: 1e6, noNaN: true }),
    figure: fc.constantFrom("p95" as const, "errorRate" as const, "requestsPerSecond" as const),
  });
  assertProperty(
    fc.property(fc.array(changes, { minLength: 1 }), (given) => {
      const differences = given.map(
        ({ change, below, above, figure: kind }): Difference => ({
          ...{ method: "GET", name: "/", before: 1, after: 1, change, outcome: "worse", because: null, figure: kind },
          interval: { low: change - below, high: change + above },
        }),
      );
      for (const [position, drawn] of drawnIntervals(differences).entries()) {
        const change = given[position]?.change ?? 0;
        assert.ok(drawn !== null);
        assert.ok(0 <= drawn.low && drawn.low <= drawn.change && drawn.change <= drawn.high && drawn.high <= 1);
        assert.equal(Math.sign(drawn.change - 0.5), Math.sign(change));
      }
    }),
  );
});

test("a run is drawn from its first request on", () => {
  const report = syntheticReport({ minutes: 1, endpoints: 1, workers: 1, windows: 60 });
  assert.equal(fromLoadStart(report), report);
  const { windows } = report;
  const requests = windows.total.requests.map((count, window) => (window < 5 ? 0 : count));
  const late = fromLoadStart({ ...report, windows: { ...windows, total: { ...windows.total, requests } } });
  assert.deepEqual([late.windows.startMs[5], late.windows.startMs[6]], [0, 1_000]);
});

test("a change that is many times over is a factor", () => {
  const texts = [0.213, -0.032, 9.01 / 0.32 - 1, 9, 199, 4e9, 0].map((change) => figureChange("p95", change));
  assert.deepEqual(texts, ["+21 %", "-3.2 %", "×28.2", "×10.0", "×200", "over ×1,000", "±0 %"]);
  assert.equal(figureChange("errorRate", 0.5), "+50 points");
});
