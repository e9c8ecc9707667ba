import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { limits, measure } from "../scripts/house/measures.ts";
import { readSources, testedFiles } from "../scripts/house/sources.ts";

const root = path.resolve(import.meta.dirname, "..");
const biome = path.join(root, "node_modules/@biomejs/biome/bin/biome");

/** Who may import whom, said a second time and in other words than the linter's configuration: DESIGN, direction of imports. */
const mayImport: Record<string, readonly string[]> = {
  core: [],
  stats: ["core"],
  scenario: ["core"],
  protocol: ["core", "stats"],
  analysis: ["core", "stats"],
  store: ["core", "stats"],
  report: ["core", "stats", "analysis", "store"],
  worker: ["core", "stats", "scenario", "protocol"],
  master: ["core", "stats", "scenario", "protocol", "analysis", "store"],
  runner: ["core", "stats", "scenario", "protocol", "analysis", "store", "report", "worker", "master"],
  api: ["core", "stats", "scenario", "analysis", "store", "report", "master", "runner"],
  // Of core and report some files; see below.
  ui: [],
  cli: [
    "core",
    "stats",
    "scenario",
    "protocol",
    "analysis",
    "store",
    "report",
    "worker",
    "master",
    "runner",
    "api",
    "ui",
  ],
};
const folders = Object.keys(mayImport);

const mayUsePackage: Record<string, readonly string[]> = {
  "@grpc/grpc-js": ["worker", "cli"],
  "@grpc/proto-loader": ["worker", "cli"],
  ws: ["protocol", "worker", "master", "runner", "cli"],
  "hdr-histogram-js": ["report", "cli"],
  undici: ["worker", "cli"],
  commander: ["cli"],
  hono: ["api", "cli"],
  preact: ["ui", "cli"],
  fflate: ["ui", "cli"],
  uplot: ["ui", "cli"],
};

let project: string;

before(async () => {
  project = await mkdtemp(path.join(os.tmpdir(), "muster-boundaries-"));
  for (const file of ["biome.json", "biome.boundaries.jsonc"])
    await cp(path.join(root, file), path.join(project, file));
});

after(() => rm(project, { recursive: true, force: true }));

test("every folder of src has its boundaries, and only what a test file sees lies beside them", async () => {
  const entries = await readdir(path.join(root, "src"), { withFileTypes: true });
  const unknown = entries.filter((entry) =>
    entry.isDirectory() ? !folders.includes(entry.name) : !["index.ts", "imported-files.d.ts"].includes(entry.name),
  );
  assert.deepEqual(
    unknown.map(({ name }) => name),
    [],
  );
});

for (const depth of [1, 2, 3]) {
  test(`each folder imports the folders that it may and no other, from files ${depth} deep`, async () => {
    const targets = (folder: string) => folders.filter((other) => other !== folder);
    const specifier = (other: string) => `${"../".repeat(depth)}${other}/probe.ts`;
    const refused = await refusedStatements(
      forEachFolder(depth, (folder) => targets(folder).map(specifier).map(importOf)),
    );
    const expected = forEachFolder(depth, (folder) =>
      targets(folder)
        .filter((other) => !mayImport[folder]?.includes(other))
        .map(specifier)
        .map(importOf),
    );
    assert.deepEqual(refused, expected);
  });
}

test("each folder imports the packages that it may and no other", async () => {
  const packages = Object.keys(mayUsePackage);
  const refused = await refusedStatements(forEachFolder(1, () => packages.map(importOf)));
  const expected = forEachFolder(1, (folder) =>
    packages.filter((name) => !mayUsePackage[name]?.includes(folder)).map(importOf),
  );
  assert.deepEqual(refused, expected);
});

test("the worker and the master never meet, however the import is written", async () => {
  const statements = (other: string) => [
    `import "../${other}/probe.ts";`,
    `import type { A } from "../${other}/probe.ts";`,
    `export { b } from "../${other}/probe.ts";`,
    `export * from "../${other}/probe.ts";`,
    `export const c = await import("../${other}/probe.ts");`,
    `import "./../${other}/probe.ts";`,
    `import "../core/../${other}/probe.ts";`,
  ];
  const files = { "src/worker/probe.ts": statements("master"), "src/master/probe.ts": statements("worker") };
  assert.deepEqual(await refusedStatements(files), files);
});

test("core does no I/O; a subfolder sees its own folder, but not src/index.ts", async () => {
  const io = ["node:fs", "node:fs/promises", "node:net", "node:http", "node:child_process"].map(importOf);
  const refused = await refusedStatements({
    "src/core/probe.ts": [...io, importOf("node:util")],
    "src/core/nested/probe.ts": ["../plan.ts", "./near.ts", "../index.ts"].map(importOf),
  });
  assert.deepEqual(refused, { "src/core/probe.ts": io, "src/core/nested/probe.ts": [importOf("../index.ts")] });
});

