import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { checkWorkflow } from "../support/github-workflow.ts";
import { unmovedByStrain } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const freshApi = sampleApiOfFile();

const root = fileURLToPath(new URL("../../", import.meta.url));
const content = await readFile(join(root, ".github/workflows/performance-test.yml"), "utf8");
const workflow = await checkWorkflow(content);

test("the workflow is valid by GitHub's own schema, and never starts on a push", async () => {
  assert.deepEqual(workflow.errors, []);
  assert.deepEqual(workflow.events.toSorted(), ["deployment_status", "workflow_dispatch"]);
  for (const [right, wrong] of [
    ["runs-on:", "run-on:"],
    ["inputs.profile", "inptus.profile"],
    ["deployment_status:", "deploymentstatus:"],
  ] as const) {
    const { errors } = await checkWorkflow(content.replace(right, wrong));
    assert.ok(errors.length > 0, `${wrong} is refused`);
  }
});

test("no expression is pasted into a script: what an event says cannot become a command", () => {
  assert.ok(workflow.steps.length >= 5);
  for (const { id, script } of workflow.steps) assert.ok(!script.includes("${{"), id);
});

/** Stands for GitHub's command line: knows the artifact that was kept, and which pull request the commit is of. */
const gh = `#!/bin/sh
case "$1 $2" in
  "run list") if [ -f ../artifact/baseline.json ]; then echo 4711; fi ;;
  "run download") cp ../artifact/baseline.json . ;;
  "api repos/owner/name/commits/cafe/pulls") echo 7 ;;
  "pr comment") echo "$*" > comment-call; cp "$5" comment-sent.md ;;
  *) echo "unknown: gh $*" >&2; exit 1 ;;
esac
`;

test("its scripts do what they say: the first run makes a baseline, the second is compared with it", async (t) => {
  const api = await freshApi();
  const folder = await temporaryFolder(t, {
    "bin/gh": gh,
    "artifact/.keep": "",
    "first/.keep": "",
    "second/.keep": "",
    "load-test.ts": await readFile(join(root, "examples/plot-palette/first-test.ts"), "utf8"),
  });
  await chmod(join(folder, "bin/gh"), 0o755);
  const job = (name: string) => new Job(t, join(folder, name), join(folder, "bin"), api.url);

  const first = job("first");
  await first.run("baseline", "load", "comment", "export");
  assert.equal(first.output("found"), undefined);
  assert.match(await first.read("comment-call"), /^pr comment 7 --body-file comment\.md --edit-last --create-if-none/);
  const comment = await first.read("comment-sent.md");
  assert.ok(comment.includes("first-test") || comment.includes("load-test"), comment);
  for (const file of ["report.html", "result.json", "junit.xml"]) assert.ok(first.has(file), file);
  await rename(join(folder, "first/baseline.json"), join(folder, "artifact/baseline.json"));

  const second = job("second");
  await second.run("baseline", "load");
  // Runs of a second are too short to say whether anything is worse, which a job must not pass over.
  assert.match(await second.step("compare", 110), /not judged, as nothing could be compared/);
  await second.run("comment", "export");
  assert.equal(second.output("found"), "true");
  assert.match(await second.read("comment-sent.md"), /\n### .*: load-test \/ default\n/);
  assert.equal(JSON.parse(await second.read("comparison.json")).schema, "muster-comparison/1");
});

/** One job of the workflow, in a folder of its own. */
class Job {
  readonly #context: TestContext;
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  #outputs = "";

  constructor(context: TestContext, folder: string, bin: string, url: string) {
    this.#context = context;
    this.#folder = folder;
    const muster = `${process.execPath} ${join(root, "bin/muster.js")}`;
    this.#env = {
      PATH: `${bin}:${process.env.PATH}`,
      ...unmovedByStrain,
      ...{ MUSTER: muster, TEST: "../load-test.ts", MUSTER_HOST: url, MUSTER_RUN_TIME: "1s", MUSTER_PROFILE: "" },
      ...{ MUSTER_TARGET: "p95=1m", MAX_REGRESSION: "10%", BASELINE_BRANCH: "main", COMMIT: "cafe" },
      ...{ GH_REPO: "owner/name", GITHUB_OUTPUT: "outputs", GITHUB_STEP_SUMMARY: "step-summary.md" },
    };
  }

  /** The scripts of these steps, one after another, as GitHub's runner does it. */
  async run(...ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.step(id, 0);
    this.#outputs = this.has("outputs") ? await this.read("outputs") : "";
  }

  /** Runs one step, which is to end with this exit code. Returns what it printed. */
  async step(id: string, exitCode: number): Promise<string> {
    const script = workflow.steps.find((step) => step.id === id)?.script;
    assert.ok(script, `there is no step ${id}`);
    await writeFile(join(this.#folder, "script.sh"), script);
    const child = spawn("bash", ["-e", "script.sh"], { cwd: this.#folder, env: this.#env });
    this.#context.after(() => void child.kill("SIGKILL"));
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
    }
    const [code] = (await once(child, "close")) as [number | null];
    assert.equal(code, exitCode, `${id}: ${said}`);
    return said;
  }

  output(name: string): string | undefined {
    return new RegExp(`^${name}=(.*)$`, "m").exec(this.#outputs)?.[1];
  }

  has(file: string): boolean {
    return existsSync(join(this.#folder, file));
  }

  read(file: string): Promise<string> {
    return readFile(join(this.#folder, file), "utf8");
  }
}
