// `npm test [-- FILE|FOLDER|GLOB|--OPTION=VALUE ...]`: runs tests/**/*.test.ts, or those named; options go to `node --test`.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, statSync } from "node:fs";
import process from "node:process";
import { missingOptionals } from "./optional-tools.ts";

const everything = "tests/**/*.test.ts";
/** Tests that measure time: they run alone, after all others, so that they measure muster and not each other. */
const timing = "tests/timing/";

const given = process.argv.slice(2);
const options = given.filter((argument) => argument.startsWith("-"));
const named = given.filter((argument) => !argument.startsWith("-"));
const files = (named.length === 0 ? [everything] : named.flatMap(patternsOf)).flatMap((pattern) => globSync(pattern));

// A child shares our terminal: it reports what it had and ends by itself.
process.on("SIGINT", () => {});

if (files.length === 0) {
  console.error(`no test file (*.test.ts) among ${named.join(" ")}`);
  process.exitCode = 1;
} else {
  for (const { tool, consequence } of await missingOptionals())
    console.log(`not on this machine: ${tool} (${consequence})`);
  const together = files.filter((file) => !file.startsWith(timing));
  const alone = files.filter((file) => file.startsWith(timing));
  // Tests start real masters and workers, and wait for them most of the time: more files at once than three and they starve each other.
  const codes = [await run(together, 3), await run(alone, 1)];
  process.exitCode = Math.max(...codes);
}

/** A shell has expanded `tests/core/**` to whatever lies there; a folder stands for the tests below it. */
function patternsOf(argument: string): string[] {
  if (!existsSync(argument)) return [argument];
  if (statSync(argument).isDirectory()) return [`${argument.replace(/\/+$/, "")}/**/*.test.ts`];
  return argument.endsWith(".test.ts") ? [argument] : [];
}

/** Returns the exit code. */
async function run(tests: readonly string[], concurrency: number): Promise<number> {
  if (tests.length === 0) return 0;
  const args = [
    "--test",
    "--test-reporter=spec",
    `--test-concurrency=${concurrency}`,
    "--test-timeout=120000",
    ...options,
    ...tests,
  ];
  const { FORCE_COLOR, ...environment } = process.env;
  const env = process.env.CI === undefined ? process.env : { ...environment, NO_COLOR: "1" };
  const child = spawn(process.execPath, args, { stdio: "inherit", env });
  const terminate = () => child.kill("SIGTERM");
  process.on("SIGTERM", terminate);
  const [code] = (await once(child, "close")) as [number | null];
  process.off("SIGTERM", terminate);
  return code ?? 1;
}
