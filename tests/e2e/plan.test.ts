import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { PlanDocument } from "../../src/report/files/plan-json.ts";
import { fixture } from "../support/fixture.ts";
import { MusterProcess } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const plotPalette = fileURLToPath(new URL("../../examples/plot-palette/plot-palette.ts", import.meta.url));

test("muster plan --json: what each worker would do at each second", async (t) => {
  const words = ["plan", plotPalette, "--json", "--workers=3", "--users=110", "--spawn-rate=7", "--run-time=1m"];
  const plan = new MusterProcess(t, words);
  assert.deepEqual(await plan.ended(), { code: 0, signal: null });
  assert.equal(plan.stderr, "");
  const report = JSON.parse(plan.stdout) as PlanDocument;
  const [scenario] = report.scenarios;
  assert.ok(scenario !== undefined && report.scenarios.length === 1);

  await t.test("the run", () => {
    const { schema, test: name, profile, durationMs, workers, thresholds } = report;
    const { peakUsers } = scenario;
    assert.deepEqual(
      { schema, name, profile, durationMs, peakUsers, workers },
      {
        schema: "muster-plan/1",
        name: "plot-palette",
        profile: "standard",
        durationMs: 60_000,
        peakUsers: 110,
        workers: 3,
      },
    );
    assert.deepEqual(thresholds, [
      "response_time: p(50)<200",
      "response_time: p(95)<500",
      "response_time: p(99)<1000",
      "failures: rate<0.01",
    ]);
  });

  await t.test("shares of classes and tasks", () => {
    const [user, admin, spike] = scenario.classes;
    assert.deepEqual([user?.name, user?.users, user?.share], ["PlotPaletteUser", 100, 100 / 110]);
    assert.deepEqual([admin?.name, admin?.users, admin?.share], ["AdminUser", 10, 10 / 110]);
    assert.deepEqual([spike?.name, spike?.users, spike?.share], ["SpikeLoadUser", 0, 0]);
    assert.deepEqual(
      user?.tasks.map((task) => [task.name, task.share]),
      [
        ["list jobs", 0.4],
        ["list templates", 0.3],
        ["get job", 0.2],
        ["create job", 0.08],
        ["other", 0.02],
      ],
    );
  });

  await t.test("the timeline: one moment a second, along the spawn rate, and its sums agree", () => {
    assert.deepEqual(
      scenario.timeline.map(({ second }) => second),
      Array.from({ length: 60 }, (_, second) => second),
    );
    for (const { second, users, workers } of scenario.timeline) {
      // Number i starts at i / 7 s, so at second s there are those of 0 to 7 s.
      assert.equal(users, Math.min(110, 7 * second + 1));
      assert.equal(workers.length, 3);
      assert.equal(sum(workers.map((worker) => worker.users)), users);
      for (const worker of workers) assert.equal(sum(worker.classes), worker.users);
    }
  });

  await t.test("at the peak, workers differ by at most one user, and by one of each class", () => {
    const { workers = [] } = scenario.timeline.at(-1) ?? {};
    for (const counts of [
      workers.map((worker) => worker.users),
      ...[0, 1, 2].map((c) => workers.map((w) => w.classes[c] ?? 0)),
    ]) {
      assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, String(counts));
    }
    assert.equal(sum(workers.map((worker) => worker.classes[0] ?? 0)), 100);
  });
});

test("muster plan: the same for a person", async (t) => {
  const plan = new MusterProcess(t, [
    "plan",
    plotPalette,
    "--profile=spike",
    "--workers=2",
    "--host=http://127.0.0.1:9",
  ]);
  assert.deepEqual(await plan.ended(), { code: 0, signal: null });
  assert.equal(plan.stderr, "");
  assert.match(plan.stdout, /^plot-palette \/ spike → http:\/\/127\.0\.0\.1:9$/m);
  // 100 users by 10 : 1 : 40.
  assert.match(plan.stdout, /PlotPaletteUser +(19|20) +(19|20)(\.\d)? ?%/);
  assert.match(plan.stdout, /SpikeLoadUser +(78|79) /);
  assert.match(plan.stdout, /list jobs +40(\.0)? ?%/);
  assert.match(plan.stdout, /#2 +50 /);
  assert.match(plan.stdout, /p\(95\)<500/);
  assert.ok(!plan.stdout.includes("\u001b"), "no colours where there is no terminal");
});

test("muster plan: open loads, counted iterations and parallel scenarios, and one moment of them", async (t) => {
  const planOf = async (...words: string[]): Promise<PlanDocument> => {
    const plan = new MusterProcess(t, ["plan", fixture("loads"), "--host=http://127.0.0.1:9", "--json", ...words]);
    assert.deepEqual(await plan.ended(), { code: 0, signal: null }, plan.stderr);
    return JSON.parse(plan.stdout) as PlanDocument;
  };
  const [ramp] = (await planOf("--profile=ramp", "--at=2s", "--workers=2")).scenarios;
  assert.deepEqual([ramp?.kind, ramp?.peakRatePerSecond], ["open", 100]);
  assert.deepEqual(
    ramp?.timeline.map(({ second, ratePerSecond }) => [second, ratePerSecond]),
    [[2, 50]],
  );
  const [counted] = (await planOf("--profile=per user")).scenarios;
  assert.deepEqual([counted?.kind, counted?.iterations, counted?.peakUsers], ["iterations", 91, 7]);
  const together = await planOf("--profile=together");
  assert.deepEqual(
    together.scenarios.map(({ name, kind }) => [name, kind]),
    [
      ["readers", "closed"],
      ["visitors", "open"],
    ],
  );
  assert.equal(together.durationMs, 4_000);
  const shaped = await planOf("--profile=shaped");
  assert.deepEqual([shaped.durationMs, shaped.scenarios[0]?.timeline], [null, []]);
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

test("plan stands in place of run in any command line: it takes run's flags, checks them, and writes nothing", async (t) => {
  const folder = await temporaryFolder(t, {});
  const ofRun = ["--html=out.html", "--stream", "out.ndjson", "--seed=5", "--no-store", "--on-worker-loss", "fail"];
  const flags = [...ofRun, "--local-address=127.0.0.1", "--headless", "--processes=3", "--json", "out.json"];
  const plan = new MusterProcess(t, ["plan", plotPalette, ...flags, "--profile=standard"], { cwd: folder });
  assert.deepEqual(await plan.ended(), { code: 0, signal: null }, plan.stderr);
  assert.match(plan.stdout, /#3 +1[67] /);
  assert.deepEqual(await readdir(folder), []);
  const before = new MusterProcess(t, ["plan", "--json", plotPalette, "AdminUser"], { cwd: folder });
  assert.deepEqual(await before.ended(), { code: 0, signal: null }, before.stderr);
  assert.equal((JSON.parse(before.stdout) as PlanDocument).workers, 1);
  const wrong = new MusterProcess(t, ["plan", plotPalette, "--engine=fast"], { cwd: folder });
  assert.equal((await wrong.ended()).code, 104);
});
