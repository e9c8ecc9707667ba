import assert from "node:assert/strict";
import { test } from "node:test";
import { type ShownFigure, unclearLine } from "../../../src/ui/data/comparison.ts";

const endpoint = (...outcomes: ShownFigure["outcome"][]) => ({
  method: "GET",
  name: "/jobs",
  figures: outcomes.map((outcome) => ({ figure: "p95" as const, before: 1, after: 2, change: 1, outcome })),
});

test("the number of inconclusive figures is shown, including those of all endpoints together", () => {
  const endpoints = [endpoint("worse", "unclear")];
  const line = "3 of 4 figures are inconclusive (?)";
  assert.equal(unclearLine({ total: endpoint("unclear", "unclear"), endpoints }), line);
  assert.equal(unclearLine({ total: endpoint("same"), endpoints: [endpoint("better")] }), null);
});
