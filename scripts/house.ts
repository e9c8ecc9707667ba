// `npm run house [-- --json] [-- --compare COMMIT]`: the measures of the code's structure, of this checkout and of a commit before it.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { type House, limits, measure } from "./house/measures.ts";
import { readSources, testedFiles } from "./house/sources.ts";
import { lengthOf, verifyWalk, type Walks } from "./house/walks.ts";

const root = path.resolve(import.meta.dirname, "..");
const { values } = parseArgs({ options: { json: { type: "boolean" }, compare: { type: "string" } } });
/** By state of the code: "now", or the commit that the walks were written for. */
const written = JSON.parse(readFileSync(path.join(import.meta.dirname, "house/walks.json"), "utf8")) as Record<
  string,
  Walks
>;

interface Report extends House {
  /** How many files each walk passes, and how many of them are the master's; null for a commit without written walks. */
  readonly walks: Readonly<Record<string, { readonly files: number; readonly ofMaster: number }>> | null;
}

function reportOn(folder: string, walks: Walks | undefined): Report {
  const sources = readSources(folder);
  const tested = testedFiles(folder);
  if (walks === undefined) return { ...measure(sources, tested), walks: null };
  const lengths = Object.entries(walks).map(([name, walk]) => {
    verifyWalk(name, walk, sources);
    return [name, { files: lengthOf(walk), ofMaster: lengthOf(walk, "src/master") }] as const;
  });
  return { ...measure(sources, tested), walks: Object.fromEntries(lengths) };
}

/** The report on a commit, from a copy of its sources. */
function reportOnCommit(commit: string): Report {
  const folder = mkdtempSync(path.join(os.tmpdir(), "muster-house-"));
  try {
    const archive = execFileSync("git", ["archive", commit, "src", "tests"], {
      cwd: root,
      maxBuffer: 256 * 1024 * 1024,
    });
    execFileSync("tar", ["-x", "-C", folder], { input: archive });
    const name = Object.keys(written).find((one) => one !== "now" && commit.startsWith(one));
    return reportOn(folder, name === undefined ? undefined : written[name]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function rowsOf(report: Report): [string, string][] {
  const large = report.folders.filter(([, files]) => files > limits.filesInFolder);
  const walks = Object.entries(report.walks ?? {});
  return [
    ["files", String(report.files)],
    ["lines", String(report.lines)],
    ["mean lines of a file", String(report.meanLines)],
    ["median lines of a file", String(report.medianLines)],
    ["largest folder", report.folders[0]?.toReversed().join(" ") ?? ""],
    [`folders above ${limits.filesInFolder} files`, String(large.length)],
    ["import circles", String(report.circles.length)],
    ["names exported twice", String(report.exportedTwice.length)],
    [`files below ${limits.linesOfHelper} lines with one importer`, String(report.smallHelpers.length)],
    ...walks.map(([name, walk]): [string, string] => {
      return [`files on the walk "${name}"`, `${walk.files} (${walk.ofMaster} of the master)`];
    }),
  ];
}

const now = reportOn(root, written["now"]);
const before = values.compare === undefined ? null : reportOnCommit(values.compare);
if (values.json === true) console.log(JSON.stringify(before === null ? now : { before, now }, null, 2));
else {
  const earlier = new Map(before === null ? [] : rowsOf(before));
  for (const [what, value] of rowsOf(now)) {
    const columns = before === null ? [value] : [earlier.get(what) ?? "", value];
    console.log([what.padEnd(46), ...columns.map((column) => column.padEnd(26))].join(" ").trimEnd());
  }
}
if (before === null) process.exitCode = now.circles.length > 0 ? 1 : 0;
