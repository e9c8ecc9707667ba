import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { assertPassed } from "../support/assert-passed.ts";
import { casesByDepth, deepTest } from "../support/depth.ts";
import { executionsOf } from "../support/exactness.ts";
import { fixture } from "../support/fixture.ts";
import { completedRun, MusterProcess, MusterRun } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import type { Cleanup } from "../support/test-process.ts";
import { unusedPort } from "../support/unused-port.ts";

const freshApi = sampleApiOfFile();

const visitors = fixture("visitors");

/** Writes a test file with a user class for each of `tasks`, and runs it with three users for `duration`. */
async function runTasks(cleanup: Cleanup, host: string, tasks: readonly string[], duration = "1s", rest = "") {
  const users = tasks.map((task, number) => `defineUser({ name: "User ${number}", tasks: { work: ${task} } })`);
  const folder = await temporaryFolder(cleanup, {
    "test.ts": `import { closed, defineTest, defineUser } from "muster-load";
const users = [${users.join(", ")}];
export default defineTest({ users, load: closed({ users: 3, spawnRate: 100, duration: "${duration}" }), ${rest} });
`,
  });
  // A test gone wild must not take the machine's memory.
  const env = { NODE_OPTIONS: "--max-old-space-size=400" };
  return await completedRun(cleanup, [join(folder, "test.ts"), `--host=${host}`, "--stop-timeout=2s"], env);
}

deepTest("a host that cannot be reached: a warning, then counted failures, exit 99", async (t) => {
  const host = `http://127.0.0.1:${await unusedPort()}`;
  const { code, result, run } = await completedRun(t, [visitors, `--host=${host}`, "--run-time=1s"]);
  assert.deepEqual([code, result.verdict], [99, "failed"]);
  const warnings = run.log.filter((line) => line.level === 40);
  assert.deepEqual(
    warnings.map((line) => line.msg),
    [`${host} cannot be reached from here (ECONNREFUSED); the run continues`],
  );
  assert.ok(result.total.requests > 0);
  assert.deepEqual(result.total.failureKinds, { refused: result.total.requests });
  assert.ok(result.errors.every(({ kind, message }) => kind === "refused" && /ECONNREFUSED/.test(message)));
  assert.match(result.reasons.join(), /error rate was 100 % \(limit < 1 %\)/);
  assert.deepEqual(run.saidLines, []);
});

for (const [[what, tasks, exitCode], declare] of casesByDepth(1, [
  // Nothing was measured.
  [
    "do nothing, asynchronously or not, or throw at once",
    ["() => {}", "async () => {}", '() => { throw new Error("no"); }'],
    110,
  ],
  ["forget to wait for their request", ['(vu) => { vu.http.get("/jobs"); }'], 0],
] as const)) {
  declare(`tasks that ${what} do not keep the run from ending`, async (t) => {
    const { code, result } = await runTasks(t, `http://127.0.0.1:${await unusedPort()}`, tasks);
    assert.equal(code, exitCode, String(result.reasons));
    const executions = Object.values(executionsOf(result));
    assert.equal(executions.length, tasks.length);
    assert.ok(Math.min(...executions) > 100 / tasks.length, `${executions} iterations`);
    assert.deepEqual(
      result.workers.map((worker) => worker.lost),
      [false],
      String(result.warnings),
    );
    assert.ok(result.run.durationMs < 45_000, `${result.run.durationMs} ms`);
  });
}

