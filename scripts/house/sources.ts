import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** A TypeScript file of `src`, as far as the structure of the code is concerned. Paths are relative to the checkout. */
export interface SourceFile {
  readonly file: string;
  readonly lines: number;
  /** The files of `src` that it imports, also lazily, for types, or by the URL of a thread. */
  readonly imports: readonly string[];
  /** The names that it declares and exports; overloads count once. */
  readonly exports: readonly string[];
  readonly text: string;
}

const specifier = /(?:\bfrom|\bimport\(|\bimport|\bnew URL\(|\?)\s*"(\.{1,2}\/[^"]+\.tsx?)"/g;
/** Names a module by its path below `src`; see `src/core/own-files.ts`. */
const ownModule = /\bownModule\("([^"]+)"\)/g;
const exported =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|const|let|class|interface|type|enum) (\w+)/gm;

/** Reads the files of `src` in the checkout at `root`. Formatted code is read by its text: there is one statement a line. */
export function readSources(root: string): SourceFile[] {
  const names = readdirSync(path.join(root, "src"), { recursive: true, encoding: "utf8" }).sort();
  const files = names.filter((name) => /\.tsx?$/.test(name)).map((name) => `src/${name.replaceAll(path.sep, "/")}`);
  const known = new Set(files);
  return files.map((file) => {
    const text = readFileSync(path.join(root, file), "utf8");
    const imports = [
      ...[...text.matchAll(specifier)].map(([, to = ""]) => path.posix.join(path.posix.dirname(file), to)),
      ...[...text.matchAll(ownModule)].map(([, name = ""]) => `src/${name}.ts`),
    ];
    return {
      file,
      lines: text.split("\n").length - 1,
      imports: [...new Set(imports)].filter((to) => known.has(to) && to !== file),
      exports: [...new Set([...text.matchAll(exported)].map(([, name = ""]) => name))],
      text,
    };
  });
}

/** The files of `src` that tests import, and so need to be files of their own. */
export function testedFiles(root: string): ReadonlySet<string> {
  const names = readdirSync(path.join(root, "tests"), { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => name.endsWith(".ts")).map((name) => `tests/${name.replaceAll(path.sep, "/")}`);
  const imported = files.flatMap((file) => {
    const text = readFileSync(path.join(root, file), "utf8");
    return [...text.matchAll(specifier)].map(([, to = ""]) => path.posix.join(path.posix.dirname(file), to));
  });
  return new Set(imported);
}

/** The files that import a file, by its name. */
export function importersOf(sources: readonly SourceFile[]): ReadonlyMap<string, readonly string[]> {
  const importers = new Map(sources.map(({ file }): [string, string[]] => [file, []]));
  for (const { file, imports } of sources) for (const to of imports) importers.get(to)?.push(file);
  return importers;
}
