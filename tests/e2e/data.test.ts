import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Result } from "../../src/report/result/result-schema.ts";
import { deepTest } from "../support/depth.ts";
import { startWorker } from "../support/distributed.ts";
import { HitServer } from "../support/hit-server.ts";
import { completedRun, MusterProcess, MusterRun } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import type { Cleanup } from "../support/test-process.ts";
import { unusedPort } from "../support/unused-port.ts";
import { waitUntil } from "../support/wait-until.ts";

/** Each row becomes one request that names it. */
const rowUsers = (users: number, pause = "") => `
import { closed, constant, data, defineTest, defineUser } from "muster-load";
const rows = data("./rows.csv", { order: "shuffled", whenEmpty: "stop-run" });
const user = defineUser({
  name: "User",${pause}
  tasks: {
    async use(vu) {
      const { number } = await rows.take();
      await vu.http.get("/hit/" + number, { name: "/hit", expect: 200 });
    },
  },
});
export default defineTest({ users: [user], load: closed({ users: ${users}, spawnRate: 100, duration: "5m" }) });
`;

async function testFolder(t: Cleanup, rows: number, source: string): Promise<string> {
  const folder = await temporaryFolder(t);
  const lines = Array.from({ length: rows }, (_, row) => `${row},name ${row}`);
  await writeFile(join(folder, "rows.csv"), `number,name\n${lines.join("\n")}\n`);
  await writeFile(join(folder, "rows.test.ts"), source);
  return join(folder, "rows.test.ts");
}

/** How often the service saw each row: no row twice. */
async function requireOnce(server: HitServer, result: Result, rows: number): Promise<void> {
  const hits = [...(await server.hits())];
  const twice = hits.filter(([, times]) => times.length > 1).map(([row]) => row);
  assert.deepEqual(twice, [], "rows that were used twice");
  const [counts] = result.data ?? [];
  assert.ok(counts !== undefined);
  const { used, unused = 0, uncertain = 0 } = counts;
  assert.equal(counts.rows, rows);
  assert.equal(used + unused + uncertain, rows, JSON.stringify(counts));
  assert.ok(hits.length <= used + uncertain, `${hits.length} rows at the service, ${JSON.stringify(counts)}`);
  assert.ok(
    hits.length >= used - lostRequests(result),
    `${hits.length} rows at the service, ${JSON.stringify(counts)}`,
  );
}

/** Rows that were taken, but whose request a killed worker never sent: at most one per user. */
function lostRequests({ workers, peakUsers }: Result): number {
  return workers.some(({ lost }) => lost) ? peakUsers : 0;
}

/** A pause between the requests of a user. */
const paced = '\n  pause: constant("10ms"),';

/** Three workers; one is killed, one joins, and the master is killed and resumed. `pause`: the part of the user class with its pause. */
async function accidents(t: Cleanup, rows: number, pause = ""): Promise<void> {
  const file = await testFolder(t, rows, rowUsers(12, pause));
  const [server, port, dataFolder] = [await HitServer.start(t), await unusedPort(), await temporaryFolder(t)];
  const env = { MUSTER_DATA_DIR: dataFolder };
  const bind = `--master-bind-port=${port}`;
  const words = [file, `--host=${server.url}`, "--expect-workers=3", "--worker-timeout=1s"];
  const master = await MusterRun.start(t, ["master", bind, ...words], env);
  await master.masterPort();
  const [first] = [startWorker(t, port, ""), startWorker(t, port, ""), startWorker(t, port, "")];
  const used = (share: number) => waitUntil("use of rows", async () => (await server.total()) > rows * share);
  await used(0.1);
  first?.kill("SIGKILL");
  startWorker(t, port, "");
  await waitUntil("the loss", () => master.log.some(({ msg }) => msg.startsWith("lost worker")));
  await used(0.3);
  const runId = String(master.log.find((line) => line.run !== undefined)?.run);
  master.kill("SIGKILL");
  await master.ended();
  const resumed = await MusterRun.start(t, ["master", bind, `--resume=${runId}`], env);
  const { result } = await resumed.finished();
  await requireOnce(server, result, rows);
  const [{ used: all = 0, uncertain = 0 } = {}] = result.data ?? [];
  assert.ok(uncertain > 0 && uncertain < rows * 0.5, `uncertain: ${uncertain}`);
  assert.ok(all > rows / 2, `used: ${all}`);
  assert.ok(
    result.events.some(({ kind }) => kind === "data-empty"),
    JSON.stringify(result.events),
  );
  const shown = new MusterProcess(t, ["report", runId, "--json=-"], { env });
  await shown.ended();
  assert.deepEqual((JSON.parse(shown.stdout) as Result).data, result.data, "the stored result says the same");
}

test("every row is used once by the users of three workers, and the run ends when none is left", async (t) => {
  const [rows, server] = [600, await HitServer.start(t)];
  const file = await testFolder(t, rows, rowUsers(12, paced));
  const { result } = await completedRun(t, [file, `--host=${server.url}`, "--workers=3"]);
  await requireOnce(server, result, rows);
  assert.ok((await server.total()) > rows / 2, `${await server.total()} of ${rows}`);
  assert.ok(
    result.events.some(({ kind }) => kind === "data-empty"),
    JSON.stringify(result.events),
  );
});

deepTest(
  "6,000 rows are used once, although a worker is killed, one joins, and the master is killed and resumed",
  (t) => accidents(t, 6_000, paced),
);

deepTest("200,000 rows are used once at full speed, with the same accidents", (t) => accidents(t, 200_000));
