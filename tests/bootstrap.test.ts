import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { deepTest } from "./support/depth.ts";
import { patienceMs } from "./support/wait-until.ts";

const root = path.resolve(import.meta.dirname, "..");
const modules = path.join(root, "node_modules");
const systemNode = "/usr/bin/node";

/** Says what it was given; told to wait, it exits with 10 plus the number of signals that reached it. */
const mainSource = `
export async function main(argv: readonly string[]): Promise<void> {
  let signals = 0;
  if (argv[0] === "wait") {
    process.on("SIGTERM", () => { signals += 1; setTimeout(() => process.exit(10 + signals), 100); });
    setInterval(() => {}, 1000);
  } else {
    process.exitCode = 99;
  }
  console.log(JSON.stringify({ argv, cwd: process.cwd(), node: process.version }));
}
`;

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A checkout with stub sources and nothing to install: the tools it needs are those of this repository. */
let checkout: string;

before(async () => {
  checkout = await mkdtemp(path.join(os.tmpdir(), "muster-bootstrap-"));
  for (const entry of ["bin", "scripts", "tsconfig.json", "tsconfig.build.json"]) {
    await cp(path.join(root, entry), path.join(checkout, entry), { recursive: true });
  }
  const { files, scripts } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
  const stub = { name: "stub", version: "1.0.0", type: "module", files, scripts: { prepare: scripts.prepare } };
  await write("package.json", JSON.stringify(stub));
  await write("package-lock.json", JSON.stringify({ packages: { "": {} } }));
  await write("node_modules/.package-lock.json", JSON.stringify({ packages: {} }));
  for (const name of [
    "node",
    "typescript",
    "@typescript",
    "@types",
    "undici-types",
    "esbuild",
    "@esbuild",
    "rolldown",
    "zod",
    ".bin",
  ]) {
    await symlink(path.join(modules, name), path.join(checkout, "node_modules", name));
  }
  await write("src/cli/main.ts", mainSource);
  const entries = [
    "index",
    "api/archive/archive-thread",
    "scenario/auth/aws",
    "scenario/bundle/data-values",
    "worker/grpc/grpc",
    "worker/grpc/runtime",
    "worker/link/thread",
  ];
  for (const name of entries) await write(`src/${name}.ts`, "export {};\n");
  await write("src/imported-files.d.ts", "export {};\n");
  for (const page of ["comparison", "live", "report"]) await write(`src/ui/${page}/main.tsx`, "export {};\n");
  await write("src/ui/report/loader.ts", "export {};\n");
  await write("src/ui/live/index.html", "<!doctype html>");
  for (const [file, name] of [
    ["baseline", "baselineSchema"],
    ["result-schema", "resultSchema"],
    ["stream-schema", "streamLineSchema"],
  ]) {
    await write(`src/report/result/${file}.ts`, `import * as z from "zod";\nexport const ${name} = z.object({});\n`);
  }
});

after(() => rm(checkout, { recursive: true, force: true }));

test("a first run builds; arguments, working folder and exit code pass through to the pinned Node.js", async () => {
  const { code, stdout } = await bootstrap(["bin/muster.js", "run", "a b", "--x"], { cwd: os.tmpdir() });
  assert.deepEqual(JSON.parse(stdout), { argv: ["run", "a b", "--x"], cwd: os.tmpdir(), node: process.version });
  assert.equal(code, 99);
});

test("under npm, muster runs where the user stood", async () => {
  const { stdout } = await bootstrap(["bin/muster.js"], { cwd: checkout, env: { INIT_CWD: os.tmpdir() } });
  assert.equal(JSON.parse(stdout).cwd, os.tmpdir());
});

test("nothing is built twice; a changed source is; a removed one leaves nothing behind", async () => {
  const dist = async () => (await stat(path.join(checkout, "dist"))).ino;
  await write("src/extra.ts", "export const extra = 1;\n");
  assert.equal((await bootstrap([])).code, 0);
  const built = await dist();
  assert.equal((await bootstrap([])).code, 0);
  assert.equal(await dist(), built);
  assert.ok(existsSync(path.join(checkout, "dist/extra.js")));
  await rm(path.join(checkout, "src/extra.ts"));
  assert.equal((await bootstrap([])).code, 0);
  assert.ok(!existsSync(path.join(checkout, "dist/extra.js")));
});

