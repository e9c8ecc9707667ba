import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import { Screen } from "../../../src/cli/terminal/screen.ts";
import { StandardStream } from "../../../src/runner/process/standard-stream.ts";
import { assertAsyncProperty } from "../../support/property.ts";
import { TerminalModel } from "../../support/terminal-model.ts";

/** The end of a terminal that a process writes to. */
class TerminalTarget extends Writable {
  readonly isTTY = true;
  readonly model: TerminalModel;

  constructor(model: TerminalModel) {
    super({ decodeStrings: false });
    this.model = model;
  }

  get columns(): number {
    return this.model.columns;
  }

  get rows(): number {
    return this.model.rows;
  }

  override _write(text: string, _: BufferEncoding, done: () => void): void {
    this.model.write(text);
    done();
  }
}

function terminal(columns = 80, rows = 24, reflows = true) {
  const model = new TerminalModel(columns, rows, reflows);
  const target = new TerminalTarget(model);
  const [stderr, stdout] = [new StandardStream(target, 60_000), new StandardStream(target, 60_000)];
  const screen = new Screen([stderr, stdout]);
  const settled = async () => {
    await stdout.settled();
    await stderr.settled();
  };
  const resize = (width: number, height: number) => {
    model.resize(width, height);
    target.emit("resize");
  };
  return { model, stderr, stdout, screen, settled, resize };
}

const block = ["a test / standard → http://127.0.0.1   4 workers", "  02:41 ▓▓▓░░░ 05:00", "  ✓ p95 < 500"];

test("all that is written appears above the block, whoever writes it, and the block is there once", async () => {
  const { model, stderr, stdout, screen, settled } = terminal();
  stdout.write("before\n");
  screen.draw(() => block);
  stdout.write("from the test\n");
  stderr.write("(node:1) Warning: from Node.js\n");
  screen.print("a log line");
  const worker = screen.workerOutput.ofErrors?.();
  worker?.print("from a wor");
  worker?.print("ker\n");
  await settled();
  const above = ["before", "from the test", "(node:1) Warning: from Node.js", "a log line", "from a worker"];
  assert.equal(model.text, [...above, ...block].join("\n"));
  screen.clear();
  stdout.write("\nthe summary\n");
  await settled();
  assert.equal(model.text, [...above, "", "the summary"].join("\n"));
});

test("a line that is not ended is shown with the block, and printed when it ends or the block goes", async () => {
  const { model, stdout, stderr, screen, settled } = terminal();
  stdout.write("half before");
  screen.draw(() => block);
  stdout.write("one");
  stderr.write("other\n");
  await settled();
  assert.equal(model.text, ["half before", "other", "one", ...block].join("\n"));
  stdout.write(" line\nand a ha");
  await settled();
  assert.equal(model.text, ["half before", "other", "one line", "and a ha", ...block].join("\n"));
  const worker = screen.workerOutput.ofOutput?.();
  worker?.print("last words");
  worker?.end();
  screen.clear();
  stderr.write("end\n");
  await settled();
  assert.equal(model.text, ["half before", "other", "one line", "last words", "and a ha", "end"].join("\n"));
});

test("half lines of several workers are not joined, whether a block is shown or not", async () => {
  for (const hasBlock of [false, true]) {
    const { model, stderr, stdout, screen, settled } = terminal();
    if (hasBlock) screen.draw(() => block);
    const workers = [0, 1].flatMap(() => screen.workerOutput.ofOutput?.() ?? []);
    const errors = [0, 1].flatMap(() => screen.workerOutput.ofErrors?.() ?? []);
    for (const [number, worker] of workers.entries()) worker.print(`output of ${number}: `);
    for (const [number, worker] of errors.entries()) worker.print(`error of ${number}: `);
    stderr.write("half a line of the master");
    stdout.write("and of its output");
    screen.print("a log line");
    for (const worker of [...workers, ...errors]) worker.print("one\ntw");
    for (const worker of [...workers, ...errors]) worker.end();
    screen.clear();
    stdout.write("\nend\n");
    await settled();
    const lines = model.text.split("\n");
    const whole = [0, 1].flatMap((number) => [`output of ${number}: one`, `error of ${number}: one`]);
    const halves = ["half a line of the master", "and of its output", "tw", "tw", "tw", "tw"];
    const expected = [...whole, ...halves, "a log line", "end"].sort();
    assert.deepEqual(lines.filter((line) => line !== "").sort(), expected, `block: ${hasBlock}`);
  }
});

