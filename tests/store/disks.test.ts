import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { promisify } from "node:util";
import { patienceMs } from "../support/wait-until.ts";
import { newRun, StoreFolder } from "./store-fixture.ts";

const execute = promisify(execFile);
const fixture = (name: string) => join(import.meta.dirname, "fixtures", name);

const tool = "unshare";

/** The command for private mounts, which end with the process: as root, or as root of a user namespace. */
const ownMounts = [["--mount"], ["--map-root-user", "--mount"]].find((options) => {
  try {
    execFileSync(tool, [...options, "sh", "-c", 'mount -t tmpfs none "$0"', "/mnt"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});
const skip =
  ownMounts === undefined ? "no `unshare` that may mount here: a small or read-only disk cannot be made" : false;

/** Runs `script` with `arguments_` as $1, $2, ... where it can mount file systems. Returns its output as JSON. */
async function withOwnMounts(script: string, ...arguments_: string[]): Promise<unknown> {
  const args = [...(ownMounts ?? []), "sh", "-ec", script, "sh", ...arguments_];
  const { stdout } = await execute(tool, args, { timeout: patienceMs });
  return JSON.parse(stdout);
}

test("a batch fails as a whole on a full disk, and succeeds when there is room again", { skip }, async () => {
  using folder = new StoreFolder();
  const seen = (await withOwnMounts(
    'mount -t tmpfs -o size=4m none "$1"; exec "$2" "$3" "$1"',
    ...[folder.path, process.execPath, fixture("full-disk.ts")],
  )) as Record<"before" | "after", { requests: number; lastSequence: number }> & {
    refused: number;
    perBatch: number;
    codes: string[];
  };
  const { refused, perBatch, codes, before, after } = seen;
  assert.deepEqual(codes, ["store-full", "store-full", "store-full"]);
  assert.ok(refused > 1, "something was committed before");
  assert.deepEqual(before, { requests: (refused - 1) * perBatch, lastSequence: refused - 1 });
  assert.deepEqual(after, { requests: refused * perBatch, lastSequence: refused });
});

test("a read-only disk is reported as such, with a store on it and without", { skip }, async () => {
  using folder = new StoreFolder();
  {
    using store = folder.open();
    store.createRun(newRun("a"));
  }
  const outcomes = await withOwnMounts(
    'mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"; exec "$2" "$3" "$1" "$1/new"',
    ...[folder.path, process.execPath, fixture("read-only.ts")],
  );
  assert.deepEqual(outcomes, ["store-read-only", "store-read-only"]);
});
