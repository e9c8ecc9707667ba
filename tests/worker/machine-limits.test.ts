import assert from "node:assert/strict";
import { test } from "node:test";
import { masterShortage, readMachineLimits, shortages } from "../../src/worker/machine-limits.ts";

const limits = { openFiles: 1_024, portsPerAddress: 28_232 };
const plan = (users: number, processes = 1, localAddresses = 0) => ({ users, processes, localAddresses });

test("there is no shortage up to the limit of open files; with one more user there is, and the message says how many are needed", () => {
  assert.deepEqual(shortages(plan(924), limits), []);
  assert.deepEqual(shortages(plan(925), limits), [
    "ulimit -n is 1024, too few for 925 users with a connection each: start the worker with at least 1025",
  ]);
});

test("a master needs a file for each worker", () => {
  assert.equal(masterShortage(984, limits), null);
  assert.equal(
    masterShortage(985, limits),
    "ulimit -n is 1024, too few for 985 workers with a socket each: start the master with at least 1025",
  );
});

test("ports are those of all processes, and of each address that connections come from", () => {
  const files = { ...limits, openFiles: 1_000_000 };
  assert.deepEqual(shortages(plan(14_116, 2), files), []);
  assert.match(
    shortages(plan(14_117, 2), files).join(),
    /^28234 users on this machine, but only 28232 connections are possible/,
  );
  assert.deepEqual(shortages(plan(14_117, 2, 2), files), []);
  assert.match(shortages(plan(28_233, 2, 2), files).join(), /^56466 users .* only 56464 /);
});

test("unknown limits are Infinity; those of this machine are numbers above 0", async () => {
  const unknown = { openFiles: Number.POSITIVE_INFINITY, portsPerAddress: Number.POSITIVE_INFINITY };
  assert.deepEqual(shortages(plan(1e9), unknown), []);
  const { openFiles, portsPerAddress } = await readMachineLimits();
  assert.ok(openFiles > 0 && portsPerAddress > 0);
});
