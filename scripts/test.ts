// `npm test [-- FILE|FOLDER|GLOB|--OPTION=VALUE ...]`: runs tests/**/*.test.ts but those that measure time, or the files named; options go to
// `node --test`.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, statSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { missingOptionals } from "./optional-tools.ts";
import { groups, sharedProcesses, timingFolder } from "./test-groups.ts";

/** Ends a process that files share, if a test of theirs keeps it running. */
const leftOpen = path.resolve(import.meta.dirname, "../tests/support/left-open.ts");
/** Beside what the bootstrap keeps; ignored by git. */
const compiled = path.resolve(import.meta.dirname, "../.muster/compiled-tests");

const given = process.argv.slice(2);
const options = given.filter((argument) => argument.startsWith("-"));
const mayShare = !options.includes("--test-isolation=process");
const named = given.filter((argument) => !argument.startsWith("-"));
const files = (named.length === 0 ? ["tests"] : named)
  .flatMap(patternsOf)
  .flatMap((pattern) => globSync(pattern))
  .filter((file) => named.length > 0 || !isIn(timingFolder, file));

let interrupted = false;
// A child shares our terminal: it reports what it had and ends by itself.
process.on("SIGINT", () => {
  interrupted = true;
  process.exitCode = 130;
});
const children = new Set<ChildProcess>();
process.on("SIGTERM", () => {
  interrupted = true;
  process.exitCode = 143;
  for (const child of children) child.kill("SIGTERM");
});

if (files.length === 0) {
  console.error(`no test file (*.test.ts) among ${named.join(" ")}`);
  process.exitCode = 1;
} else {
  for (const { tool, consequence } of await missingOptionals())
    console.log(`not on this machine: ${tool} (${consequence})`);
  const startedMs = performance.now();
  const failed: string[] = [];
  for (const { folder, filesAtOnce } of groups) {
    if (interrupted) break;
    const members = files.filter((file) => groupOf(file) === folder);
    const shared = mayShare
      ? sharedProcesses.flatMap(({ folders, except, processes = 1 }) => {
          const isInOne = (parents: readonly string[], file: string) => parents.some((parent) => isIn(parent, file));
          const own = members.filter((file) => isInOne(folders, file) && !isInOne(except, file));
          return processes === 1 ? [own] : spread(own, processes);
        })
      : [];
    const alone = members.filter((file) => !shared.flat().includes(file));
    const code = await runAll(shared, alone, filesAtOnce);
    if (code !== 0) failed.push(folder);
    process.exitCode = Math.max(Number(process.exitCode ?? 0), code);
  }
  console.log(`${files.length} files in ${Math.round((performance.now() - startedMs) / 1_000)} s`);
  if (failed.length > 0) console.log(`failed, see above: ${failed.join(", ")}`);
}

/** A shell has expanded `tests/core/**` to whatever lies there; a folder stands for the tests below it. */
function patternsOf(argument: string): string[] {
  if (!existsSync(argument)) return [argument];
  if (statSync(argument).isDirectory()) return [`${argument.replace(/\/+$/, "")}/**/*.test.ts`];
  return argument.endsWith(".test.ts") ? [argument] : [];
}

function groupOf(file: string): string {
  const around = groups.filter(({ folder }) => isIn(folder, file));
  return around.reduce((inner, { folder }) => (folder.length > inner.length ? folder : inner), "tests");
}

function isIn(folder: string, file: string): boolean {
  return !path.relative(folder, file).startsWith("..");
}

/** One list of files for each process, of which none has much more to do: the longest files first, each to the process with the least. */
function spread(files: readonly string[], processes: number): string[][] {
  const lists = Array.from({ length: processes }, () => ({ bytes: 0, files: [] as string[] }));
  const sizes = files
    .map((file) => ({ file, bytes: statSync(file).size }))
    .sort((one, other) => other.bytes - one.bytes);
  for (const { file, bytes } of sizes) {
    const least = lists.reduce((one, other) => (other.bytes < one.bytes ? other : one));
    least.files.push(file);
    least.bytes += bytes;
  }
  return lists.map((list) => list.files);
}

/** Runs each list of `shared` in one process beside `alone`, each of which has a process of its own. Returns the exit code. */
async function runAll(
  shared: readonly (readonly string[])[],
  alone: readonly string[],
  filesAtOnce: number,
): Promise<number> {
  const together = shared.filter((files) => files.length > 0);
  const [only] = together;
  if (alone.length === 0 && only !== undefined && together.length === 1)
    return await run([leftOpen, ...only], ["--test-isolation=none"]);
  // What they say waits until the others have said theirs. The failed ones are last: a log may be kept from its end.
  const ended = async (files: readonly string[]) => {
    const said: Buffer[] = [];
    return { code: await run([leftOpen, ...files], ["--test-isolation=none"], said), said };
  };
  const [ofAlone, ...others] = await Promise.all([
    run(alone, [`--test-concurrency=${filesAtOnce}`]),
    ...together.map(ended),
  ]);
  others.sort((one, other) => one.code - other.code);
  for (const chunk of others.flatMap(({ said }) => said)) process.stdout.write(chunk);
  return Math.max(ofAlone, ...others.map(({ code }) => code));
}

/** Returns the exit code. The output goes into `said`, or to ours. */
async function run(tests: readonly string[], how: readonly string[], said?: Buffer[]): Promise<number> {
  if (tests.length === 0) return 0;
  const args = ["--test", "--test-reporter=spec", "--test-timeout=600000", ...how, ...options, ...tests];
  const { FORCE_COLOR, ...inherited } = process.env;
  const environment = process.env.CI === undefined ? process.env : { ...inherited, NO_COLOR: "1" };
  // Each process would take the types out of what it imports.
  const env: NodeJS.ProcessEnv = { ...environment, NODE_COMPILE_CACHE: compiled };
  if (said !== undefined && process.stdout.isTTY && env.NO_COLOR === undefined) env.FORCE_COLOR = "1";
  const child = spawn(process.execPath, args, {
    stdio: said === undefined ? "inherit" : ["inherit", "pipe", "inherit"],
    env,
  });
  child.stdout?.on("data", (chunk: Buffer) => said?.push(chunk));
  children.add(child);
  const [code] = (await once(child, "close")) as [number | null];
  children.delete(child);
  return code ?? 1;
}
