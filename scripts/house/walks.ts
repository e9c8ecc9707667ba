import type { SourceFile } from "./sources.ts";

/** One step of a walk: a file, which the step before it is connected with by an import, or by a name that both contain. */
export type Step = string | { readonly file: string; readonly by: string };

/** The files that something passes on its way through the code, in order, by the name of the walk. */
export type Walks = Readonly<Record<string, readonly Step[]>>;

/** The number of different files. */
export function lengthOf(walk: readonly Step[]): number {
  return new Set(walk.map(fileOf)).size;
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
