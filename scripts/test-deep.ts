// `npm run test:deep [-- FILE|FOLDER|GLOB ...]`: runs only the tests that can do more than they do in `npm test`: properties with ten times
// the cases, and real runs of which `npm test` takes one of each kind (tests/support/depth.ts); and those that measure time (tests/timing).

import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { timingFolder } from "./test-groups.ts";

const runs = "1000";
/** The slowest property takes half a minute when the machine does nothing else. Each file computes, and so has a process of its own. */
const options = ["--test-timeout=600000", "--test-isolation=process"];

const given = process.argv.slice(2);
const files = globSync("tests/**/*.test.ts").filter(
  (file) => file.startsWith(timingFolder) || /support\/(property|depth)\.ts/.test(readFileSync(file, "utf8")),
);
const { status } = spawnSync(
  process.execPath,
  [path.join(import.meta.dirname, "test.ts"), ...options, ...(given.length === 0 ? files : given)],
  { stdio: "inherit", env: { PROPERTY_RUNS: runs, ...process.env } },
);
process.exitCode = status ?? 1;
