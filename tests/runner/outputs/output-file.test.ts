import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { openOutput, requireWritable, writeOutput } from "../../../src/runner/outputs/output-file.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const execute = promisify(execFile);
const module = join(import.meta.dirname, "../../../src/runner/outputs/output-file.ts");
const noFullDevice = existsSync("/dev/full") ? false : "there is no /dev/full";

/** The error of a call of the module in a process that may write at most 64 KB to a file, as on a full disk. */
async function errorWithLittleRoom(call: string): Promise<string> {
  const code = `import { writeNew, writeOutput } from ${JSON.stringify(module)};
    const text = "x".repeat(1_000_000);
    await ${call}.then(() => console.log("written"), (error) => console.log(error.code, error.message));`;
  const script = 'ulimit -f 64; exec "$@"';
  const node = [process.execPath, "--input-type=module", "--eval", code];
  return (await execute("bash", ["-c", script, "bash", ...node])).stdout;
}

test("a file that does not fit is refused by name: no part of it stays, and an older one is kept", async (t) => {
  const folder = await temporaryFolder(t, { "old.json": "old" });
  const [old, fresh] = ["old.json", "new.json"].map((name) => join(folder, name));
  for (const file of [old, fresh]) {
    const error = await errorWithLittleRoom(`writeOutput("--json", ${JSON.stringify(file)}, [text])`);
    assert.match(error, new RegExp(`^bad-configuration --json cannot be written to ${file}: EFBIG`));
  }
  assert.match(await errorWithLittleRoom(`writeNew(${JSON.stringify(fresh)}, text)`), /^bad-configuration .*EFBIG/);
  assert.deepEqual(readdirSync(folder), ["old.json"]);
  assert.equal(readFileSync(old ?? "", "utf8"), "old");
  const refused = await errorWithLittleRoom(`writeNew(${JSON.stringify(old)}, text)`);
  assert.match(refused, /already exists/);
  assert.equal(readFileSync(old ?? "", "utf8"), "old");
});

test("a device is not replaced: one that takes nothing is an error", { skip: noFullDevice }, async () => {
  await requireWritable("--json", "/dev/full");
  const fails = writeOutput("--json", "/dev/full", "text");
  await assert.rejects(
    fails,
    (error) => error instanceof ConfigurationError && /\/dev\/full: ENOSPC/.test(error.message),
  );
  assert.ok(statSync("/dev/full").isCharacterDevice());
});

test("a named pipe is written in place", async (t) => {
  const pipe = join(await temporaryFolder(t), "pipe");
  await execute("mkfifo", [pipe]);
  await requireWritable("--json", pipe);
  const [read] = await Promise.all([readFile(pipe, "utf8"), writeOutput("--json", pipe, "text")]);
  assert.deepEqual([read, statSync(pipe).isFIFO()], ["text", true]);
});

test("a link is replaced by the file, and what it points to stays: somebody else may have made it", async (t) => {
  const folder = await temporaryFolder(t, { "real/result.json": "old" });
  const link = join(folder, "result.json");
  symlinkSync(join(folder, "real/result.json"), link);
  await requireWritable("--json", link);
  await writeOutput("--json", link, "new");
  assert.equal(readFileSync(join(folder, "real/result.json"), "utf8"), "old");
  assert.equal(readFileSync(link, "utf8"), "new");
  assert.equal(lstatSync(link).isFile(), true);
  assert.deepEqual(readdirSync(join(folder, "real")), ["result.json"]);
});

test("a link in /dev/shm is replaced too: everybody can make one there", {
  skip: !existsSync("/dev/shm") && "there is no /dev/shm",
}, async (t) => {
  const folder = mkdtempSync("/dev/shm/muster-output-");
  t.after(() => rmSync(folder, { recursive: true }));
  const real = join(folder, "real");
  writeFileSync(real, "old");
  for (const name of ["result.json", "lines.ndjson"]) symlinkSync(real, join(folder, name));
  await writeOutput("--json", join(folder, "result.json"), "new");
  const lines = openOutput(join(folder, "lines.ndjson"));
  assert.ok(lines !== null);
  closeSync(lines);
  assert.deepEqual(
    ["real", "result.json", "lines.ndjson"].map((name) => readFileSync(join(folder, name), "utf8")),
    ["old", "new", ""],
  );
});
