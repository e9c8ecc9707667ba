import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { ignoresHangUp } from "../../../src/runner/process/hang-up.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const module = join(import.meta.dirname, "../../../src/runner/process/hang-up.ts");
const code = `import { ignoresHangUp } from ${JSON.stringify(module)}; console.log(ignoresHangUp());`;
const node = [process.execPath, "--input-type=module", "--eval", code];
const skip = process.platform === "linux" ? false : "needs /proc";

/** What a process says that a shell starts with `prefix` before its command. The last command keeps the shell alive. */
function saidAfter(prefix: string, shell = "bash"): string {
  const script = `${prefix} "$@" 2>/dev/null; :`;
  return execFileSync(shell, ["-c", script, shell, ...node], { encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] });
}

test("nohup, and a shell that ignores SIGHUP, have a process ignore it; others do not", { skip }, () => {
  assert.equal(saidAfter(""), "false\n");
  assert.equal(saidAfter("nohup"), "true\n");
  assert.equal(saidAfter("trap '' HUP;"), "true\n");
  assert.equal(saidAfter("trap '' HUP;", "sh"), "true\n");
  assert.equal(saidAfter("trap '' INT;"), "false\n");
});

test("a standard input that cannot be read is that of nohup on a terminal", async (t) => {
  const flags = (mode: string) => ({ "self/fdinfo/0": `pos:\t0\nflags:\t${mode}\nmnt_id:\t9\n` });
  assert.equal(ignoresHangUp({}, await temporaryFolder(t, flags("0100001"))), true);
  assert.equal(ignoresHangUp({}, await temporaryFolder(t, flags("0100000"))), false);
  assert.equal(ignoresHangUp({}, await temporaryFolder(t, flags("02"))), false);
});

test("without /proc, the name of the command decides", async (t) => {
  const empty = await temporaryFolder(t);
  assert.equal(ignoresHangUp({ _: "/usr/bin/nohup" }, empty), true);
  assert.equal(ignoresHangUp({ _: "/usr/bin/node" }, empty), false);
  assert.equal(ignoresHangUp({}, empty), false);
});
