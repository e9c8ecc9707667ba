import assert from "node:assert/strict";
import { endpointSeries } from "../../../src/analysis/drift/drift-recorder.ts";
import type { DriftVerdict } from "../../../src/analysis/drift/drift-verdict.ts";
import { soakDrift } from "../../../src/analysis/drift/soak-drift.ts";
import { Random } from "../../../src/core/random.ts";
import { caseCount, casesByDepth } from "../../support/depth.ts";
import { flat, rising, type SyntheticSoak, syntheticWindows } from "./synthetic-soak.ts";

const soaks = caseCount(10);
/** 480 points in 4 h, so that no merging softens the noise. */
const noise = { hours: 4, windowMs: 30_000, correlation: 0.6 };

/** The behaviour of each kind of soak; details are drawn from the seed. */
const kinds: Readonly<Record<string, (random: Random) => SyntheticSoak["factor"]>> = {
  flat: () => flat,
  "+15 %/h": () => rising,
  step(random) {
    const [at, size] = [0.2 + 0.6 * random.next(), 0.2 + 0.4 * random.next()];
    return (progress) => (progress < at ? 1 : 1 + size);
  },
  "two steps"(random) {
    const [first, second] = [0.15 + 0.25 * random.next(), 0.6 + 0.25 * random.next()];
    const size = 0.2 + 0.3 * random.next();
    return (progress) => 1 + (progress < first ? 0 : progress < second ? size : 2 * size);
  },
  oscillation(random) {
    const [cycles, height, phase] = [2 + 10 * random.next(), 0.15 + 0.25 * random.next(), random.next()];
    return (progress) => 1 + height * Math.sin(2 * Math.PI * (cycles * progress + phase));
  },
  "square wave"(random) {
    const [cycles, height, phase] = [2 + 10 * random.next(), 0.3 + 0.3 * random.next(), random.next()];
    return (progress) => ((cycles * progress + phase) % 1 < 0.5 ? 1 : 1 + height);
  },
};
const verdicts = ["stable", "drifting", "step", "oscillating", "insufficient"] as const;
type Counts = Readonly<Record<DriftVerdict["kind"], number>>;

function confusion(deviation: number): Map<string, Counts> {
  const rows = new Map<string, Counts>();
  for (const [kind, factorOf] of Object.entries(kinds)) {
    const counts = { stable: 0, drifting: 0, step: 0, oscillating: 0, insufficient: 0 };
    for (let seed = 0; seed < soaks; seed++) {
      const soak: SyntheticSoak = { ...noise, deviation, factor: factorOf(new Random(seed, 77)) };
      counts[soakDrift(endpointSeries("total", syntheticWindows(soak, seed))).kind]++;
    }
    rows.set(kind, counts);
  }
  return rows;
}

function table(rows: ReadonlyMap<string, Counts>): string[] {
  const line = (cells: readonly (string | number)[]) => cells.map((cell) => String(cell).padStart(13)).join("");
  return [
    line(["", ...verdicts]),
    ...[...rows].map(([kind, counts]) => line([kind, ...verdicts.map((verdict) => counts[verdict])])),
  ];
}

for (const [deviation, declare] of casesByDepth(1, [0.1, 0.15])) {
  declare(`${soaks} soaks of each kind with lognormal noise of ${deviation} are judged rightly`, async (context) => {
    const rows = confusion(deviation);
    for (const line of table(rows)) context.diagnostic(line);
    const count = (kind: string, verdict: DriftVerdict["kind"]) => rows.get(kind)?.[verdict] ?? 0;
    for (const kind of ["flat", "oscillation", "square wave"]) assert.ok(count(kind, "drifting") <= soaks / 30, kind);
    assert.ok(count("+15 %/h", "drifting") >= 0.95 * soaks);
    assert.ok(count("step", "step") >= 0.95 * soaks);
    assert.ok(count("two steps", "drifting") >= 0.85 * soaks);
    assert.ok(count("oscillation", "oscillating") >= 0.95 * soaks);
    assert.equal(count("flat", "stable"), soaks);
  });
}
