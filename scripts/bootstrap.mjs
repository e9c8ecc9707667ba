// Usage: node scripts/bootstrap.mjs [SCRIPT [ARGS...]]
//
// Every npm script starts here, so that a fresh clone works with one command: dependencies are installed and `dist/` is built when they
// are missing or out of date, then SCRIPT (relative to the repository) runs on the Node.js version that the repository pins.
//
// This file and scripts/bootstrap/ are started by whatever Node.js the machine has: plain JavaScript, Node 16 syntax, no dependencies.

import path from "node:path";
import process from "node:process";
import { build, isBuilt } from "./bootstrap/build.mjs";
import { exitCodeOf, run } from "./bootstrap/child.mjs";
import { install, isInstalled } from "./bootstrap/install.mjs";
import { withLock } from "./bootstrap/lock.mjs";
import { binFolder, pinnedNode, root, startedByBootstrap } from "./bootstrap/paths.mjs";

/** Scripts that read the sources only. They must be able to report on sources that do not compile. */
const needNoBuild = new Set(["scripts/check.ts"]);

const [script, ...args] = process.argv.slice(2);

try {
  // Else this bootstrap would wait for the one that has started the npm which runs it.
  if (process.env[startedByBootstrap] === undefined || script !== undefined) {
    await prepare();
    process.exitCode = script === undefined ? 0 : await start();
  }
} catch (error) {
  process.stderr.write(`bootstrap: ${error.message}\n`);
  process.exitCode = error.exitCode ?? 1;
}

async function prepare() {
  const isReady = () => isInstalled() && (needNoBuild.has(script) || isBuilt());
  if (isReady()) return;
  await withLock(async () => {
    // Looked at again: whoever held the lock before us has probably done the work.
    if (!isInstalled()) await install();
    if (!needNoBuild.has(script) && !isBuilt()) await build();
  });
}

async function start() {
  const result = await run(pinnedNode, [path.join(root, script), ...args], {
    cwd: workingFolder(),
    stdio: "inherit",
    env: { ...process.env, PATH: [binFolder, process.env.PATH].filter(Boolean).join(path.delimiter) },
  });
  return exitCodeOf(result);
}

/** `muster` reads and writes files of the user, who may stand elsewhere: `npm run` has changed to the repository and left a note. */
function workingFolder() {
  if (script !== "bin/muster.js") return root;
  // A note from an outer npm is not for us: only when we stand where npm puts us.
  return process.cwd() === root && process.env.INIT_CWD ? process.env.INIT_CWD : process.cwd();
}