test("a setup that throws: exit 107, teardown all the same, and the place is named", async (t) => {
  const api = await freshApi();
  const rest = `
    setup: () => { throw new Error("no licence"); },
    teardown: async (context) => { await context.http.get("/health"); },`;
  const { code, result, run } = await runTasks(t, api.url, ['(vu) => vu.http.get("/jobs")'], "1s", rest);
  assert.deepEqual([code, result.exitCode, result.verdict], [107, 107, "aborted"]);
  assert.match(result.reasons.join(), /^the test's setup threw: Error: no licence \(test\.ts:4:\d+\)$/);
  assert.match(run.stdout, /setup threw: Error: no licence/);
  assert.deepEqual([result.total.requests, result.iterations], [0, 0]);
  assert.deepEqual(result.lifecycleRequests, [
    { phase: "teardown", method: "GET", name: "/health", requests: 1, failures: 0 },
  ]);
});

deepTest("a teardown that throws after a good run: exit 107", async (t) => {
  const api = await freshApi();
  const rest = 'teardown: () => { throw new Error("left something"); },';
  const { code, result } = await runTasks(t, api.url, ['(vu) => vu.http.get("/jobs")'], "500ms", rest);
  assert.deepEqual([code, result.verdict], [107, "aborted"]);
  assert.match(result.reasons.join(), /^the test's teardown threw: Error: left something/);
  assert.ok(result.total.requests > 0, "what was measured stays");
});

deepTest("a file that throws on a worker only: exit 107, and the worker is named", async (t) => {
  const folder = await temporaryFolder(t, {
    "test.ts": `import { defineTest, defineUser } from "muster-load";
if (process.argv.includes("worker")) throw new Error("not here");
export default defineTest({ users: [defineUser({ name: "User", tasks: { work() {} } })] });
`,
  });
  const run = await MusterRun.start(t, ["run", join(folder, "test.ts"), "--host=http://127.0.0.1:9"]);
  const { code, result } = await run.finished();
  assert.deepEqual([code, result.verdict], [107, "aborted"]);
  assert.match(result.reasons.join(), /^the test could not be loaded on worker 1: .*not here/);
});

deepTest(
  "a test that leaves a timer and a broken socket behind: counted as thrown, and the command ends",
  async (t) => {
    const api = await freshApi();
    const folder = await temporaryFolder(t, {
      "test.ts": `
      import { connect } from "node:net";
      import { closed, defineTest, defineUser } from "muster-load";
      setInterval(() => {}, 1_000);
      const user = defineUser({
        name: "User",
        onStart: () => { connect(1, "127.0.0.1"); },
        tasks: { list: (vu) => vu.http.get("/jobs") },
      });
      export default defineTest({ users: [user], load: closed({ users: 1, spawnRate: 1, duration: "1s" }) });
    `,
    });
    const { code, result } = await completedRun(t, [join(folder, "test.ts"), `--host=${api.url}`]);

    assertPassed(code, result);
    const stray = result.errors.find((error) => error.name === "(not awaited)");
    assert.match(stray?.message ?? "", /ECONNREFUSED/);
  },
);

test("users that never start and requests that nobody awaits: named while it runs, in the result and in the report", async (t) => {
  const api = await freshApi();
  const folder = await temporaryFolder(t, {
    "test.ts": `import { closed, constant, defineTest, defineUser } from "muster-load";
const user = defineUser({
  name: "Shopper",
  pause: constant("20ms"),
  onStart: (vu) => { if (vu.index === 1) throw new Error("no token"); },
  tasks: { browse: (vu) => { vu.http.get("/jobs"); } },
});
export default defineTest({
  setup: (context) => { context.http.get("/health"); },
  users: [user],
  load: closed({ users: 4, spawnRate: 100, duration: "1500ms" }),
});
`,
  });
  const env = { MUSTER_DATA_DIR: join(folder, "runs") };
  const { code, result, run } = await completedRun(t, [join(folder, "test.ts"), `--host=${api.url}`], env);
  assert.deepEqual([code, result.verdict, result.startedUsers, result.failedStarts], [110, "invalid", 3, 1]);
  const missing =
    "the load was less than planned: 1 of 4 users never started, because their onStart threw or did not end";
  assert.deepEqual(result.reasons, [missing]);
  const [left, ...others] = result.unawaitedRequests ?? [];
  assert.deepEqual([left?.name, others], ["browse", []]);
  assert.ok((left?.requests ?? 0) > 0 && (left?.requests ?? 0) <= result.iterations, String(left?.requests));
  const warned = /^task "browse" ended before its [\d,]+ requests: await each request, or return it$/;
  assert.ok(
    result.warnings.some((warning) => warned.test(warning)),
    String(result.warnings),
  );
  const advice = "which were interrupted: await each request, or return it";
  assert.ok(result.warnings.includes(`setup ended before one of its requests, ${advice}`), String(result.warnings));
  assert.match(run.stdout, /task "browse" ended before its/);
  const said = run.log.filter(({ msg }) => msg.includes('task "browse" ended before its requests'));
  assert.equal(said.length, 1, run.stderr);

  const report = new MusterProcess(t, ["report", "last", "--json=-"], { env });
  assert.equal((await report.ended()).code, 0, report.stderr);
  const { startedUsers, failedStarts, unawaitedRequests, reasons, warnings } = JSON.parse(report.stdout);
  assert.deepEqual(
    { startedUsers, failedStarts, unawaitedRequests, reasons, warnings },
    {
      startedUsers: 3,
      failedStarts: 1,
      unawaitedRequests: result.unawaitedRequests,
      reasons: result.reasons,
      warnings: result.warnings,
    },
  );
});

test("a test that ends its process, or throws where nobody waits, changes neither the run nor its exit code", async (t) => {
  // Longer than what a busy machine adds, which would excuse the service.
  const api = await freshApi({ latencyMs: 500 });
  const folder = await temporaryFolder(t, {
    "wild.ts": `import { closed, constant, defineTest, defineUser } from "muster-load";
process.on("exit", () => { process.exitCode = 0; throw new Error("at the end"); });
process.exitCode = 7;
Promise.reject(new Error("unhandled at first"));
setInterval(() => { throw new Error("again and again"); }, 20);
const user = defineUser({
  name: "User",
  pause: constant("20ms"),
  tasks: { work: async (vu) => { await vu.http.get("/jobs"); if (vu.index === 0) process.exit(0); } },
});
export default defineTest({
  users: [user],
  load: closed({ users: 2, spawnRate: 100, duration: "1s" }),
  targets: { p95: "0.001ms" },
});
`,
    "exits.ts": 'console.log("TOKEN is not set");\nprocess.exit(0);\n',
  });
  const loaded = new MusterProcess(t, ["plan", join(folder, "exits.ts")]);
  const { code, result, run } = await completedRun(t, [join(folder, "wild.ts"), `--host=${api.url}`]);
  assert.deepEqual([code, result.verdict], [99, "failed"], String(result.reasons));
  const told = (where: string, message: RegExp) =>
    result.errors.some((error) => error.name === where && message.test(error.message));
  assert.ok(told("work", /^ForbiddenExit: process\.exit\(0\) was called: .* throw an error instead \(wild\.ts:9:/));
  assert.ok(told("(not awaited)", /unhandled at first/));
  assert.ok(told("(not awaited)", /again and again/));
  // Of the master's own timer, however often that throws.
  const warnings = run.log.filter(({ msg }) => msg.includes("again and again"));
  assert.deepEqual(
    warnings.map(({ level, msg }) => [level, msg.replace(/ \(wild.*\)/, "")]),
    [[40, "unhandled error of the test: Error: again and again; the run continues"]],
  );
  assert.doesNotMatch(run.stderr, /^ {4}at /m);

  assert.deepEqual(await loaded.ended(), { code: 107, signal: null });
  assert.match(loaded.stderr, /^TOKEN is not set$/m);
  assert.match(
    loaded.stderr,
    /^muster: the test file threw while it was loaded: ForbiddenExit: process\.exit\(0\) was called/m,
  );
});
