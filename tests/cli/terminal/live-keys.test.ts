import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { quoted, Terminal } from "../../support/terminal.ts";
import { waitUntil } from "../../support/wait-until.ts";

/** Controls twelve runs one after the other by the keys of a terminal, the last one until a signal. */
const program = `
import { LiveKeys } from ${JSON.stringify(new URL("../../../src/cli/terminal/live-keys.ts", import.meta.url).href)};
const run = { master: { control: null, events: [], stop: () => console.log("only the run was stopped") } };
process.once("SIGINT", (signal) => {
  console.log("received", signal, "with", String(process.stdin.listenerCount("error")), "listener");
  process.exit();
});
for (let runs = 0; runs < 11; runs++) {
  const keys = new LiveKeys(process.stdin, { warn: console.log, info: console.log });
  keys.begin(run);
  keys.close();
}
new LiveKeys(process.stdin, { warn: console.log, info: console.log }).begin(run);
console.log("ready");
`;

test("Ctrl-C on a terminal is a signal to the process, also while the keys of a run are read", async (t) => {
  const terminal = new Terminal(t, quoted([process.execPath, "--input-type=module-typescript", "--eval", program]));
  const ended = once(terminal.process, "exit");
  await waitUntil("the keys", () => terminal.screen.includes("ready"));
  terminal.process.stdin.write("\x03");
  await waitUntil("its effect", () => /stopped|received/.test(terminal.screen));
  assert.match(terminal.screen, /ready\s+received SIGINT with 1 listener/);
  await ended;
});
