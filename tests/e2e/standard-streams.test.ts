import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { resultSchema } from "../../src/report/result/result-schema.ts";
import { deepTest } from "../support/depth.ts";
import { MusterProcess, unmovedByStrain } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { waitUntil } from "../support/wait-until.ts";

const freshApi = sampleApiOfFile();
const muster = fileURLToPath(new URL("../../bin/muster.js", import.meta.url));
const environment = { ...process.env, ...unmovedByStrain };

/** Prints wherever a test can, by whatever means, and more than a pipe holds. */
const talkative = `import { write, writeSync } from "node:fs";
import { promisify } from "node:util";
import { closed, constant, defineTest, defineUser } from "muster-load";
const sayAll = (where) => {
  console.log(where, "log"); console.info(where, "info"); console.table([{ where }]); console.dir({ where });
  writeSync(1, where + " at once\\n"); promisify(write)(1, Buffer.from("--" + where + " later\\n--"), 2, where.length + 7);
  process.stdout.write(where + " written\\n"); process.stdout.write(new TextEncoder().encode(where + " bytes\\n"), () => {});
};
sayAll("top level");
const user = defineUser({
  name: "User",
  pause: constant("10ms"),
  onStart: () => sayAll("onStart"),
  onStop: () => sayAll("onStop"),
  tasks: { work: (vu) => { console.log("x".repeat(9_000)); return vu.http.get("/jobs"); } },
});
export default defineTest({
  users: [user],
  setup: () => { sayAll("setup"); return {}; },
  teardown: () => sayAll("teardown"),
  load: closed({ users: 3, spawnRate: 100, duration: "1500ms" }),
});
`;

test("what a test prints goes where it sends it, but never into a result on standard output", async (t) => {
  const api = await freshApi();
  const file = join(await temporaryFolder(t, { "test.ts": talkative }), "test.ts");
  const plan = new MusterProcess(t, ["plan", file, "--json", `--host=${api.url}`]);
  const run = new MusterProcess(t, ["run", file, `--host=${api.url}`, "--json=-"]);
  const forPeople = new MusterProcess(t, ["run", file, `--host=${api.url}`, "--no-store"]);
  assert.deepEqual(await plan.ended(), { code: 0, signal: null });
  assert.equal(JSON.parse(plan.stdout).schema, "muster-plan/1");
  assert.match(plan.stderr, /top level log\n/);
  assert.deepEqual(await run.ended(), { code: 0, signal: null });
  assert.equal(resultSchema.parse(JSON.parse(run.stdout)).verdict, "passed");
  for (const where of ["top level", "setup", "onStart", "onStop", "teardown"]) {
    for (const how of ["log", "info", "at once", "later", "written", "bytes"])
      assert.match(run.stderr, new RegExp(`^${where} ${how}$`, "m"));
  }
  assert.deepEqual(await forPeople.ended(), { code: 0, signal: null });
  assert.match(forPeople.stdout, /^top level log$/m);
  assert.match(forPeople.stdout, /PASSED/);
  assert.match(forPeople.stdout, /^onStart written$/m);
});

deepTest("readers that stand still or go away: the run ends as it would, and its files are written", async (t) => {
  const api = await freshApi();
  const folder = await temporaryFolder(t, { "test.ts": talkative });
  const words = ["run", join(folder, "test.ts"), `--host=${api.url}`, "--no-store"];
  const start = (name: string, more: readonly string[] = []) => {
    const child = spawn(process.execPath, [muster, ...words, `--json=${join(folder, name)}`, ...more], {
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    t.after(() => {
      child.kill("SIGKILL");
    });
    return child;
  };
  const verdictIn = async (name: string) =>
    resultSchema.parse(JSON.parse(await readFile(join(folder, name), "utf8"))).verdict;

  // Nobody ever reads its standard error.
  const unread = start("unread.json", ["--markdown=-"]);
  const report = text(unread.stdout);
  // Both of its readers go away in the middle of the load.
  const left = start("left.json");
  left.stderr.once("data", () => {
    left.stdout.destroy();
    left.stderr.destroy();
  });
  // util-linux's `script` gives the command a terminal, which stands still as soon as nobody reads from `script`.
  const command = [process.execPath, muster, ...words, `--json=${join(folder, "terminal.json")}`];
  const terminal = spawn("script", ["--quiet", "--return", "--command", command.join(" "), "/dev/null"], {
    env: environment,
    stdio: ["ignore", "pipe", "ignore"],
  });
  t.after(() => {
    terminal.kill("SIGKILL");
  });

  const ended = [once(unread, "exit"), once(left, "exit")];
  assert.deepEqual(await Promise.all(ended), [
    [0, null],
    [0, null],
  ]);
  assert.match(await report, /^## ✅ Passed/);
  assert.deepEqual(await Promise.all(["unread.json", "left.json"].map(verdictIn)), ["passed", "passed"]);
  const verdict = await waitUntil("the file", () => verdictIn("terminal.json").catch(() => null));
  assert.equal(verdict, "passed");
});
