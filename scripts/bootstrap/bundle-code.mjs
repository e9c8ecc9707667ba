// Usage: node scripts/bootstrap/bundle-code.mjs FOLDER
//
// Bundles the code that runs on Node.js into FOLDER, with the libraries that every run loads: a process that reads few files starts
// with less CPU time (docs/decisions/070). A process of its own, because the bootstrap must run before esbuild is there.

import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { build } from "esbuild";
import { modules, root } from "./paths.mjs";

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

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: Object.fromEntries(entries.map((name) => [name, `src/${name}.ts`])),
  outdir: folder,
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  metafile: true,
  format: "esm",
  platform: "node",
  target: ["node22.19"],
  // Loaded by few runs, and by `require` at run time.
  external: ["@grpc/grpc-js", "@grpc/proto-loader", "esbuild", "hdr-histogram-js", "tough-cookie", "undici"],
  // The libraries in CommonJS call `require` for Node's own modules.
  banner: {
    js: 'import { createRequire as createBundleRequire } from "node:module"; const require = createBundleRequire(import.meta.url);',
  },
  sourcemap: "linked",
  legalComments: "none",
  logLevel: "warning",
});

fs.writeFileSync(path.join(folder, "third-party-licenses.txt"), bundledPackages().map(licenseOf).join("\n\n"));

/** The names of the packages whose code is in the bundle. */
function bundledPackages() {
  const named = Object.keys(metafile.inputs).map((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]);
  return [...new Set(named)].filter((name) => name !== undefined).sort();
}

function licenseOf(name) {
  const place = path.join(modules, name);
  const { version, license } = JSON.parse(fs.readFileSync(path.join(place, "package.json"), "utf8"));
  const file = fs.readdirSync(place).find((entry) => /^licen[cs]e/i.test(entry));
  // Some packages name their licence in package.json only.
  const text = file === undefined ? "" : `\n${fs.readFileSync(path.join(place, file), "utf8").trim()}\n`;
  return `${name} ${version} (${license})\n${text}`;
}
