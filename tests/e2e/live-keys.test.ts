import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { resultSchema } from "../../src/report/result/result-schema.ts";
import { assertPassed, eventKindsOf } from "../support/assert-passed.ts";
import { fixture } from "../support/fixture.ts";
import { unmovedByStrain } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { quoted, Terminal } from "../support/terminal.ts";
import { waitUntil } from "../support/wait-until.ts";

const freshApi = sampleApiOfFile();

const muster = fileURLToPath(new URL("../../bin/muster.js", import.meta.url));

test("on a terminal, keys change the users, pause, resume and end the load", async (t) => {
  const api = await freshApi();
  const resultFile = join(await temporaryFolder(t), "result.json");
  const words = [process.execPath, muster, "run", fixture("loads"), "--profile=steered", "--workers=2"];
  const command = quoted([...words, `--host=${api.url}`, `--json=${resultFile}`]);
  const terminal = new Terminal(t, command, unmovedByStrain);
  const ended = once(terminal.process, "exit");
  const press = async (key: string, says: RegExp) => {
    const before = terminal.screen.length;
    terminal.process.stdin.write(key);
    await waitUntil(String(says), () => says.test(terminal.screen.slice(before)));
  };
  const seesUsers = (count: number) =>
    waitUntil(`${count} users`, async () => (await api.counts()).connections.current === count + 1);

  await seesUsers(10);
  await press("W", /users set to 20/);
  await seesUsers(20);
  await press("s", /users set to 19/);
  await press("p", /the load was paused/);
  await seesUsers(0);
  await press("p", /the load was resumed/);
  await seesUsers(19);
  await press("q", /the load was stopped/);

  const [code] = (await ended) as [number];
  const result = resultSchema.parse(JSON.parse(await readFile(resultFile, "utf8")));
  assertPassed(code, result);
  assert.ok(terminal.screen.includes(result.verdict.toUpperCase()), terminal.screen);
  assert.deepEqual(eventKindsOf(result), ["users-changed", "users-changed", "paused", "resumed", "stopped"]);
  assert.equal(result.peakUsers, 20);
  assert.equal(result.total.requests, (await api.counts()).total);
});
