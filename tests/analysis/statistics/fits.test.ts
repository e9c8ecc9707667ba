import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fitHarmonic } from "../../../src/analysis/statistics/harmonic-fit.ts";
import { schwarzCriterion } from "../../../src/analysis/statistics/information-criterion.ts";
import { fitLine } from "../../../src/analysis/statistics/line-fit.ts";
import { solveLinear } from "../../../src/analysis/statistics/linear-solve.ts";
import { fitStep } from "../../../src/analysis/statistics/step-fit.ts";
import { Random } from "../../../src/core/random.ts";
import { assertProperty } from "../../support/property.ts";
import { normal } from "../synthetic-noise.ts";

function assertNear(actual: number | undefined, expected: number, tolerance: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

// Flow of the Nile at Aswan, 1871 to 1970, in 10^8 m^3: the data set `Nile` of R. G. W. Cobb, "The problem of the Nile",
// Biometrika 65 (1978), and many after him find the one change in 1898.
const nile = [
  1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140, 1100,
  1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969, 831, 726, 456,
  824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897,
  822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050, 918, 986, 797, 923, 975,
  815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
];

test("the step in the flow of the Nile, which is not a line", () => {
  const step = fitStep(nile, 5);
  assert.equal(step?.position, 1898 - 1871 + 1);
  const line = fitLine(nile.map((value, at) => ({ at, value })));
  const criterion = (squaredError: number, parameters: number) =>
    schwarzCriterion({ squaredError, parameters, length: nile.length, independent: nile.length });
  assert.ok(criterion(step?.squaredError as number, 3) < criterion(line.squaredError, 2) - 10);
});

const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 6, maxLength: 30 });

test("property: the step is the best of all positions", () => {
  const errorOf = (part: readonly number[]) => {
    const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
    return part.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  };
  assertProperty(
    fc.property(values, fc.integer({ min: 1, max: 3 }), (series, atLeast) => {
      const step = fitStep(series, atLeast);
      const errors = series.flatMap((_, at) =>
        at < atLeast || at > series.length - atLeast ? [] : [errorOf(series.slice(0, at)) + errorOf(series.slice(at))],
      );
      assertNear(step?.squaredError, Math.min(...errors), 1e-6);
      const found = step?.position as number;
      assertNear(errorOf(series.slice(0, found)) + errorOf(series.slice(found)), Math.min(...errors), 1e-6);
    }),
  );
  assert.equal(fitStep([1, 2, 3], 2), undefined);
});

test("the line of a published example", () => {
  // F. J. Anscombe, "Graphs in statistical analysis", American Statistician 27 (1973), first data set.
  const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
  const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
  const points = x.map((at, i) => ({ at, value: y[i] as number })).sort((a, b) => a.at - b.at);
  const line = fitLine(points);
  assertNear(line.intercept, 3.0, 0.001);
  assertNear(line.slope, 0.5, 0.001);
  assertNear(line.squaredError, 13.76, 0.005);
  assert.deepEqual(fitLine([{ at: 3, value: 7 }]), { intercept: 7, slope: 0, squaredError: 0 });
});

test("the criterion by its definition", () => {
  const expected = 50 * Math.log(200 / 100) + 3 * Math.log(50);
  assertNear(schwarzCriterion({ squaredError: 200, parameters: 3, length: 100, independent: 50 }), expected, 1e-9);
  assert.ok(Number.isFinite(schwarzCriterion({ squaredError: 0, parameters: 1, length: 9, independent: 9 })));
});

test("property: the solution of the equations is found", () => {
  const unknowns = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 4, maxLength: 4 });
  assertProperty(
    fc.property(fc.array(unknowns, { minLength: 4, maxLength: 4 }), unknowns, (matrix, solution) => {
      const right = matrix.map((row) => row.reduce((sum, factor, i) => sum + factor * (solution[i] as number), 0));
      const found = solveLinear(matrix, right);
      if (found === undefined) return;
      for (const [row, equation] of matrix.entries()) {
        const left = equation.reduce((sum, factor, i) => sum + factor * (found[i] as number), 0);
        assertNear(left, right[row] as number, 1e-6);
      }
    }),
  );
  const solved = solveLinear(
    [
      [0, 2],
      [3, 1],
    ],
    [4, 5],
  );
  assert.deepEqual(solved, [1, 2]);
  const dependent = [
    [1, 2],
    [2, 4],
  ];
  assert.equal(solveLinear(dependent, [1, 2]), undefined);
});

test("a wave on a slope is found with its period and height, and separated from the slope", () => {
  const random = new Random(3, 0);
  const wave = (i: number) => 5 * Math.sin((2 * Math.PI * 7 * i) / 400 + 1);
  const fit = fitHarmonic(
    Array.from({ length: 400 }, (_, i) => 100 + 0.1 * i + wave(i) + normal(random)),
    2,
    60,
  );
  assert.equal(fit?.cycles, 7);
  assertNear(fit?.amplitude, 5, 0.2);
  for (const [i, value] of (fit?.wave ?? []).entries()) assertNear(value, wave(i), 0.5);
  assertNear(fit?.squaredError, 400, 60);
  assert.equal(fitHarmonic([1, 2, 3], 2, 1), undefined);
});
