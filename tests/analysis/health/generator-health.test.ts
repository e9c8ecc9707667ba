import assert from "node:assert/strict";
import { test } from "node:test";
import { generatorHealth } from "../../../src/analysis/health/generator-health.ts";
import type { GeneratorRun, WorkerHealth } from "../../../src/analysis/health/generator-run.ts";
import { standstillIn } from "../../../src/analysis/health/strain.ts";
import type { HealthSample } from "../../../src/stats/health-sample.ts";
import { sampleAt } from "../../stats/health-fixtures.ts";
import { loadOf } from "../load/load-fixture.ts";

const bothClasses = new Map([
  ["a", 30],
  ["b", 20],
]);
type Second = Partial<HealthSample>;

/** 100 seconds, of which those in `odd` differ. */
function worker(name: string, odd: number, second: Second = {}, over: Partial<WorkerHealth> = {}): WorkerHealth {
  const samples = Array.from({ length: 100 }, (_, i) => sampleAt(i, i < odd ? second : {}));
  return { name, samples, requests: 5_000, p50Ms: 40, fileDescriptorLimit: 1_024, userTime: bothClasses, ...over };
}

function run(workers: readonly WorkerHealth[], over: Partial<GeneratorRun> = {}): GeneratorRun {
  const unsent = { count: 0, requests: 5_000, code: "" };
  return {
    workers,
    p95Ms: 100,
    steadyFromMs: 0,
    steadyToMs: 100_000,
    load: [],
    losses: [],
    idle: [],
    onWorkerLoss: "rebalance",
    unsent,
    ...over,
  };
}

const healthy = worker("worker 1", 0);

test("a healthy generator is ok, and so is a run without workers", () => {
  assert.deepEqual(generatorHealth(run([healthy])), { verdict: "ok", findings: [], reasons: [] });
  assert.equal(generatorHealth(run([], { p95Ms: null })).verdict, "ok");
});

