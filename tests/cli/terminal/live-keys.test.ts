import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
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
  const words = [process.execPath, "--input-type=module-typescript", "--eval", program];
  const command = words.map((word) => `'${word}'`).join(" ");
  // util-linux's `script` gives the command a terminal.
  const terminal = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  t.after(() => {
    terminal.kill("SIGKILL");
  });
  let screen = "";
  terminal.stdout.setEncoding("utf8").on("data", (text: string) => {
    screen += text;
  });
  const ended = once(terminal, "exit");
  await waitUntil("the keys", () => screen.includes("ready"));
  terminal.stdin.write("\x03");
  await waitUntil("its effect", () => /stopped|received/.test(screen));
  assert.match(screen, /ready\s+received SIGINT with 1 listener/);
  await ended;
});
