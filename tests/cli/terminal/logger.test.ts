import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { createLogger } from "../../../src/cli/terminal/logger.ts";
import { Screen } from "../../../src/cli/terminal/screen.ts";
import { styleFor } from "../../../src/report/text/style.ts";
import { StandardStream } from "../../../src/runner/process/standard-stream.ts";

/** What is written for one warning about a stranger. */
async function logged(isTerminal: boolean, fields: object, message: string): Promise<string> {
  const target = Object.assign(new PassThrough(), isTerminal ? { isTTY: true, columns: 80, rows: 24 } : {});
  const stream = new StandardStream(target, 60_000);
  const log = createLogger("info", new Screen([stream]), styleFor({ isTTY: false }, { NO_COLOR: "1" }));
  log.warn(fields, message);
  await stream.settled();
  return String(target.read());
}

const forged = "\u001b]0;PWNED\u0007\u001b[2J\r\n12:00:00 info  a forged line\u202e\u009b2J";

test("on a terminal, a text of a stranger is one line without control characters", async () => {
  const text = await logged(true, { host: forged }, "a worker was refused");
  assert.equal(text.trimEnd().split("\n").length, 1, text);
  assert.equal(stripVTControlCharacters(text), text);
  assert.doesNotMatch(text.trimEnd(), /\p{Cc}|[\u202a-\u202e]/u);
});

test("lines of a message after its first are indented, so that none looks like a line of the log", async () => {
  const text = await logged(true, {}, `the test threw: ${forged}`);
  const [first = "", second = ""] = text.split("\n");
  assert.match(first, /^\d\d:\d\d:\d\d warn {2}the test threw: /);
  assert.match(second, /^ {4}12:00:00 info/);
});

test("elsewhere each entry is a line of JSON with the texts as they are", async () => {
  const line = await logged(false, { host: forged }, "a worker was refused");
  assert.equal(line.trimEnd().split("\n").length, 1);
  assert.equal((JSON.parse(line) as { host: string }).host, forged);
});
