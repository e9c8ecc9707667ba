import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { LineOutput } from "../../../src/runner/outputs/line-output.ts";
import { writeToPipe } from "../../../src/runner/outputs/pipe-writer.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const lineOutput = new URL("../../../src/runner/outputs/line-output.ts", import.meta.url).href;
const line = `${"x".repeat(1_000)}\n`;
/** More than the system keeps for a pipe. */
const lines = 200;

async function namedPipe(t: TestContext): Promise<string> {
  const path = join(await temporaryFolder(t), "pipe");
  execFileSync("mkfifo", [path]);
  return path;
}

test("all lines reach the reader of a named pipe, also one that comes late and reads slowly", async (t) => {
  const path = await namedPipe(t);
  const output = new LineOutput(path);
  const writes = Array.from({ length: lines }, () => output.write(line));
  const read = text(createReadStream(path, { highWaterMark: 4_096 }));
  assert.deepEqual(new Set(await Promise.all(writes)), new Set([true]));
  await output.end(20_000);
  assert.equal(await read, line.repeat(lines));
});

test("a report for a named pipe waits for its reader, but not for ever", async (t) => {
  const path = await namedPipe(t);
  await assert.rejects(writeToPipe(path, [line], 200), { code: "ENXIO", message: /nobody reads the named pipe/ });
  const chunks = Array.from({ length: lines }, () => line);
  const writing = writeToPipe(path, chunks, 20_000);
  assert.equal(await text(createReadStream(path, { highWaterMark: 4_096 })), line.repeat(lines));
  await writing;
});

for (const reader of ["no reader", "a reader that reads nothing"]) {
  test(`a process ends although a named pipe has ${reader}`, async (t) => {
    const path = await namedPipe(t);
    const program = `
      import { LineOutput } from ${JSON.stringify(lineOutput)};
      const output = new LineOutput(${JSON.stringify(path)});
      for (let count = 0; count < ${lines}; count++) void output.write(${JSON.stringify(line)});
      await output.end(500).catch(({ name }) => console.log(name));
      output.close();
      process.exit(3);
    `;
    const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", program], { stdio: "inherit" });
    t.after(() => child.kill("SIGKILL"));
    if (reader !== "no reader") {
      const deaf = spawn("sh", ["-c", `exec sleep 60 < '${path}'`], { stdio: "ignore" });
      t.after(() => deaf.kill("SIGKILL"));
    }
    assert.deepEqual(await once(child, "exit"), [3, null]);
  });
}
