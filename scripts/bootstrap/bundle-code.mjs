// Usage: node scripts/bootstrap/bundle-code.mjs FOLDER
//
// Bundles the code that runs on Node.js into FOLDER, with the libraries that every run loads: a process that reads few files starts
// with less CPU time (docs/decisions/070). A process of its own, because the bootstrap must run before rolldown is there.

import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { build } from "rolldown";
import { licensesOf } from "./licenses.mjs";
import { root } from "./paths.mjs";

const folder = process.argv[2];

/** The modules that something outside the bundle names: bin/, package.json, the start of a thread, the loader of tests. */
const entries = [
  "api/archive/archive-thread",
  "cli/main",
  "index",
  "report/result/result-schema",
  "scenario/auth/aws",
  "scenario/bundle/data-values",
  "worker/grpc/grpc",
  "worker/grpc/runtime",
  "worker/link/thread",
];

/** What each process of a run loads. Modules that the same of them load are one file, because each file costs time at the start. */
const loads = {
  command: ["cli/main"],
  run: [
    "cli/main",
    "cli/actions/execute",
    "runner/outputs/output-files",
    "scenario/bundle/url-test",
    "worker/http/proxy-settings",
  ],
  worker: [
    "cli/main",
    "cli/actions/work",
    "cli/terminal/logger",
    "cli/terminal/screen",
    "report/text/style",
    "worker/http-engines",
    "worker/worker",
  ],
  connection: ["worker/link/master-connection"],
  test: ["index"],
};

const sourceFile = (name) => path.join(root, "src", `${name}.ts`);

/** The loads of each module. Made with the first module of the output, when all of them are known. */
let loadsOf = null;

const { output } = await build({
  cwd: root,
  input: Object.fromEntries(entries.map((name) => [name, sourceFile(name)])),
  platform: "node",
  tsconfig: false,
  transform: { target: "node22.19" },
  // Loaded by few runs, and by `require` at run time.
  external: ["@grpc/grpc-js", "@grpc/proto-loader", "esbuild", "hdr-histogram-js", "tough-cookie", "undici"],
  // What a module imports has at least its loads, so that no files import each other. Entries keep their exports: a test checks them.
  preserveEntrySignatures: "allow-extension",
  // A module is loaded when it is needed also where another part of muster needs it at once.
  checks: { ineffectiveDynamicImport: false },
  logLevel: "warn",
  output: {
    dir: folder,
    format: "esm",
    sourcemap: true,
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name]-[hash].js",
    codeSplitting: { includeDependenciesRecursively: false, groups: [{ debugName: "loads", name: fileOf }] },
  },
});

const bundled = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
fs.writeFileSync(path.join(folder, "third-party-licenses.txt"), licensesOf(bundled));

/** The name of the file for a module; null for one that is loaded only on demand. */
function fileOf(id, bundle) {
  loadsOf ??= findLoads(bundle);
  return loadsOf.get(id)?.join("-") ?? null;
}

function findLoads(bundle) {
  const found = new Map();
  for (const [load, names] of Object.entries(loads)) {
    const reached = new Set(names.map(sourceFile));
    // A set goes on with what is added to it.
    for (const id of reached) for (const next of bundle.getModuleInfo(id)?.importedIds ?? []) reached.add(next);
    for (const id of reached) found.set(id, [...(found.get(id) ?? []), load]);
  }
  return found;
}
