import type { SourceFile } from "./sources.ts";

/** One step of a walk: a file, which the step before it is connected with by an import, or by a name that both contain. */
export type Step = string | { readonly file: string; readonly by: string };

/**
 * The files that something passes on its way through the code, in order, by the name of the walk. A file belongs to a walk if
 * a call on the way enters it with that thing, or with what the thing has become, and it passes the thing on, changes it,
 * decides on it or keeps it. Files that only declare types, describe the thing to people, look up a part of it, or are the
 * store do not belong to it. A file may occur several times: each step is connected with the one before it.
 */
export type Walks = Readonly<Record<string, readonly Step[]>>;

/** The number of different files in `folder` or below. */
export function lengthOf(walk: readonly Step[], folder = "src"): number {
  return new Set(walk.map(fileOf).filter((file) => file.startsWith(`${folder}/`))).size;
}

/**
 * Checks that a walk can be walked.
 * @throws Error that names a file that does not exist, or two files that are not connected
 */
export function verifyWalk(name: string, walk: readonly Step[], sources: readonly SourceFile[]): void {
  const byFile = new Map(sources.map((source) => [source.file, source]));
  let previous: SourceFile | null = null;
  for (const step of walk) {
    const source = byFile.get(fileOf(step));
    if (source === undefined) throw new Error(`walk "${name}": ${fileOf(step)} does not exist`);
    if (previous !== null && !isConnected(previous, source, typeof step === "string" ? null : step.by))
      throw new Error(`walk "${name}": ${previous.file} and ${source.file} are not connected; is a step missing?`);
    previous = source;
  }
}

function isConnected(a: SourceFile, b: SourceFile, by: string | null): boolean {
  if (by !== null) return a.text.includes(by) && b.text.includes(by);
  return a.file === b.file || a.imports.includes(b.file) || b.imports.includes(a.file);
}

function fileOf(step: Step): string {
  return typeof step === "string" ? step : step.file;
}
