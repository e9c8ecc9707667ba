import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { StandardStream } from "../../../src/runner/process/standard-stream.ts";
import type { Cleanup } from "../../support/test-process.ts";
import { waitUntil } from "../../support/wait-until.ts";

/** A pipe whose reader stands still until it is told to read. */
async function pipe(cleanup: Cleanup): Promise<{ target: Socket; reader: Socket }> {
  const server = createServer({ pauseOnConnect: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const target = connect((server.address() as { port: number }).port, "127.0.0.1");
  const [reader] = (await once(server, "connection")) as [Socket];
  cleanup.after(() => {
    target.destroy();
    reader.destroy();
    server.close();
  });
  return { target, reader };
}

const line = `${"x".repeat(9_999)}\n`;

test("lines beyond what may wait are left out, and their number is told when somebody reads again", async (t) => {
  const { target, reader } = await pipe(t);
  const stream = new StandardStream(target, Number.POSITIVE_INFINITY);
  const lines = 5_000;
  let accepted = 0;
  for (let position = 0; position < lines; position++) {
    if (stream.tryWrite(line)) accepted++;
    // What is written comes back in a later turn.
    if (position % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(accepted < lines, "all of 50 MB fitted");
  assert.ok(stream.waitingLength <= 256 * 1_024 + line.length, String(stream.waitingLength));
  let read = "";
  reader.setEncoding("utf8").on("data", (text: string) => {
    read += text;
  });
  reader.resume();
  const [, leftOut] = await waitUntil("the count", () => /muster: (\d+) lines were dropped here/.exec(read));
  assert.equal(read.split("\n").filter((one) => one.length === line.length - 1).length, accepted);
  assert.equal(accepted + Number(leftOut), lines);
  assert.equal(stream.fault, null);
});

test("who waits for a reader that stands still gives up, and what comes then is ignored", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1_000)"], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  try {
    const faults: string[] = [];
    const stream = new StandardStream(child.stdin, 50, (error) => faults.push(error.message));
    for (let position = 0; position < 500; position++) stream.write(line);
    await stream.settled();
    assert.deepEqual(faults, ["it was not read for 0 s"]);
    assert.equal(stream.waitingLength, 0);
    stream.write(line);
    assert.equal(stream.tryWrite(line), false);
    await stream.print([line, line]);
    await stream.settled();
    assert.equal(faults.length, 1);
  } finally {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
});

test("a long text is written no faster than it is read, and whole", async (t) => {
  const { target, reader } = await pipe(t);
  const stream = new StandardStream(target, 60_000);
  const pieces = 2_000;
  const printed = stream.print(Array.from({ length: pieces }, () => line));
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(stream.waitingLength <= line.length);
  let length = 0;
  reader.on("data", (bytes: Buffer) => {
    length += bytes.length;
  });
  reader.resume();
  await printed;
  await waitUntil("all of it", () => length === pieces * line.length);
});

test("a reader that goes away ends the writing, not the process", async (t) => {
  const { target, reader } = await pipe(t);
  const faults: Error[] = [];
  const stream = new StandardStream(target, 60_000, (error) => faults.push(error));
  reader.destroy();
  await waitUntil("the fault", () => {
    stream.tryWrite("more\n");
    return stream.fault;
  });
  stream.write("more\n");
  await stream.settled();
  assert.equal(faults.length, 1);
});

test("a full disk is a fault too", { skip: !existsSync("/dev/full") }, async () => {
  const faults: unknown[] = [];
  const stream = new StandardStream(createWriteStream("/dev/full"), 60_000, (error) => faults.push(error));
  stream.write("a report\n");
  stream.write("and more\n");
  await stream.settled();
  assert.deepEqual(
    faults.map((error) => (error as NodeJS.ErrnoException).code),
    ["ENOSPC"],
  );
});
