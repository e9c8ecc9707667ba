import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { run } from "./child.mjs";
import { modules, pinnedNode, root, startedByBootstrap } from "./paths.mjs";

const stampFile = path.join(modules, ".muster-install");
const lockFile = path.join(root, "package-lock.json");

export function isInstalled() {
  return fs.existsSync(pinnedNode) && readText(stampFile) === fingerprint();
}

export async function install() {
  assertLockMatches();
  if (!lockIsInstalled()) {
    process.stderr.write("bootstrap: installing dependencies\n");
    // Not `npm ci`: it refuses a lock without the native packages of all platforms, and a registry mirror may not carry them all. With
    // the lock in place this installs the same versions, checks the same digests, and changes neither package.json nor the lock.
    const failed = await npm([
      "install",
      "--no-save",
      "--include=dev",
      "--include=optional",
      "--engine-strict=false",
      ...notOfOuterNpm,
    ]);
    if (failed) throw new Error("`npm install` failed; its output is above");
  }
  // A user's `ignore-scripts=true` leaves the package `node` without its binary, which its install script puts there.
  if (!nodeRuns()) await npm(["rebuild", "node", "esbuild", "--ignore-scripts=false"]);
  if (!nodeRuns()) {
    throw new Error(
      `${pinnedNode} does not run: npm did not run the install script of the package \`node\`; see \`npm config get ignore-scripts\``,
    );
  }
  fs.writeFileSync(stampFile, fingerprint());
}

/** `npm install` would quietly resolve what the lock lacks. */
function assertLockMatches() {
  const wanted = JSON.parse(readText(path.join(root, "package.json")));
  const locked = packagesOf(lockFile)?.[""];
  for (const kind of ["dependencies", "devDependencies", "optionalDependencies"]) {
    if (sorted(wanted[kind]) !== sorted(locked?.[kind])) {
      throw new Error(
        `package-lock.json does not match the ${kind} of package.json; run \`npm install\` and commit it`,
      );
    }
  }
}

function sorted(record = {}) {
  return JSON.stringify(Object.entries(record).sort());
}

/** What node_modules depends on; the platform too, for a checkout that a container shares. */
function fingerprint() {
  const { dependencies, devDependencies, optionalDependencies, allowScripts } = JSON.parse(
    readText(path.join(root, "package.json")),
  );
  return createHash("sha256")
    .update(readText(lockFile) ?? "")
    .update(JSON.stringify({ dependencies, devDependencies, optionalDependencies, allowScripts }))
    .update(`${process.platform}-${process.arch}`)
    .digest("hex");
}

/** Whether npm itself has already put there what the lock asks for: after a developer's `npm install`, nothing is to be installed again. */
function lockIsInstalled() {
  const wanted = packagesOf(lockFile);
  const present = packagesOf(path.join(modules, ".package-lock.json"));
  if (wanted === undefined || present === undefined || !fs.existsSync(pinnedNode)) return false;
  return Object.entries(wanted).every(
    ([location, entry]) =>
      location === "" || (present[location]?.integrity ?? (entry.optional && entry.integrity)) === entry.integrity,
  );
}

function packagesOf(file) {
  const text = readText(file);
  return text === undefined ? undefined : JSON.parse(text).packages;
}

/** An npm that runs `prepare` for `npm pack --dry-run` or `npm install --global` hands these settings down to the npm that it starts. */
const notOfOuterNpm = ["--no-dry-run", "--no-global", "--location=project", "--no-package-lock-only"];

/** Runs npm with all it says on stderr, as our stdout belongs to the script. Resolves to whether it failed. */
async function npm(args) {
  const env = { ...process.env, [startedByBootstrap]: "1" };
  const options = { cwd: root, stdio: ["ignore", 2, 2], env };
  const quiet = [...args, "--no-audit", "--no-fund", "--loglevel=error"];
  // The npm that started us, as a JavaScript file, needs neither PATH nor a shell.
  const startedBy = process.env.npm_execpath;
  const { code } = startedBy?.endsWith("npm-cli.js")
    ? await run(process.execPath, [startedBy, ...quiet], options)
    : await run("npm", quiet, { ...options, shell: process.platform === "win32" });
  return code !== 0;
}

function nodeRuns() {
  try {
    execFileSync(pinnedNode, ["--version"], { stdio: "ignore", timeout: 30_000 });
    return true;
  } catch {
    return false;
  }
}

function readText(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
