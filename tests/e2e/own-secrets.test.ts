import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { startWorker } from "../support/distributed.ts";
import { MusterRun } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { waitUntil } from "../support/wait-until.ts";

const freshApi = sampleApiOfFile();

const token = "a-secret-of-master-and-workers";
const webToken = "a-secret-of-the-page";

/** Writes what the code of a test can read of the process that it runs in, once for each process. */
const nosy = `import { appendFileSync, readFileSync } from "node:fs";
import { report } from "node:process";
import { Worker } from "node:worker_threads";
import { defineTest, defineUser, closed, env } from "muster-load";

const about = (what) => readFileSync("/proc/self/" + what, "latin1");
const all = { env: process.env, argv: process.argv, execArgv: process.execArgv, environ: about("environ"), cmdline: about("cmdline"), variables: report.getReport().environmentVariables };
appendFileSync(FILE, JSON.stringify({ pid: process.pid, all }) + "\\n");
const thread = new Worker("require('node:fs').appendFileSync(require('node:worker_threads').workerData.file, JSON.stringify({ pid: process.pid, thread: process.env }) + '\\\\n')", { eval: true, workerData: { file: FILE } });
thread.unref();

export default defineTest({
  users: [defineUser({ name: "User", tasks: { look: async (vu) => { await vu.http.get("/jobs"); } } })],
  load: closed({ users: 3, spawnRate: 3, duration: "2s" }),
});
`;

test("the code of a test finds no token of muster, in no process", async (t) => {
  const api = await freshApi();
  const folder = await temporaryFolder(t);
  const found = join(folder, "found.jsonl");
  const file = join(await temporaryFolder(t, { "nosy.ts": nosy.replaceAll("FILE", JSON.stringify(found)) }), "nosy.ts");
  const words = [
    "master",
    file,
    `--host=${api.url}`,
    "--master-bind-port=0",
    "--expect-workers=4",
    "--ui",
    "--autostart",
  ];
  const options = ["--autoquit=0s", "--web-port=0", `--web-token=${webToken}`];
  const master = await MusterRun.start(t, [...words, ...options], { MUSTER_TOKEN: token });
  const port = await master.masterPort();
  const byVariable = startWorker(t, port, token);
  const byFlag = startWorker(t, port, "", `--token=${token}`);
  const children = startWorker(t, port, token, "--processes=2");
  const pids = [master.pid, byVariable.pid, byFlag.pid];
  await waitUntil("all processes have loaded the test", async () => {
    const text = await readFile(found, "utf8").catch(() => "");
    return (
      new Set(
        text
          .trim()
          .split("\n")
          .map((line) => (line === "" ? 0 : JSON.parse(line).pid)),
      ).size >= 5
    );
  });
  const shown = await Promise.all(
    [...pids, children.pid].flatMap((pid) => [
      readFile(`/proc/${pid}/environ`, "latin1"),
      readFile(`/proc/${pid}/cmdline`, "latin1"),
    ]),
  );
  assert.equal((await master.finished()).code, 0);
  const text = await readFile(found, "utf8");
  for (const secret of [token, webToken]) {
    assert.ok(!text.includes(secret), "what the test finds");
    assert.ok(!shown.join().includes(secret), "what the system shows");
    assert.ok(!master.stderr.includes(secret) && !master.stdout.includes(secret), "what the master prints");
  }
  // The rest is as it was given.
  assert.match(String(shown[0]), /MUSTER_TOKEN=\*{30}\0/);
  assert.match(text, /PATH=/);
});
