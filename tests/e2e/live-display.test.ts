import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { unmovedByStrain } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { quoted, Terminal } from "../support/terminal.ts";
import { TerminalModel } from "../support/terminal-model.ts";
import { waitUntil } from "../support/wait-until.ts";

const freshApi = sampleApiOfFile();

const muster = fileURLToPath(new URL("../../bin/muster.js", import.meta.url));

/** Prints in all ways of a test, in the master and in its workers, a numbered line with each request. Ends when the file `RESIZED` exists. */
const talkative = `import { existsSync, writeSync } from "node:fs";
import { closed, constant, defineTest, defineUser } from "muster-load";
let number = 0;
const ways = [
  (text) => console.log(text),
  (text) => console.error(text + " 予約 🦊"),
  (text) => { process.stdout.write(text.slice(0, 5)); process.stdout.write(text.slice(5) + "\\n"); },
  (text) => process.stderr.write(text + "\\x1b[2J\\x1b[H\\r\\n"),
  (text) => writeSync(2, text + "\\n"),
  (text) => console.log(text + "x".repeat(200)),
  (text) => process.emitWarning(text),
];
const user = defineUser({
  name: "User",
  pause: constant("100ms"),
  tasks: {
    work: async (vu) => {
      ways[number % ways.length]("LINE " + process.pid + "-" + ++number + " ");
      await vu.http.get("/jobs");
      if (existsSync(process.env.RESIZED)) vu.stopRun("the terminal was resized", "passed");
    },
  },
});
export default defineTest({
  users: [user],
  onRunStart: () => { console.log("LINE from the master"); process.emitWarning("LINE warns"); process.stdout.write("LINE not ended"); },
  load: closed({ users: 4, spawnRate: 100, duration: "5m" }),
});
`;

test("on a terminal that is resized, no line of a test is lost and no copy of the display stays", async (t) => {
  const api = await freshApi();
  const folder = await temporaryFolder(t, { "test.ts": talkative });
  const resized = join(folder, "resized");
  const words = [
    process.execPath,
    muster,
    "run",
    join(folder, "test.ts"),
    `--host=${api.url}`,
    "--workers=2",
    "--no-store",
  ];
  const model = new TerminalModel(80, 24);
  const command = `tty; stty cols 80 rows 24; exec ${quoted(words)}`;
  const environment = { ...unmovedByStrain, RESIZED: resized };
  const terminal = new Terminal(t, command, environment, (text) => model.write(text));
  const ended = once(terminal.process, "close");
  const [device] = await waitUntil("the terminal", () => /\/dev\/\S+/.exec(terminal.screen));
  for (const [columns, rows] of [
    [60, 24],
    [120, 40],
    [40, 12],
    [100, 30],
  ] as const) {
    const before = terminal.screen.length;
    await waitUntil("a drawn block and a line", () => /▓[\s\S]*LINE/.test(terminal.screen.slice(before)));
    model.resize(columns, rows);
    execFileSync("stty", ["-F", device, "cols", String(columns), "rows", String(rows)]);
  }
  await writeFile(resized, "");
  const [code] = (await ended) as [number];
  assert.equal(code, 0, model.text);
  const lines = model.text.split("\n");
  const { total } = await api.counts();
  const numbers = lines.map((line) => /LINE (\d+-\d+)\b/.exec(line)?.[1]).filter((number) => number !== undefined);
  assert.equal(new Set(numbers).size, numbers.length);
  assert.equal(numbers.length, total);
  for (const text of ["LINE from the master", "LINE not ended"]) assert.ok(lines.includes(text), model.text);
  assert.match(model.text, /^\(node:\d+\) Warning: LINE warns$/m);
  assert.equal(lines.filter((line) => /[▓░]|test \/ default →.*workers/.test(line)).length, 0, model.text);
  assert.match(model.text, /✓ PASSED/);
});
