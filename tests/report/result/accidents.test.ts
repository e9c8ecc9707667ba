import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { LossPolicy } from "../../../src/core/run.ts";
import { casesByDepth, deepTest } from "../../support/depth.ts";
import { type Accident, accidents, simulatedResult, soaked, spiked } from "./simulated-run.ts";

const guide = await readFile(new URL("../../../docs/guide/trustworthy-results.md", import.meta.url), "utf8");
const rows = guide.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
const head = rows.find((cells) => cells[1] === "accident") ?? [];

/** The verdicts that the guide gives for an accident of a spike or a soak. */
function verdictsOf(accident: Accident, kind: string): string[] {
  const cell = rows.find((cells) => cells[1] === accident)?.[head.indexOf(kind)] ?? "";
  return [...cell.matchAll(/\b(?:passed|failed|invalid)\b/g)].map(([verdict]) => verdict);
}

/** Seconds in which accidents begin: before the spike, in its peak, while the service recovers, and after that. */
const moments = { spike: [10, 65, 95, 160], soak: [100, 700] };
const healthy = { spike: () => spiked(15), soak: () => soaked(1) };
const broken = { spike: () => spiked(5), soak: () => soaked(4) };

/** The others are tried in depth: each takes a second. */
const usual: Accident = "a worker dies";

for (const kind of ["spike", "soak"] as const) {
  for (const accident of accidents) {
    const declare = accident === usual ? test : deepTest;
    declare(`${accident}, in a ${kind} of a healthy service: the verdict is one that the guide gives`, async () => {
      const allowed = verdictsOf(accident, kind);
      assert.notDeepEqual(allowed, []);
      const seen = moments[kind].map((at) => simulatedResult(healthy[kind](), accident, at));
      for (const { verdict, reasons } of seen) {
        assert.ok(allowed.includes(verdict), `${verdict}, not ${allowed}: ${reasons.join("; ")}`);
        assert.equal(verdict === "invalid", reasons.length > 0);
      }
    });

    deepTest(`${accident}, in a ${kind} of a broken service: it never passes, and what was watched fails`, async () => {
      for (const at of moments[kind]) {
        const { verdict, reasons } = simulatedResult(broken[kind](), accident, at);
        const isWatched = verdictsOf(accident, kind).every((one) => one === "passed") || kind === "soak" || at === 10;
        if (isWatched) assert.equal(verdict, "failed", `${at}: ${reasons.join("; ")}`);
        else assert.notEqual(verdict, "passed", `${at}`);
      }
    });
  }
}

test("a spike whose peak lacked a worker's load is not judged, however small the missing share of the run is", () => {
  for (const [accident, what] of [
    ["a worker dies", "a worker was lost during it"],
    ["a worker stands still for a moment", "a worker stalled during it"],
  ] as const) {
    const { verdict, exitCode, reasons } = simulatedResult(spiked(15), accident, 65, { isLoadKnown: false });
    assert.deepEqual([verdict, exitCode, reasons], ["invalid", 110, [`the spike was not judged: ${what}`]]);
  }
});

test("a service is not back as long as a part of the load is missing, and fails if it is not back at all", () => {
  const options = { isLoadKnown: false };
  const before = simulatedResult(spiked(15), "a connection breaks", 90, options).spike?.spikes[0]?.recovery;
  const delayed = simulatedResult(spiked(15), "a worker dies", 90, options).spike?.spikes[0]?.recovery;
  assert.ok(before?.kind === "recovered" && delayed?.kind === "recovered");
  assert.ok(delayed.afterMs > before.afterMs, `${delayed.afterMs}, ${before.afterMs} ms`);
  const { verdict, reasons } = simulatedResult(spiked(5), "a worker dies", 160, options);
  assert.equal(verdict, "failed");
  assert.match(reasons.join(), /^the service had not returned to its baseline 160 s after the spike/);
  const late = simulatedResult(spiked(15), "a worker dies", 90, { ...options, seconds: 125 });
  assert.deepEqual(
    [late.verdict, late.reasons],
    ["invalid", ["the spike was not judged: a worker was lost 10 s after the drop"]],
  );
});

for (const [policy, declare] of casesByDepth<LossPolicy>(1, ["continue", "continue-any"])) {
  declare(`${policy}: a soak that loses a worker whose load nobody takes over is judged up to the loss`, async () => {
    const steady = simulatedResult(soaked(1), "a worker dies", 800, { policy });
    assert.deepEqual([steady.verdict, steady.drift?.judgedMs], ["passed", { from: 0, to: 810_000 }]);
    assert.equal(simulatedResult(soaked(4), "a worker dies", 800, { policy }).verdict, "failed");
  });
}

deepTest("a soak that loses a worker whose load others take over is judged as a whole", async () => {
  const { drift } = simulatedResult(soaked(1), "a worker dies", 800);
  assert.equal(drift?.judgedMs, undefined, "others have taken over");
});
