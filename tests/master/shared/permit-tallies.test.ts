import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { PermitTallies } from "../../../src/master/shared/permit-tallies.ts";
import { tallyLine, tallySocket } from "../../../src/protocol/permit-messages.ts";
import { PermitTally } from "../../../src/worker/http/permits/permit-tally.ts";
import { waitUntil } from "../../support/wait-until.ts";

const hasSockets = process.platform !== "win32";

function tallies(t: TestContext): { readonly all: PermitTallies; readonly folder: string; readonly ended: unknown[] } {
  const ended: unknown[] = [];
  const all = new PermitTallies((worker, used) => ended.push([worker, used]));
  t.after(() => all.close());
  return { all, folder: all.folder ?? assert.fail("no folder"), ended };
}

/** A process that has ended leaves its file, and its connection is closed. */
async function leftBy(folder: string, worker: number, content: Uint8Array): Promise<() => void> {
  const file = worker.toString(16).padStart(32, "0");
  writeFileSync(join(folder, file), content);
  const socket = connect(join(folder, tallySocket)).on("error", () => {});
  socket.write(tallyLine(worker, file));
  return () => socket.destroy();
}

test("the end of a process says how many permits it had used", { skip: !hasSockets }, async (t) => {
  const { all, folder, ended } = tallies(t);
  const used = Buffer.alloc(8);
  used.writeDoubleBE(4_711);
  const end = await leftBy(folder, 2, used);
  await waitUntil("it is known", () => all.watches(2));
  assert.equal(all.watches(1), false);
  end();
  await waitUntil("its end", () => ended.length > 0);
  assert.deepEqual([ended, all.watches(2)], [[[2, 4_711]], false]);
});

test("a file that holds no count says nothing", { skip: !hasSockets }, async (t) => {
  const { all, folder, ended } = tallies(t);
  const negative = Buffer.alloc(8);
  negative.writeDoubleBE(-1);
  for (const [worker, content] of [Buffer.alloc(7), Buffer.alloc(8, 0xff), negative].entries()) {
    const end = await leftBy(folder, worker, content);
    await waitUntil("it is known", () => all.watches(worker));
    end();
    await waitUntil("its end", () => ended.length > worker);
  }
  assert.deepEqual(
    ended,
    [0, 1, 2].map((worker) => [worker, null]),
  );
});

test("who writes something else is cut off, and takes no place", { skip: !hasSockets }, async (t) => {
  const { all, folder, ended } = tallies(t);
  const closed = Promise.withResolvers<void>();
  const socket = connect(join(folder, tallySocket), () => socket.write("x".repeat(65)));
  socket.on("error", () => {});
  socket.once("close", () => closed.resolve());
  await closed.promise;
  assert.deepEqual([ended, all.watches(0)], [[], false]);
});

test("a worker counts in a file that only its user can read, and stops when nobody watches", {
  skip: !hasSockets,
}, async (t) => {
  const { all, folder, ended } = tallies(t);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  const tally = (await PermitTally.open(folder, 1)) ?? assert.fail("no tally");
  await waitUntil("it is known", () => all.watches(1));
  tally.write(12);
  const [file = ""] = readdirSync(folder).filter((name) => name !== tallySocket);
  assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600);
  all.close();
  tally.write(13);
  assert.deepEqual([existsSync(folder), ended], [false, []]);
});

test("a worker on another machine has no tally", async () => {
  assert.equal(await PermitTally.open("/nowhere/muster-permits-abcdef", 1), null);
});

test("the folder of a master that was killed is removed by the next one", { skip: !hasSockets }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "muster-permits-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  // A server removes its socket when it closes, but not under another name: this one stays as that of a killed process does.
  const server = createServer().listen(join(folder, "first-name"));
  await once(server, "listening");
  renameSync(join(folder, "first-name"), join(folder, tallySocket));
  writeFileSync(join(folder, "0".repeat(32)), Buffer.alloc(8));
  const first = tallies(t);
  const probed = (await once(server, "connection")) as [Socket];
  probed[0].destroy();
  assert.ok(existsSync(folder), "its master still runs");
  server.close();
  await once(server, "close");
  const second = tallies(t);
  await waitUntil("it is gone", () => !existsSync(folder));
  assert.deepEqual(
    [first, second].map((one) => existsSync(one.folder)),
    [true, true],
  );
});
