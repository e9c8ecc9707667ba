import assert from "node:assert/strict";
import { test } from "node:test";
import { HealthLog } from "../../src/master/record/health-log.ts";
import { StrainWatch } from "../../src/master/run-observer.ts";
import type { HealthReport } from "../../src/stats/health-sample.ts";
import { fineReport } from "../stats/health-fixtures.ts";
import { record, reportOf } from "../stats/recorder-events.ts";

/** A watch over workers that are as `second` says in each second, and what it told. */
function told(workers: number, seconds: readonly Partial<HealthReport>[], windowCount = 1): string[] {
  const health = new HealthLog();
  const texts: string[] = [];
  const watch = new StrainWatch(health, (text) => texts.push(text));
  const list = Array.from({ length: workers }, (_, i) => ({ number: i + 1, description: `worker ${i + 1} (host-a)` }));
  seconds.forEach((second, window) => {
    const report = reportOf(record([]), { window, windowCount, health: { ...fineReport, ...second } });
    for (const { number } of list) health.add(number, report);
    // Looked at more often than there is something new.
    for (let look = 0; look < 3; look++) watch.look(list, 100);
  });
  return texts;
}

const busy = { utilisation: 0.99, cpu: 1 };
const starved = { utilisation: 0.99, cpu: 0.4 };

test("a worker is reported after five bad seconds, once", () => {
  assert.deepEqual(
    told(
      1,
      Array.from({ length: 4 }, () => busy),
    ),
    [],
  );
  assert.deepEqual(
    told(
      1,
      Array.from({ length: 30 }, () => busy),
    ),
    [
      "worker 1 (host-a) is CPU-bound (its event loop is busy for 99 % of the time): its response times include its own delays",
    ],
  );
  assert.match(
    told(
      1,
      Array.from({ length: 5 }, () => starved),
    ).join(),
    /has to wait for a CPU \(it gets 40 % of one\)/,
  );
});

test("bad seconds among as many good ones are not reported; a report of many seconds counts as many", () => {
  assert.deepEqual(
    told(
      1,
      Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? busy : {})),
    ),
    [],
  );
  assert.equal(told(1, [busy], 6).length, 1);
});

test("of many strained workers, only some are reported", () => {
  const texts = told(
    30,
    Array.from({ length: 6 }, () => busy),
  );
  assert.equal(texts.length, 11);
  assert.equal(texts.at(-1), "further workers are strained");
});