test("the web page sees what a report is and how things are said, and nothing else of the rest", async () => {
  const report = ["numbers", "page/look-next", "page/model", "result/result-schema", "text/threshold-line"].map(
    (name) => `../report/${name}.ts`,
  );
  const allowed = [...report, "../api/contract/live.ts", "../core/duration.ts", "../core/thresholds/selector.ts"];
  const refused = [
    "../api/schemas.ts",
    "../report/page/html.ts",
    "../report/page/run-report.ts",
    "../core/plan/plan.ts",
  ].map(importOf);
  const files = { "src/ui/probe.ts": [...allowed.map(importOf), ...refused] };
  assert.deepEqual(await refusedStatements(files), { "src/ui/probe.ts": refused });
});

test("the web page takes types of the web API's contract only: its values would bring zod into the browser", async () => {
  const ui = path.join(root, "src/ui");
  const files = (await readdir(ui, { recursive: true })).filter((file) => /\.tsx?$/.test(file));
  const texts = await Promise.all(
    files.map(async (file) => [file, await readFile(path.join(ui, file), "utf8")] as const),
  );
  const importers = texts.filter(([, text]) => text.includes("/api/contract/"));
  assert.ok(importers.length > 0);
  const values = importers.filter(([, text]) => /^(?:import|export) (?!type )[^;]*\/api\/contract\//m.test(text));
  assert.deepEqual(
    values.map(([file]) => file),
    [],
  );
});

test("only src/runner/process writes to the process's own streams, which are the test's elsewhere", async () => {
  const own = ["runner/process/standard-streams.ts", "runner/process/test-output.ts"];
  const src = path.join(root, "src");
  const files = await readdir(src, { recursive: true });
  const sources = files.filter((file) => file.endsWith(".ts") && !own.includes(file.replaceAll(path.sep, "/")));
  const writers: string[] = [];
  for (const file of sources) {
    const text = await readFile(path.join(src, file), "utf8");
    if (/\bprocess\.std(out|err)\b|\{[^}\n]*\bstd(out|err)\b[^}\n]*\} = process\b|\bconsole\./.test(text))
      writers.push(file);
  }
  assert.deepEqual(writers, []);
});

