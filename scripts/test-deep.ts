// `npm run test:deep [-- FILE|FOLDER|GLOB ...]`: runs only the tests that can do more than they do in `npm test`: properties with ten times
// the cases, and real runs of which `npm test` takes one of each kind (tests/support/depth.ts); and those that measure time (tests/timing).
// Whoever names files gets all of their tests.

import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { timingFolder } from "./test-groups.ts";

const runs = "1000";
/** The slowest property takes half a minute when the machine does nothing else. Each file computes, and so has a process of its own. */
const options = ["--test-timeout=600000", "--test-isolation=process"];
/** `deepTest` marks its tests so. */
const onlyDeepTests = "--test-name-pattern=\\(deep\\)";

const given = process.argv.slice(2);
if (given.length > 0) run(given);
else {
  const uses = (file: string, pattern: RegExp) => pattern.test(readFileSync(file, "utf8"));
  const files = globSync("tests/**/*.test.ts");
  const isLonger = (file: string) => uses(file, /support\/property\.ts|\bcaseCount\b/) || file.startsWith(timingFolder);
  run(files.filter(isLonger));
  // Their other tests have run in `npm test`, just as they would here.
  run([onlyDeepTests, ...files.filter((file) => !isLonger(file) && uses(file, /support\/(?:depth|bad-input)\.ts/))]);
}

function run(args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [path.join(import.meta.dirname, "test.ts"), ...options, ...args], {
    stdio: "inherit",
    env: { PROPERTY_RUNS: runs, ...process.env },
  });
  process.exitCode = Math.max(Number(process.exitCode ?? 0), status ?? 1);
}
