import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import {
  cores,
  localPorts,
  memory,
  nodeVersion,
  openFiles,
  timers,
} from "../../src/cli/actions/doctor/machine-checks.ts";
import { clock, service } from "../../src/cli/actions/doctor/network-checks.ts";
import { store } from "../../src/cli/actions/doctor/store-check.ts";
import { StoreFolder } from "../store/store-fixture.ts";
import { patienceMs } from "../support/wait-until.ts";
import { selfSigned } from "../worker/http/self-signed.ts";

test("Node.js must be new enough", () => {
  assert.equal(nodeVersion("22.18.0").level, "bad");
  assert.equal(nodeVersion("20.20.2").level, "bad");
  assert.equal(nodeVersion("22.19.0").level, "good");
  assert.equal(nodeVersion("26.1.0").level, "good");
});

test("one core, or busy ones, are doubtful", () => {
  assert.equal(cores(1, 0).level, "doubtful");
  assert.equal(cores(4, 0.3).level, "good");
  assert.match(cores(4, 3.1).found, /^4, of which 3\.1 were busy/);
  assert.equal(cores(4, 3.1).level, "doubtful");
});

test("limits are read as Linux writes them, and are nobody's business elsewhere", () => {
  const limits = (soft: string) =>
    `Limit   Soft Limit  Hard Limit  Units\nMax open files            ${soft}   1048576   files\n`;
  assert.deepEqual(openFiles(limits("1024"))?.level, "doubtful");
  assert.match(openFiles(limits("1024"))?.found ?? "", /^1,024 at most/);
  assert.equal(openFiles(limits("1048576"))?.level, "good");
  assert.equal(openFiles(limits("unlimited"))?.level, "good");
  assert.equal(openFiles("")?.level, undefined);
  assert.equal(localPorts("32768\t60999\n")?.found, "28,232, from 32768 to 60999");
  assert.equal(localPorts("50000\t60999\n")?.level, "doubtful");
  assert.equal(localPorts("")?.level, undefined);
});

test("little memory is doubtful", () => {
  assert.deepEqual([memory(2e9).level, memory(1e8).level], ["good", "doubtful"]);
});

test("late timers are doubtful", async () => {
  const run = async (lateMs: number) => {
    let nowMs = 0;
    const sleep = async (ms: number) => {
      nowMs += ms + lateMs;
    };
    return await timers(sleep, () => nowMs);
  };
  assert.deepEqual((await run(1)).found, "at most 1.00 ms late");
  assert.equal((await run(30)).level, "doubtful");
});

test("a clock that is off is doubtful; a service that does not tell the time is not judged", () => {
  const nowMs = Date.UTC(2026, 10, 25, 12);
  assert.equal(clock(new Date(nowMs - 900).toUTCString(), nowMs)[0]?.level, "good");
  assert.match(clock(new Date(nowMs + 60_000).toUTCString(), nowMs)[0]?.found ?? "", /^60 s off/);
  assert.deepEqual(clock(null, nowMs), []);
});

test("a certificate that Node.js does not trust is doubtful: the test may trust its authority", async () => {
  const server = createServer(selfSigned).listen(0, "127.0.0.1");
  await once(server, "listening", { signal: AbortSignal.timeout(patienceMs) });
  const { port } = server.address() as AddressInfo;
  const [finding] = await service(`https://127.0.0.1:${port}`);
  server.close();
  assert.equal(finding?.level, "doubtful");
  assert.match(
    finding?.found ?? "",
    /^Node\.js does not trust the certificate of https:\/\/127\.0\.0\.1:\d+: self-signed/,
  );
  assert.equal((await service(`https://127.0.0.1:${port}`))[0]?.level, "bad", "nobody listens there now");
});

test("a store that is missing can be made; one that is damaged or full is said so", () => {
  using folder = new StoreFolder();
  const plenty = () => 1e12;
  assert.match(store(join(folder.path, "a/b"), plenty).found, /a\/b has no runs yet, 1000\.00 GB are free$/);
  folder.open().close();
  assert.match(store(folder.path, plenty).found, /has 0 runs/);
  assert.equal(store(folder.path, () => 1e6).level, "doubtful");
  writeFileSync(
    join(folder.path, "muster.db"),
    "not a database, and longer than a header of one would be: ".repeat(20),
  );
  assert.equal(store(folder.path, plenty).level, "bad");
  assert.equal(store(join(folder.path, "muster.db"), plenty).level, "bad");
});