deepTest(
  "bootstraps at the same time, with the lock of a dead one in their way, build once and all succeed",
  async () => {
    await write("src/cli/main.ts", `${mainSource}// changed\n`);
    const deadPid = Number(execFileSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" }));
    await write(".muster/bootstrap.lock/owner", JSON.stringify({ pid: deadPid, host: os.hostname() }));
    const outcomes = await Promise.all([1, 2, 3].map(() => bootstrap(["bin/muster.js"])));
    assert.deepEqual(
      outcomes.map(({ code }) => code),
      [99, 99, 99],
    );
  },
);

test("sources that do not compile end with exit 1 and the compiler's words on stderr", async () => {
  await write("src/wrong.ts", 'export const wrong: number = "text";\n');
  const { code, stdout, stderr } = await bootstrap(["bin/muster.js"]);
  await rm(path.join(checkout, "src/wrong.ts"));
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.match(stderr, /src\/wrong\.ts.*TS2322/);
});

deepTest("npm packs a checkout that was never built with dist/ in it", async () => {
  await rm(path.join(checkout, "dist"), { recursive: true, force: true });
  const { code, stdout, stderr } = await execute("npm", ["pack", "--dry-run", "--json"], { cwd: checkout });
  assert.equal(code, 0, stderr);
  // npm prints what `prepare` runs before the JSON.
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf("[\n")));
  const paths = packed.files.map((file: { path: string }) => file.path);
  for (const file of ["bin/muster.js", "dist/bundle/cli/main.js", "dist/index.d.ts"])
    assert.ok(paths.includes(file), file);
  assert.deepEqual(
    paths.filter((file: string) => /\.map$|^(?:src|tests|examples|\.muster)\//.test(file)),
    [],
  );
});

test("the npm that a bootstrap starts does not wait for that bootstrap", async () => {
  await write("src/extra.ts", "export const extra = 1;\n");
  await write(".muster/bootstrap.lock/owner", JSON.stringify({ pid: process.pid, host: os.hostname() }));
  try {
    const outcome = await bootstrap([], { env: { MUSTER_STARTED_BY_BOOTSTRAP: "1" } });
    assert.deepEqual(outcome, { code: 0, stdout: "", stderr: "" });
  } finally {
    await rm(path.join(checkout, ".muster/bootstrap.lock"), { recursive: true });
    await rm(path.join(checkout, "src/extra.ts"));
  }
});

test("a muster without dist/ names the folder and the command that builds it", async () => {
  const folder = path.join(checkout, "unbuilt");
  await cp(path.join(root, "bin"), path.join(folder, "bin"), { recursive: true });
  const { code, stderr } = await execute(process.execPath, [path.join(folder, "bin/muster.js")], {});
  assert.equal(code, 104);
  assert.equal(stderr, `muster is not built: ${folder}/ has no dist/; run \`npm run build\` there\n`);
});

test("a signal reaches the script once, and the script's own end decides the exit code", async () => {
  const child = spawn(process.execPath, bootstrapArguments(["bin/muster.js", "wait"]), {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data", { signal: AbortSignal.timeout(patienceMs) });
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "close"), [11, null]);
});

test("a Node.js that is too old is told so, and what would do", {
  skip: systemNodeIsOld() ? false : "no old Node.js here",
}, async () => {
  const { code, stderr } = await execute(systemNode, [path.join(root, "bin/muster.js")], {});
  assert.equal(code, 104);
  assert.match(stderr, /^muster needs Node\.js 22\.19 or newer; this is v\d+\.\d+\.\d+ \(.+\)\n$/);
});

function systemNodeIsOld(): boolean {
  return existsSync(systemNode) && Number(execFileSync(systemNode, ["-p", "parseInt(process.versions.node)"])) < 22;
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(checkout, file)), { recursive: true });
  await writeFile(path.join(checkout, file), text);
}

function bootstrapArguments(args: readonly string[]): string[] {
  return [path.join(checkout, "scripts/bootstrap.mjs"), ...args];
}

function bootstrap(
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Outcome> {
  return execute(process.execPath, bootstrapArguments(args), options);
}

function execute(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> },
): Promise<Outcome> {
  const { INIT_CWD, ...environment } = process.env;
  return new Promise((resolve) => {
    const settings = { cwd: options.cwd ?? os.tmpdir(), env: { ...environment, ...options.env }, timeout: patienceMs };
    const child = execFile(command, args, settings, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}
