import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../src/core/random.ts";
import { falseAlarmRate, moreThanOthers, slowerThanOthers } from "../../../src/report/page/standing-out.ts";
import { caseCount } from "../../support/depth.ts";

const percentiles = [50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 100];

/** Response times as a result has them: log-normal, as measured ones roughly are. */
function measured(random: Random, count: number, factor: number) {
  const times = new Float64Array(count);
  for (let at = 0; at < count; at++) {
    const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
    times[at] = 100 * factor * Math.exp(0.6 * radius * Math.cos(2 * Math.PI * random.next()));
  }
  times.sort();
  const at = (percentile: number) => times[Math.max(0, Math.ceil((percentile / 100) * count) - 1)] ?? 0;
  return { count, percentiles: Object.fromEntries(percentiles.map((one) => [String(one), at(one)])) };
}

const seeds = [...Array(caseCount(30)).keys()];

/** The share of sets of endpoints that have one that is found, and how often the last one is, which is `factor` slower. */
function found(counts: (position: number) => number, factor: number, percentile: 95 | 99 = 95, endpoints = 60) {
  let [others, last] = [0, 0];
  for (const seed of seeds) {
    const random = new Random(seed, 7);
    const all = Array.from({ length: endpoints }, (_, position) =>
      measured(random, counts(position), position === endpoints - 1 ? factor : 1),
    );
    const positions = slowerThanOthers(all, percentile);
    if (positions.some((position) => position !== endpoints - 1 || factor === 1)) others++;
    if (positions.includes(endpoints - 1)) last++;
  }
  return { others: others / seeds.length, last: last / seeds.length };
}

for (const [name, counts] of [
  ["30", () => 30],
  ["100", () => 100],
  ["400", () => 400],
  ["20 to 600", (position: number) => 20 + (position % 30) * 20],
] as const) {
  test(`of 60 like endpoints with ${name} requests, none is found at the stated rate`, () => {
    assert.ok(found(counts, 1).others <= falseAlarmRate);
  });
}

test("of 2 and of 5 like endpoints, none is found at the stated rate", () => {
  assert.ok(found(() => 100, 1, 95, 2).others <= falseAlarmRate);
  assert.ok(found(() => 500, 1, 99, 2).others <= falseAlarmRate);
  assert.ok(found(() => 150, 1, 95, 5).others <= falseAlarmRate);
});

test("an endpoint that is truly slower is found, and no other with it", () => {
  for (const { count, factor } of [
    { count: 100, factor: 3 },
    { count: 400, factor: 2 },
    { count: 1_000, factor: 1.5 },
  ]) {
    const { others, last } = found(() => count, factor);
    assert.ok(last >= 0.95, `${factor} times slower, ${count} requests: found in ${last}`);
    assert.ok(others <= falseAlarmRate);
  }
  const { last } = found((position) => (position === 59 ? 30 : 400), 5);
  assert.ok(last >= 0.95, `5 times slower, 30 requests: found in ${last}`);
});

test("an endpoint is found beside others that are as slow", () => {
  const random = new Random(1, 1);
  const all = Array.from({ length: 10 }, (_, position) => measured(random, 400, position < 4 ? 3 : 1));
  assert.deepEqual(slowerThanOthers(all, 95), [0, 1, 2, 3]);
});

test("without others to compare with, or with too few values, nothing is found", () => {
  const random = new Random(1, 1);
  assert.deepEqual(slowerThanOthers([], 95), []);
  assert.deepEqual(slowerThanOthers([measured(random, 400, 1)], 95), []);
  assert.deepEqual(slowerThanOthers([measured(random, 400, 1), measured(random, 19, 50)], 95), []);
  assert.deepEqual(slowerThanOthers([measured(random, 99, 1), measured(random, 99, 50)], 95), []);
});

/** How many of `count` requests fail, each with the same chance. */
function failuresOf(random: Random, count: number, rate: number) {
  let events = 0;
  for (let request = 0; request < count; request++) if (random.next() < rate) events++;
  return { count, events };
}

function foundFailing(count: number, rate: number, last: number, endpoints = 60) {
  let [others, worse] = [0, 0];
  for (const seed of seeds) {
    const random = new Random(seed, 8);
    const all = Array.from({ length: endpoints }, (_, position) =>
      failuresOf(random, count, position === endpoints - 1 ? last : rate),
    );
    const positions = moreThanOthers(all);
    if (positions.some((position) => position !== endpoints - 1 || last === rate)) others++;
    if (positions.includes(endpoints - 1)) worse++;
  }
  return { others: others / seeds.length, worse: worse / seeds.length };
}

test("endpoints that fail alike are not found, one that fails more often is", () => {
  for (const rate of [0.001, 0.01, 0.2]) assert.ok(foundFailing(200, rate, rate).others <= falseAlarmRate);
  assert.ok(foundFailing(200, 0.01, 0.01, 2).others <= falseAlarmRate);
  for (const [rate, last] of [
    [0.001, 0.1],
    [0.01, 0.15],
    [0.2, 0.6],
  ] as const) {
    const { others, worse } = foundFailing(200, rate, last);
    assert.ok(worse >= 0.95, `${last} instead of ${rate}: found in ${worse}`);
    assert.ok(others <= falseAlarmRate);
  }
});