const strains: readonly (readonly [second: Second, verdict: "warned" | "invalid", reason: RegExp])[] = [
  [{ utilisation: 0.96, cpu: 1 }, "invalid", /^worker 2 was CPU-bound for 38 % of the run: add workers$/],
  [
    { utilisation: 0.99, cpu: 0.5 },
    "invalid",
    /^worker 2 had to wait for a CPU for 38 % of the run: stop other processes/,
  ],
  [
    { scheduleLagP99Ms: 21 },
    "invalid",
    /^worker 2 started iterations late for 38 % of the run, by up to 21 ms: add workers/,
  ],
  [{ scheduleLagP99Ms: 21, utilisation: 0.9, cpu: 0.9 }, "invalid", /CPU-bound/],
  [
    { utilisation: 0.81, cpu: 0.8 },
    "warned",
    /^worker 2 was nearly CPU-bound for 38 % of the run \(its event loop busy for more than 80 %/,
  ],
  [{ utilisation: 0.9, cpu: 0.3 }, "warned", /wait for a CPU/],
  [{ scheduleLagP99Ms: 5.5 }, "warned", /late/],
  [{ gcMs: 140 }, "warned", /collected garbage/],
  [{ scheduleLagP99Ms: null, loopDelayP99Ms: 30 }, "warned", /blocked/],
];

test("each strain is named with its share of the run and what to do", () => {
  for (const [second, verdict, reason] of strains) {
    const health = generatorHealth(run([healthy, worker("worker 2", 38, second)]));
    assert.equal(health.verdict, verdict, JSON.stringify(second));
    assert.equal(health.reasons.length, 1);
    assert.match(health.reasons[0] as string, reason);
  }
});

test("5 % of the seconds are tolerated, and seconds outside the steady part do not count", () => {
  const saturated = { utilisation: 1, cpu: 1 };
  assert.equal(generatorHealth(run([worker("worker 1", 5, saturated)])).verdict, "ok");
  assert.equal(generatorHealth(run([worker("worker 1", 6, saturated)])).verdict, "invalid");
  assert.equal(generatorHealth(run([worker("worker 1", 30, saturated)], { steadyFromMs: 30_000 })).verdict, "ok");
});

test("different causes add up to an invalid share", () => {
  const { samples, ...rest } = worker("worker 1", 4, { utilisation: 1, cpu: 1 });
  const late = samples.map((sample, i) => (i >= 96 ? { ...sample, scheduleLagP99Ms: 50 } : sample));
  const health = generatorHealth(run([{ ...rest, samples: late }]));
  assert.deepEqual([health.verdict, health.reasons.length], ["invalid", 1]);
});

test("a lag is compared with the response times, but the lag of timers of a healthy process is tolerated", () => {
  const late = worker("worker 1", 50, { scheduleLagP99Ms: 30 });
  assert.equal(generatorHealth(run([late], { p95Ms: 100 })).verdict, "invalid");
  assert.equal(generatorHealth(run([late], { p95Ms: 400 })).verdict, "warned");
  assert.equal(generatorHealth(run([late], { p95Ms: 4_000 })).verdict, "ok");
  const timers = worker("worker 1", 100, { scheduleLagP99Ms: 4 });
  assert.equal(generatorHealth(run([timers], { p95Ms: 2 })).verdict, "ok");
});

test("iterations that the generator failed to start spoil an open load; those without a free user do not", () => {
  const load = loadOf({ planned: 10_000, made: 9_700 });
  const short = generatorHealth(run([healthy], { load: [load] }));
  assert.equal(short.verdict, "invalid");
  assert.deepEqual(short.reasons, [
    "the workers failed to start 3 % of the 10000 iterations that were due, though users were free: add workers",
  ]);
  assert.equal(generatorHealth(run([healthy], { load: [{ ...load, dropped: 300 }] })).verdict, "ok");
  assert.equal(generatorHealth(run([healthy], { load: [{ ...load, made: 9_800 }] })).verdict, "ok");
  assert.equal(generatorHealth(run([healthy], { load: [loadOf({ planned: 0, made: 0 })] })).verdict, "ok");
  // What is tolerated of the workers is no load that was made.
  for (const policy of ["warn", "ignore"] as const) {
    assert.equal(generatorHealth(run([healthy], { load: [load] }), policy).verdict, "invalid");
  }
});

const measuring = (p50s: readonly number[], requests = 5_000) =>
  run(p50s.map((p50Ms, i) => worker(`worker ${i + 1}`, 0, {}, { p50Ms, requests })));

test("a worker whose times differ from the others' spoils the result", () => {
  const health = generatorHealth(measuring([40, 41, 39, 75]));
  assert.equal(health.verdict, "invalid");
  assert.deepEqual(health.reasons, [
    "worker 4 measured a p50 of 75 ms, the others 40 ms: check its machine and its network",
  ]);
  assert.equal(generatorHealth(measuring([40, 40, 40, 19])).verdict, "invalid");
  assert.equal(generatorHealth(measuring([40, 41, 39, 58])).verdict, "ok"); // less than 50 % off
  assert.equal(generatorHealth(measuring([20, 40, 60, 80, 30])).verdict, "ok"); // they all differ
  assert.equal(generatorHealth(measuring([40, 41, 39, 75], 50)).verdict, "ok"); // too little data
});

test("a worker with other users measures another mix and is not compared", () => {
  const [first, second, third, fourth] = measuring([40, 41, 39, 75]).workers as WorkerHealth[];
  const other = { ...(fourth as WorkerHealth), userTime: new Map([["b", 10]]) };
  assert.equal(generatorHealth(run([first, second, third, other] as WorkerHealth[])).verdict, "ok");
});

test("a fraction of a millisecond is no disagreement", () => {
  assert.equal(generatorHealth(measuring([0.4, 0.4, 0.5, 2.1])).verdict, "ok");
  assert.equal(generatorHealth(measuring([0.4, 2.1])).verdict, "ok");
});

test("two bad seconds happen in any run, however short; a window counts by its length", () => {
  const saturated = { utilisation: 1, cpu: 1 };
  const short = (odd: number) => run([worker("worker 1", odd, saturated)], { steadyToMs: 5_000 });
  assert.equal(generatorHealth(short(2)).verdict, "ok");
  assert.equal(generatorHealth(short(3)).verdict, "invalid");
  const wide = run([worker("worker 1", 1, { ...saturated, widthMs: 10_000 })]);
  assert.equal(generatorHealth(wide).verdict, "invalid");
});

test("two workers that disagree are a warning, because either can be wrong", () => {
  assert.equal(generatorHealth(measuring([40, 90])).verdict, "warned");
  assert.equal(generatorHealth(measuring([40, 55])).verdict, "ok");
  assert.equal(generatorHealth(measuring([40])).verdict, "ok");
});

test("a worker that nearly runs out of file descriptors is a warning", () => {
  const health = generatorHealth(run([worker("worker 1", 1, { fileDescriptors: 1_000 })]));
  assert.equal(health.verdict, "warned");
  assert.match(health.reasons.join(), /^worker 1 had 1000 of at most 1024 files and sockets open: raise the limit/);
  const unlimited = worker("worker 1", 1, { fileDescriptors: 1_000 }, { fileDescriptorLimit: null });
  assert.equal(generatorHealth(run([unlimited])).verdict, "ok");
});

test("the most important reason comes first", () => {
  const health = generatorHealth(
    run([
      worker("worker 1", 20, { utilisation: 0.9, cpu: 0.9 }),
      worker("worker 2", 10, { utilisation: 1, cpu: 1 }),
      worker("worker 3", 60, { utilisation: 1, cpu: 1 }),
    ]),
  );
  assert.equal(health.verdict, "invalid");
  assert.deepEqual(
    health.findings.map((finding) => finding.kind === "strain" && finding.worker),
    ["worker 3", "worker 2", "worker 1"],
  );
});

test("a strain, which says what to do, comes before the stalls that it caused", () => {
  const stalled = { count: 90, requests: 100, longest: { worker: "worker 1", stalledMs: 800, atMs: 2_000 } };
  const { reasons } = generatorHealth(run([worker("worker 1", 20, { utilisation: 1, cpu: 0.2 })], { stalled }));
  assert.match(reasons[0] ?? "", /had to wait for a CPU/);
  assert.match(reasons[1] ?? "", /stalled/);
});

test("requests that the generator could not send spoil a run, and a few are a warning", () => {
  const unsent = (count: number, code: string) => run([healthy], { unsent: { count, requests: 5_000, code } });
  const spoilt = generatorHealth(unsent(1_000, "EMFILE"));
  assert.equal(spoilt.verdict, "invalid");
  assert.deepEqual(spoilt.reasons, [
    "1000 of 5000 requests (20 %) could not be sent because the generator had no file descriptor left (EMFILE, ulimit -n is 1024): raise the limit of open files (ulimit -n 65536), or add workers",
  ]);
  assert.match(generatorHealth(unsent(6, "EADDRNOTAVAIL")).reasons.join(), /no free local port left \(EADDRNOTAVAIL\)/);
  assert.equal(generatorHealth(unsent(5, "ENOBUFS")).verdict, "warned");
  assert.match(generatorHealth(unsent(100, "")).reasons.join(), /ran out of files, ports or memory: add workers/);
  assert.equal(generatorHealth(unsent(1_000, "EMFILE"), "warn").verdict, "warned");
});

test("there is no warning of nearly used up file descriptors beside requests that failed because of it", () => {
  const full = worker("worker 1", 1, { fileDescriptors: 1_024 });
  const unsent = { count: 1_000, requests: 5_000, code: "EMFILE" };
  assert.deepEqual(
    generatorHealth(run([full], { unsent })).findings.map(({ kind }) => kind),
    ["unsent"],
  );
});

const reasonOf = (second: Second, odd = 38) => generatorHealth(run([worker("worker 1", odd, second)])).reasons.join();

test("an idle loop with late timers is delayed by its machine, a computing loop by the test", () => {
  const idle = { utilisation: 0.1, cpu: 0.1, scheduleLagP99Ms: null };
  const machine =
    /^worker 1 was delayed for 38 % of the run by other processes on its machine .* was idle: stop other processes/;
  const test = /look for long computations in the test$/;
  assert.match(reasonOf({ ...idle, loopDelayP99Ms: 45, loopDelayMaxMs: 60 }), machine);
  assert.match(reasonOf({ ...idle, scheduleLagP99Ms: 40, loopDelayP99Ms: 45, loopDelayMaxMs: 60 }), machine);
  // The delay is longer than all computation, so only the machine can cause it.
  assert.match(reasonOf({ ...idle, loopDelayP99Ms: 300, loopDelayMaxMs: 400 }), machine);
  // One computation of 300 ms each second.
  const computing = { utilisation: 0.32, cpu: 0.33, scheduleLagP99Ms: null };
  assert.match(reasonOf({ ...computing, loopDelayP99Ms: 300, loopDelayMaxMs: 300 }), test);
  assert.match(
    reasonOf({ ...computing, utilisation: 0.25, cpu: 0.26, loopDelayP99Ms: 230, loopDelayMaxMs: 230 }),
    test,
  );
  assert.match(reasonOf({ ...computing, utilisation: 0.6, cpu: 0.6, loopDelayP99Ms: 45, loopDelayMaxMs: 60 }), test);
  // Iterations that begin late while timers are on time are not delayed by the machine.
  assert.match(
    reasonOf({ ...idle, scheduleLagP99Ms: 40, loopDelayMaxMs: 8 }),
    /started iterations late .* in the test$/,
  );
});

test("each cause has its own share, and 100 % only if it was the whole run", () => {
  const busy = { utilisation: 0.99, cpu: 1 };
  assert.match(reasonOf(busy, 100), /^worker 1 was CPU-bound for 100 % of the run: add workers$/);
  const { samples, ...rest } = worker("worker 1", 60, busy);
  const late = samples.map((sample, i) => (i >= 60 ? { ...sample, scheduleLagP99Ms: 50 } : sample));
  assert.deepEqual(generatorHealth(run([{ ...rest, samples: late }])).reasons, [
    "worker 1 was CPU-bound for 60 % of the run, and strained for other reasons for 40 %: add workers",
  ]);
  const nearly = [sampleAt(0, { ...busy, widthMs: 99_700 }), sampleAt(99.7, { widthMs: 300 })];
  assert.match(
    generatorHealth(run([{ ...rest, samples: nearly }])).reasons.join(),
    /^worker 1 was CPU-bound for more than 99 % of the run/,
  );
});

test("a process that was stopped stood still; one that computes for long did not", () => {
  const stopped = { loopDelayMaxMs: 3_000, widthMs: 4_000, cpu: 0.1, utilisation: 0.9 };
  assert.equal(standstillIn(sampleAt(0, stopped)), 3_000);
  assert.equal(standstillIn(sampleAt(0, { ...stopped, cpu: 0.8 })), 0);
  assert.equal(standstillIn(sampleAt(0, { loopDelayMaxMs: 900, cpu: 0 })), 0);
});
