// `npm run test:deep [-- FILE|FOLDER|GLOB ...]`: runs only the property tests, each with ten times the cases of `npm test`.

import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";

const runs = "1000";
/** The slowest property takes half a minute when the machine does nothing else. Each file computes, and so has a process of its own. */
const options = ["--test-timeout=600000", "--test-isolation=process"];

const given = process.argv.slice(2);
const files = globSync("tests/**/*.test.ts").filter((file) =>
  readFileSync(file, "utf8").includes("support/property.ts"),
);
const { status } = spawnSync(
  process.execPath,
  [path.join(import.meta.dirname, "test.ts"), ...options, ...(given.length === 0 ? files : given)],
  { stdio: "inherit", env: { PROPERTY_RUNS: runs, ...process.env } },
);
process.exitCode = status ?? 1;