test("a bundled module has no place of its own: only own-files.ts locates files, and the build makes what it names", async () => {
  const bundler = await readFile(path.join(root, "scripts/bootstrap/bundle-code.mjs"), "utf8");
  const wrong: string[] = [];
  for (const [, name] of bundler.matchAll(/"([a-z]+(?:\/[a-z-]+)+)"/g)) {
    if (!existsSync(path.join(root, "src", `${name}.ts`))) wrong.push(`there is no src/${name}.ts`);
  }
  for (const { file, text } of readSources(root)) {
    // A package is found from anywhere in the bundle.
    const rest = text.replaceAll("createRequire(import.meta.url)", "");
    if (/\bimport\.meta\b/.test(rest) && file !== "src/core/own-files.ts") wrong.push(file);
    for (const [, name = ""] of text.matchAll(/\bownModule\("([^"]+)"\)/g)) {
      if (!bundler.includes(`"${name}"`)) wrong.push(`${file}: ${name} is not an entry of the bundle`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("what a package exports from the bundle is what its sources export, and no name more", async () => {
  const { exports } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8")) as {
    exports: Record<string, string | { default: string }>;
  };
  const files = Object.values(exports).map((named) => (typeof named === "string" ? named : named.default));
  const bundled = files.filter((file) => file.startsWith("./dist/bundle/"));
  assert.ok(bundled.length > 2, files.join());
  for (const file of bundled) {
    const names = async (place: string) => Object.keys(await import(path.join(root, place))).toSorted();
    assert.deepEqual(await names(file), await names(file.replace("/bundle/", "/")), file);
  }
});

test("an unhandled promise is refused", async () => {
  const file = "src/core/probe.ts";
  const lines = ["async function work(): Promise<void> {}", "await work();", "void work();", "work();"];
  assert.deepEqual(await refusedStatements({ [file]: lines }, "nursery/noFloatingPromises"), { [file]: ["work();"] });
});

const sources = readSources(root);
const house = measure(sources, testedFiles(root));

test(`a folder has at most ${limits.filesInFolder} files directly, and answers one question`, () => {
  assert.deepEqual(
    house.folders.filter(([, files]) => files > limits.filesInFolder),
    [],
  );
});

/** Small files with one importer that stand alone for a reason. */
const smallFiles: Readonly<Record<string, string>> = {
  "src/analysis/spike/stretch.ts": "what the parts of the spike analysis share",
  "src/api/archive/archive-thread.ts": "the entry of a thread",
  "src/cli/actions/doctor/examine.ts": "loaded when its command is called",
  "src/cli/actions/report-runs.ts": "loaded for several runs only",
  "src/cli/actions/try/inspector.ts": "the debugger, apart from the try",
  "src/report/hdr/encoded-micros.ts": "muster's own histogram, apart from the files of others",
  "src/ui/live/other-pages.tsx": "is loaded only when it is shown",
  "src/ui/pictures/answer-pictures.tsx": "is loaded only when it is shown",
  "src/worker/http/own/idle-time.ts": "the policy of idle connections, apart from the connection",
  "src/worker/http/undici/header-record.ts": "undici's form of headers, apart from its engine",
  "src/worker/link/thread.ts": "the entry of a thread",
  "src/worker/user/code-faults.ts": "what a test's code did wrong, apart from the user",
};

test(`a file below ${limits.linesOfHelper} lines has two importers, or a reason to be a file`, () => {
  assert.deepEqual(house.smallHelpers.toSorted(), Object.keys(smallFiles).toSorted());
});

test("no two files export the same name", () => {
  assert.deepEqual(house.exportedTwice, []);
});

test("no files import each other in a circle, types counted; the linter refuses one too", async () => {
  assert.deepEqual(house.circles, []);
  const [a, b] = ["src/core/probe-a.ts", "src/core/probe-b.ts"];
  const files = {
    [a]: ['import type { B } from "./probe-b.ts";', "export type A = B[];"],
    [b]: ['import type { A } from "./probe-a.ts";', "export type B = A | null;"],
  };
  const refused = await refusedStatements(files, "suspicious/noImportCycles");
  assert.deepEqual(refused, { [a]: [files[a]?.[0]], [b]: [files[b]?.[0]] });
});

test("a listener is implemented once: nobody wraps it to pass it on", () => {
  // A WorkerListener listens on a port, and hears no events: a server is one, and so are workers between two runs.
  const names = sources.flatMap(({ exports }) => exports.filter((name) => /(?:Listener|Events)$/.test(name)));
  const listeners = names.filter((name) => name !== "WorkerListener");
  assert.ok(listeners.length > 0);
  const implementers = listeners.map((name): [string, string[]] => [
    name,
    sources
      .filter(({ text }) => new RegExp(`^(?:export )?class [^{]*implements [^{]*\\b${name}\\b`, "m").test(text))
      .map(({ file }) => file),
  ]);
  assert.deepEqual(
    implementers.filter(([, files]) => files.length > 1),
    [],
  );
});

function importOf(specifier: string): string {
  return `import "${specifier}";`;
}

function forEachFolder(depth: number, lines: (folder: string) => string[]): Record<string, string[]> {
  return Object.fromEntries(
    folders.map((folder) => [`src/${folder}/${"nested/".repeat(depth - 1)}probe.ts`, lines(folder)]),
  );
}

/** Writes files of one statement a line into a project with our configuration; answers which of their lines Biome refuses. */
async function refusedStatements(
  files: Record<string, readonly string[]>,
  rule = "style/noRestrictedImports",
): Promise<Record<string, string[]>> {
  await rm(path.join(project, "src"), { recursive: true, force: true });
  for (const [file, lines] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(project, file)), { recursive: true });
    await writeFile(path.join(project, file), `${lines.join("\n")}\n`);
  }
  const args = [
    biome,
    "lint",
    "--vcs-enabled=false",
    "--max-diagnostics=none",
    `--only=${rule}`,
    "--colors=off",
    "src",
  ];
  const output = await promisify(execFile)(process.execPath, args, { cwd: project }).then(
    ({ stdout, stderr }) => stdout + stderr,
    (failure: { stdout: string; stderr: string }) => failure.stdout + failure.stderr,
  );
  // A Biome that did not start would refuse nothing.
  assert.match(output, new RegExp(`Checked ${Object.keys(files).length} files?`));
  const places = [...output.matchAll(/^(src\/\S+):(\d+):\d+ lint/gm)].map(([, file, line]) => ({
    file,
    line: Number(line),
  }));
  return Object.fromEntries(
    Object.entries(files).map(([file, lines]) => [
      file,
      lines.filter((_, index) => places.some((place) => place.file === file && place.line === index + 1)),
    ]),
  );
}