test("what would move the cursor or erase lines is removed, colours end with their line", async () => {
  const { model, stdout, screen, settled } = terminal();
  screen.draw(() => block);
  stdout.write("\x1b[2J\x1b[Hcleared\x1b[5A\n\x9b2Jeight bits\x07\b\n\x1b]0;title\x07titled\n\x1b[31mred\n");
  stdout.write("10 %\r20 %\r30 %\nwindows\r\n\ttab\n");
  await settled();
  assert.deepEqual(
    model.text
      .split("\n")
      .slice(0, -block.length)
      .map((line) => line.replace("\t", "  ")),
    ["cleared", "eight bits", "titled", "red", "30 %", "windows", "  tab"],
  );
  assert.deepEqual(model.unknown, []);
});

test("a block that is higher than the terminal is cut, and nothing of it stays", async () => {
  const { model, stdout, screen, settled } = terminal(40, 5);
  screen.draw(() => Array.from({ length: 12 }, (_, line) => `block ${line}`));
  for (let line = 0; line < 20; line++) stdout.write(`line ${line}\n`);
  screen.clear();
  await settled();
  assert.equal(model.text, Array.from({ length: 20 }, (_, line) => `line ${line}`).join("\n"));
});

const letters = fc.string({
  unit: fc.constantFrom("a", " ", "ü", "予", "한", "🦊", "👩‍🚀", "\r", "\x1b[2J", "\x1b[32m", "\x07"),
  maxLength: 120,
});
const steps = fc.oneof(
  fc.record({ kind: fc.constant("line" as const), stream: fc.nat(3), text: letters }),
  fc.record({ kind: fc.constant("part" as const), stream: fc.nat(3), text: letters }),
  fc.record({ kind: fc.constant("draw" as const), lines: fc.array(letters, { minLength: 1, maxLength: 6 }) }),
  fc.record({
    kind: fc.constant("resize" as const),
    columns: fc.integer({ min: 20, max: 200 }),
    rows: fc.integer({ min: 8, max: 50 }),
  }),
);

for (const reflows of [true, false]) {
  test(`no line is lost and no copy of the block stays on a terminal that ${reflows ? "wraps anew" : "cuts"} on resizing`, async () => {
    await assertAsyncProperty(
      fc.asyncProperty(fc.array(steps, { maxLength: 40 }), async (list) => {
        const { model, stdout, stderr, screen, settled, resize } = terminal(80, 24, reflows);
        const workers = [screen.workerOutput.ofOutput?.(), screen.workerOutput.ofErrors?.()];
        const print = (stream: number, text: string) => {
          if (stream < 2) (stream === 0 ? stdout : stderr).write(text);
          else workers[stream - 2]?.print(text);
        };
        screen.draw(() => ["TOP OF BLOCK"]);
        let lines = 0;
        for (const step of list) {
          // A mark at the start of its own line: what stays open before it is ended first.
          if (step.kind === "line") print(step.stream, `\n<${lines++}>${step.text.replaceAll("\r", "")}\n`);
          else if (step.kind === "part") print(step.stream, step.text);
          else if (step.kind === "draw")
            screen.draw(() => ["TOP OF BLOCK", ...step.lines.map((line) => `BLOCK ${line.replace(/\p{Cc}/gu, "")}`)]);
          else resize(step.columns, step.rows);
          await settled();
          assert.equal(model.text.match(/TOP OF BLOCK$/gm)?.length, 1, model.text);
        }
        screen.clear();
        for (const worker of workers) worker?.end();
        stdout.write("\nTHE END\n");
        await settled();
        assert.ok(!model.text.includes("BLOCK"), model.text);
        assert.deepEqual(
          [...model.text.matchAll(/^<(\d+)>/gm)].map(([, number]) => Number(number)),
          Array.from({ length: lines }, (_, number) => number),
        );
        assert.deepEqual(model.unknown, []);
      }),
    );
  });
}
