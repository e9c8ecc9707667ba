// `npm test [-- FILE|FOLDER|GLOB|--OPTION=VALUE ...]`: runs tests/**/*.test.ts, or those named; options go to `node --test`.

import { spawn } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import process from "node:process";
import { missingOptionals } from "./optional-tools.ts";

const everything = "tests/**/*.test.ts";

const given = process.argv.slice(2);
const options = given.filter((argument) => argument.startsWith("-"));
const named = given.filter((argument) => !argument.startsWith("-"));
const patterns = named.length === 0 ? [everything] : named.flatMap(patternsOf);

if (patterns.length === 0) {
  console.error(`no test file (*.test.ts) among ${named.join(" ")}`);
  process.exitCode = 1;
} else {
  for (const { tool, consequence } of await missingOptionals())
    console.log(`not on this machine: ${tool} (${consequence})`);
  run(patterns);
}

/** A shell has expanded `tests/core/**` to whatever lies there; a folder stands for the tests below it. */
function patternsOf(argument: string): string[] {
  if (!existsSync(argument)) return [argument];
  if (statSync(argument).isDirectory()) return [`${argument.replace(/\/+$/, "")}/**/*.test.ts`];
  return argument.endsWith(".test.ts") ? [argument] : [];
}

function run(files: readonly string[]): void {
  const args = [
    "--test",
    "--test-reporter=spec",
    // Tests start real masters and workers: more files at once than this and they measure each other.
    "--test-concurrency=2",
    "--test-timeout=120000",
    ...options,
    ...files,
  ];
  const { FORCE_COLOR, ...environment } = process.env;
  const env = process.env.CI === undefined ? process.env : { ...environment, NO_COLOR: "1" };
  const child = spawn(process.execPath, args, { stdio: "inherit", env });
  // The child shares our terminal; it reports what it had and ends by itself.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.once("close", (code) => {
    process.exitCode = code ?? 1;
  });
}
