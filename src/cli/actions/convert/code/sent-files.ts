import type { DeclaredNames } from "./names.ts";

/** The files that a converted test sends. The test opens each file once, in a constant at the top level. */
export class SentFiles {
  readonly #names: DeclaredNames;
  readonly #constants = new Map<string, string>();

  constructor(names: DeclaredNames) {
    this.#names = names;
  }

  /** Returns the constant of the file. @param path the path as the other tool gives it; the test resolves it relative to its own folder */
  constantOf(path: string): string {
    const known = this.#constants.get(path);
    if (known !== undefined) return known;
    const constant = this.#names.claim(`${baseName(path).replace(/\.\w*$/, "")} file`, "sentFile");
    this.#constants.set(path, constant);
    return constant;
  }

  get paths(): string[] {
    return [...this.#constants.keys()];
  }

  /** Returns the lines that declare the constants. */
  declarations(): string[] {
    return [...this.#constants].map(([path, constant]) => `const ${constant} = file(${JSON.stringify(path)});`);
  }
}

export function baseName(path: string): string {
  return path.replace(/^.*[/\\]/s, "");
}
