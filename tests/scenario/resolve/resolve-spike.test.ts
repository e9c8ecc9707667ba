import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { valueAt } from "../../../src/core/plan/plan.ts";
import { closed, defineTest, defineUser, type SpikeLoad, spike } from "../../../src/index.ts";
import { validateTest } from "../../../src/scenario/bundle/load-bundle.ts";
import { type RunOverrides, resolveRun } from "../../../src/scenario/resolve/resolve.ts";
import { assertProperty } from "../../support/property.ts";

const users = [defineUser({ name: "A", tasks: { nothing: () => {} } })];
const host = "http://127.0.0.1:8000";

function resolved(load: SpikeLoad, overrides: RunOverrides = {}) {
  const run = resolveRun(validateTest(defineTest({ host, users, load })), overrides);
  assert.ok(run.spike !== null && run.scenarios.length === 1);
  const [scenario] = run.scenarios;
  assert.ok(scenario?.load.kind === "open" || scenario?.load.kind === "closed");
  return { load: scenario.load, spike: run.spike, durationMs: run.durationMs };
}

test("property: the load is at base before, between and after spikes, and at its peak from peakMs to dropMs", () => {
  const seconds = (least: number) => fc.integer({ min: least, max: 300 });
  const shapes = fc.record({
    rise: seconds(0),
    hold: seconds(1),
    fall: seconds(0),
    before: seconds(15),
    after: seconds(31),
  });
  assertProperty(
    fc.property(shapes, fc.integer({ min: 1, max: 3 }), fc.boolean(), (shape, count, ofUsers) => {
      const times = Object.fromEntries(Object.entries(shape).map(([name, value]) => [name, `${value}s`]));
      const common = { ...(times as { hold: string }), spikes: count };
      const level = { base: 10, peak: 70 };
      const spiked: SpikeLoad = ofUsers
        ? spike({ ...common, users: level })
        : spike({ ...common, ...level, per: "1m" });
      const { load, spike: judged } = resolved(spiked);
      const unit = ofUsers ? 1 : 60;
      assert.equal(load.kind, ofUsers ? "closed" : "open");
      assert.equal(judged.spikes.length, count);
      assert.equal(judged.spikes[0]?.riseMs, shape.before * 1_000);
      for (const { riseMs, peakMs, dropMs } of judged.spikes) {
        assert.deepEqual([peakMs - riseMs, dropMs - peakMs], [shape.rise * 1_000, shape.hold * 1_000]);
        for (const [atMs, value] of [
          [riseMs - 1, 10],
          [peakMs, 70],
          [dropMs - 1, 70],
          [dropMs + shape.fall * 1_000, 10],
        ] as const) {
          assert.ok(Math.abs(valueAt(load.plan, atMs) - value / unit) < 1e-9, `at ${atMs}`);
        }
      }
      const last = judged.spikes.at(-1)?.dropMs ?? 0;
      assert.equal(load.plan.durationMs, last + (shape.fall + shape.after) * 1_000);
    }),
  );
});

test("by default it is watched for as long as it takes to call it metastable", () => {
  const { durationMs, spike: short } = resolved(spike({ base: 1, peak: 2, hold: "10s" }));
  assert.equal(durationMs, 60_000 + 10_000 + 300_000 + 30_000 + 5_000);
  assert.deepEqual([short.baselineFromMs, short.timeScale], [10_000, 1]);
  assert.equal(resolved(spike({ base: 1, peak: 2, hold: "2m" })).durationMs, 60_000 + 120_000 + 600_000 + 35_000);
  assert.equal(resolved(spike({ base: 1, peak: 2, hold: "10s" }), { runTimeMs: 105_000 }).durationMs, 105_000);
});

test("what does not go with a spike is refused with one line", () => {
  const refusal = (load: unknown, overrides: RunOverrides = {}) => {
    try {
      resolveRun(validateTest({ host, users, load }), overrides);
    } catch (error) {
      assert.ok(error instanceof ConfigurationError, `${error}`);
      return error.message;
    }
    return assert.fail("accepted");
  };
  const fine = spike({ base: 1, peak: 2, hold: "10s" });
  assert.match(refusal({ ...fine, before: "5s" }), /before is 5s, but spikes are compared .* at least 15s/);
  assert.match(
    refusal({ ...fine, after: "20s" }),
    /continues for 20s after the drop, but a service has recovered when it is back for 30s: at least 31s/,
  );
  assert.match(refusal({ ...fine, after: "20s", fall: "5s", spikes: 3 }), /continues for 25s after the last drop/);
  assert.match(refusal(fine, { runTimeMs: 90_000 }), /continues for 20s after the drop/);
  assert.match(refusal(fine, { runTimeMs: 30_000 }), /continues for 0s after the drop/);
  assert.doesNotThrow(() => resolved({ ...fine, after: "5s", timeScale: 0.1 }));
  assert.match(refusal({ ...fine, hold: "ten" }), /load\.hold: duration "ten"/);
  assert.match(refusal({ ...fine, held: "1s" }), /Unrecognized key: "held"/);
  assert.match(refusal({ ...fine, timeScale: 2 }), /load\.timeScale/);
  assert.match(refusal(fine, { spawnRate: 5 }), /--spawn-rate does not apply to a spike: --rate sets/);
  const ofUsers = spike({ users: { base: 1, peak: 2 }, hold: "10s" });
  assert.match(refusal(ofUsers, { rate: 5 }), /--rate does not apply to a spike over users: --users sets its maximum/);
  const others = { load: closed({ users: 1, spawnRate: 1, duration: "1m" }) };
  assert.match(refusal({ one: { load: fine }, two: others }), /a spike cannot be one of several scenarios/);
});

test("the command line says how high a spike goes: --users its users, --rate its arrivals", () => {
  const ofUsers = spike({ users: { base: 10, peak: 20 }, hold: "10s", before: "15s" });
  const levels = (load: SpikeLoad, overrides: RunOverrides) => {
    const { plan } = resolved(load, overrides).load;
    return [valueAt(plan, 0), valueAt(plan, 20_000)];
  };
  assert.deepEqual(levels(ofUsers, { users: 200 }), [10, 200]);
  assert.deepEqual(levels(ofUsers, { users: 5 }), [5, 5]);
  const ofArrivals = spike({ base: 60, peak: 120, per: "1m", hold: "10s", before: "15s" });
  assert.deepEqual(levels(ofArrivals, { rate: 50, users: 9 }), [1, 50]);
});
