import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { exitCodeOf, run } from "./child.mjs";
import { modules, pinnedNode, root, scratch } from "./paths.mjs";

const dist = path.join(root, "dist");
/** As deep as dist, so that the relative paths in source maps hold after the rename. */
const staging = path.join(root, "build");
const compiler = path.join(modules, "typescript", "bin", "tsc");
const schemaWriter = path.join(root, "scripts", "bootstrap", "write-schemas.mjs");
const codeBundler = path.join(root, "scripts", "bootstrap", "bundle-code.mjs");
const uiBundler = path.join(root, "scripts", "bootstrap", "bundle-ui.mjs");

export function isBuilt() {
  try {
    return fs.readFileSync(path.join(dist, ".build-stamp"), "utf8") === fingerprint();
  } catch (error) {
    if (error.code === "ENOENT") return false;
    throw error;
  }
}

/** Compiles into a folder of its own and then swaps it in whole: nobody sees half a build, and nothing of an old one stays behind. */
export async function build() {
  // Taken first: a source file that changes during the build makes it stale.
  const stamp = fingerprint();
  fs.rmSync(staging, { recursive: true, force: true });
  await step([compiler, "-p", "tsconfig.build.json", "--outDir", staging], "the sources do not compile");
  await step([codeBundler, path.join(staging, "bundle")], "the code cannot be bundled");
  await step([uiBundler, path.join(staging, "ui")], "the web page cannot be bundled");
  await step([schemaWriter, path.join(staging, "report/result")], "the JSON schemas cannot be made");
  copyDeclaration("imported-files.d.ts");
  fs.writeFileSync(path.join(staging, ".build-stamp"), stamp);
  replaceDist();
}

/** The compiler leaves declarations where they are, and has what it makes of index.ts refer to them there. */
function copyDeclaration(name) {
  fs.copyFileSync(path.join(root, "src", name), path.join(staging, name));
  const index = path.join(staging, "index.d.ts");
  fs.writeFileSync(index, fs.readFileSync(index, "utf8").replace(`"../src/${name}"`, `"./${name}"`));
}

async function step(command, failure) {
  const result = await run(pinnedNode, command, { cwd: root, stdio: ["ignore", 2, 2] });
  if (exitCodeOf(result) === 0) return;
  fs.rmSync(staging, { recursive: true, force: true });
  throw new Error(`${failure}; what it says is above`);
}

function replaceDist() {
  const replaced = path.join(scratch, "replaced-dist");
  fs.rmSync(replaced, { recursive: true, force: true });
  if (fs.existsSync(dist)) fs.renameSync(dist, replaced);
  fs.renameSync(staging, dist);
  fs.rmSync(replaced, { recursive: true, force: true });
}

/** Sizes and times stand for the contents of the sources: this runs before every command and has to be fast. */
function fingerprint() {
  const hash = createHash("sha256");
  for (const file of filesBelow(path.join(root, "src"))) {
    const { size, mtimeMs } = fs.statSync(file);
    hash.update(`${path.relative(root, file)} ${size} ${mtimeMs}\n`);
  }
  for (const name of ["package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json"])
    hash.update(fs.readFileSync(path.join(root, name)));
  for (const tool of [codeBundler, uiBundler, schemaWriter]) hash.update(fs.readFileSync(tool));
  hash.update(fs.readFileSync(path.join(modules, "typescript", "package.json")));
  return hash.digest("hex");
}

function filesBelow(folder) {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const file = path.join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(file) : [file];
    });
}
