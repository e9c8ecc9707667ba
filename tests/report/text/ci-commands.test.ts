import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { jsonWithoutCommands, withoutCommands } from "../../../src/report/text/ci-commands.ts";
import { assertProperty } from "../../support/property.ts";

const job = { GITHUB_ACTIONS: "true" };
const parts = [
  "::set-output name=a::b",
  "::",
  "##[",
  "##[add-mask]x",
  "stop-commands::",
  " ",
  "\t",
  "\n",
  "x",
  ":",
  "#",
  "[",
];
const hostile = fc.array(fc.constantFrom(...parts), { maxLength: 12 }).map((some) => some.join(""));

/** What the runner takes for a command, as its ActionCommand.cs does: at the begin of a line, or "##[" anywhere in it. */
function isCommand(line: string): boolean {
  return /^\s*::[^:]/.test(line) || /##\[[^\]]*\]/.test(line);
}

test("no line of a text is a command for the runner of a job", () => {
  assertProperty(
    fc.property(hostile, (text) => {
      for (const line of withoutCommands(text, job).split("\n")) assert.ok(!isCommand(line), JSON.stringify(line));
    }),
  );
});

test("elsewhere texts stay as they are", () => {
  assertProperty(fc.property(hostile, (text) => withoutCommands(text, {}) === text));
  assert.equal(withoutCommands("p95 of std::vector: 5 ms", job), "p95 of std::vector: 5 ms");
});

test("a line of JSON keeps its value, and has no command", () => {
  assertProperty(
    fc.property(hostile, (text) => {
      const line = jsonWithoutCommands(JSON.stringify({ text }), job);
      assert.deepEqual(JSON.parse(line), { text });
      assert.ok(!isCommand(line), line);
    }),
  );
});
