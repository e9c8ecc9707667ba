import path from "node:path";
import { importersOf, type SourceFile } from "./sources.ts";

/** A folder has at most this many files, and a file with one importer at least so many lines (CONTRIBUTING). */
export const limits = { filesInFolder: 22, linesOfHelper: 40 } as const;

export interface House {
  readonly files: number;
  readonly lines: number;
  readonly meanLines: number;
  readonly medianLines: number;
  /** The number of files directly in each folder, the largest first. */
  readonly folders: readonly (readonly [folder: string, files: number])[];
  /** Groups of files that import each other in a circle; imports of types count. */
  readonly circles: readonly (readonly string[])[];
  /** Names that more than one file exports, with these files. */
  readonly exportedTwice: readonly (readonly [name: string, files: readonly string[]])[];
  /** Files below the limit of lines that one file imports, and no test. */
  readonly smallHelpers: readonly string[];
}

/** @param tested the files that tests import */
export function measure(sources: readonly SourceFile[], tested: ReadonlySet<string>): House {
  const lines = sources.map((source) => source.lines).sort((a, b) => a - b);
  const total = lines.reduce((sum, count) => sum + count, 0);
  const importers = importersOf(sources);
  const small = sources.filter((source) => source.lines < limits.linesOfHelper);
  return {
    files: sources.length,
    lines: total,
    meanLines: Math.round(total / sources.length),
    medianLines: lines[Math.floor(lines.length / 2)] ?? 0,
    folders: sizesOf(sources.map(({ file }) => path.posix.dirname(file))),
    circles: circlesIn(sources),
    exportedTwice: exportedTwice(sources),
    smallHelpers: small
      .filter(({ file }) => importers.get(file)?.length === 1 && !tested.has(file))
      .map(({ file }) => file),
  };
}

function sizesOf(folders: readonly string[]): (readonly [string, number])[] {
  const groups = Map.groupBy(folders, (folder) => folder);
  return [...groups].map(([folder, files]) => [folder, files.length] as const).sort((a, b) => b[1] - a[1]);
}

function exportedTwice(sources: readonly SourceFile[]): (readonly [string, readonly string[]])[] {
  const declarations = sources.flatMap(({ file, exports }) => exports.map((name) => ({ name, file })));
  const groups = [...Map.groupBy(declarations, ({ name }) => name)].filter(([, files]) => files.length > 1);
  return groups.map(([name, files]) => [name, files.map(({ file }) => file)] as const);
}

/** R. Tarjan, "Depth-first search and linear graph algorithms", SIAM J. Comput. 1 (1972): strongly connected components. */
function circlesIn(sources: readonly SourceFile[]): string[][] {
  const imports = new Map(sources.map((source) => [source.file, source.imports]));
  const numbers = new Map<string, number>();
  const lowest = new Map<string, number>();
  const path: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): number => {
    const number = numbers.size;
    numbers.set(file, number);
    path.push(file);
    let low = number;
    for (const to of imports.get(file) ?? []) {
      if (!numbers.has(to)) low = Math.min(low, visit(to));
      else if (path.includes(to)) low = Math.min(low, lowest.get(to) ?? numbers.get(to) ?? low);
      lowest.set(file, low);
    }
    if (low === number) {
      const group = path.splice(path.indexOf(file));
      if (group.length > 1) circles.push(group);
    }
    return low;
  };
  for (const { file } of sources) if (!numbers.has(file)) visit(file);
  return circles;
}
