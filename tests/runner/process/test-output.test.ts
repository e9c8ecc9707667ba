import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { StandardStream } from "../../../src/runner/process/standard-stream.ts";
import { TestOutput } from "../../../src/runner/process/test-output.ts";

test("what a test prints is thinned to 100 lines a second, and what is left out is counted", async () => {
  const target = new PassThrough();
  let said = "";
  target.on("data", (bytes: Buffer) => {
    said += bytes.toString("utf8");
  });
  let nowMs = 0;
  const stream = new StandardStream(target, 60_000);
  const output = new TestOutput(stream, () => nowMs);
  const lines = 30_000;
  let refused = 0;
  for (let line = 0; line < lines; line++) {
    nowMs = line / 10;
    // As a call of `console` does, which asks before it formats, and one of `process.stdout.write`, which does not.
    if (line % 2 === 0 && !output.expectsLine()) refused++;
    else output.write(`line ${line}\n`);
    if (line % 100 === 0) await stream.settled();
  }
  output.write("x".repeat(20_000));
  nowMs += 1_000;
  output.write("x".repeat(20_000));
  output.reportDropped();
  await stream.settled();
  const written = said.split("\n");
  const whole = written.filter((text) => /^line \d+$/.test(text)).length;
  // 1,000 at once, and 3 s of 100 each.
  assert.ok(whole >= 1_298 && whole <= 1_301, String(whole));
  assert.ok(refused > 10_000, String(refused));
  const [, leftOut] = /muster: (\d+) lines of the output of the test dropped/.exec(written.join("\n")) ?? [];
  const cut = written.filter((text) => /^x{10000}…$/.test(text)).length;
  assert.ok(cut >= 1, written.slice(-3).join().slice(0, 300));
  assert.equal(whole + cut + Number(leftOut), lines + 2);
});
