// `npm test [-- FILE|FOLDER|GLOB|--OPTION=VALUE ...]`: runs tests/**/*.test.ts, or those named; options go to `node --test`.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, statSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { missingOptionals } from "./optional-tools.ts";

/** One after the other; a file belongs to the innermost of them. */
const groups: readonly { readonly folder: string; readonly filesAtOnce: number }[] = [
  // They start real masters and workers, and wait for them most of the time. First, as they are the longest.
  { folder: "tests/e2e", filesAtOnce: 4 },
  // They compute, most of them.
  { folder: "tests", filesAtOnce: 3 },
  // They measure time, and leave the machine idle meanwhile: so few that they measure muster and not each other.
  { folder: "tests/timing", filesAtOnce: 2 },
  // They take a whole CPU away.
  { folder: "tests/timing/alone", filesAtOnce: 1 },
];

/** Beside what the bootstrap keeps; ignored by git. */
const compiled = path.resolve(import.meta.dirname, "../.muster/compiled-tests");

const given = process.argv.slice(2);
const options = given.filter((argument) => argument.startsWith("-"));
const named = given.filter((argument) => !argument.startsWith("-"));
const files = (named.length === 0 ? ["tests"] : named).flatMap(patternsOf).flatMap((pattern) => globSync(pattern));

let interrupted = false;
// A child shares our terminal: it reports what it had and ends by itself.
process.on("SIGINT", () => {
  interrupted = true;
});

if (files.length === 0) {
  console.error(`no test file (*.test.ts) among ${named.join(" ")}`);
  process.exitCode = 1;
} else {
  for (const { tool, consequence } of await missingOptionals())
    console.log(`not on this machine: ${tool} (${consequence})`);
  const failed: string[] = [];
  for (const { folder, filesAtOnce } of groups) {
    if (interrupted) break;
    const members = files.filter((file) => groupOf(file) === folder);
    const code = await run(members, filesAtOnce);
    if (code !== 0) failed.push(folder);
    process.exitCode = Math.max(Number(process.exitCode ?? 0), code);
  }
  if (failed.length > 0) console.log(`failed, see above: ${failed.join(", ")}`);
}

/** A shell has expanded `tests/core/**` to whatever lies there; a folder stands for the tests below it. */
function patternsOf(argument: string): string[] {
  if (!existsSync(argument)) return [argument];
  if (statSync(argument).isDirectory()) return [`${argument.replace(/\/+$/, "")}/**/*.test.ts`];
  return argument.endsWith(".test.ts") ? [argument] : [];
}

function groupOf(file: string): string {
  const around = groups.filter(({ folder }) => !path.relative(folder, file).startsWith(".."));
  return around.reduce((inner, { folder }) => (folder.length > inner.length ? folder : inner), "tests");
}

/** Returns the exit code. */
async function run(tests: readonly string[], filesAtOnce: number): Promise<number> {
  if (tests.length === 0) return 0;
  const args = [
    "--test",
    "--test-reporter=spec",
    `--test-concurrency=${filesAtOnce}`,
    "--test-timeout=120000",
    ...options,
    ...tests,
  ];
  const { FORCE_COLOR, ...inherited } = process.env;
  const environment = process.env.CI === undefined ? process.env : { ...inherited, NO_COLOR: "1" };
  // Each file is a process of its own, and each would take the types out of what it imports.
  const env = { ...environment, NODE_COMPILE_CACHE: compiled };
  const child = spawn(process.execPath, args, { stdio: "inherit", env });
  const terminate = () => {
    interrupted = true;
    child.kill("SIGTERM");
  };
  process.on("SIGTERM", terminate);
  const [code] = (await once(child, "close")) as [number | null];
  process.off("SIGTERM", terminate);
  return code ?? 1;
}
