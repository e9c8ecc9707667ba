import type { TestDefinition } from "../definition/define.ts";

/** The code of a test and its imports without the thresholds: shows whether a name in a threshold can come from the code. */
export class TestCode {
  readonly #code: string;

  /** @param bundleSource empty if the code is not known */
  constructor(bundleSource: string, test: TestDefinition) {
    const map = bundleSource.lastIndexOf("\n//# sourceMappingURL=");
    let code = map < 0 ? bundleSource : bundleSource.slice(0, map);
    for (const { thresholds } of [test, ...Object.values(test.profiles ?? {})]) {
      for (const metric of Object.keys(thresholds ?? {})) {
        if (metric.includes("{")) for (const form of formsOf(metric)) code = code.replaceAll(form, "");
      }
    }
    this.#code = code;
  }

  /** Whether the code contains the text. If not, the test can only compose the text at run time. */
  mentions(text: string): boolean {
    return this.#code.includes(text);
  }

  /** Whether the code has an object with a field of this name: `tags: { kind: "search" }`, `{ kind }`, `tags.kind = …`. */
  mayGiveTag(name: string): boolean {
    const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const field = `["']?(?<![\\w$])${escaped}(?![\\w$])["']?\\s*:`;
    const short = `[{,]\\s*${escaped}\\s*[,}]`;
    const assigned = `(?:\\.${escaped}|\\["${escaped}"\\])\\s*=(?!=)`;
    return new RegExp(`${field}|${short}|${assigned}`).test(this.#code);
  }

  /**
   * Returns the tag names that the code gives to requests, checks and metrics; null if it computes one, as in
   * `tags: { [key]: value }`.
   */
  givenTags(): readonly string[] | null {
    if (this.#code === "") return null;
    const given = new Set<string>();
    for (const { index } of this.#code.matchAll(/(?<![\w$])tags(?![\w$])/g)) {
      const literal = /tags["']?\s*:\s*(?:\[|\{([^{}]*)\})/y;
      literal.lastIndex = index;
      const found = literal.exec(this.#code);
      // A list contains the tags of tasks, for `--tags`.
      const fields = found?.[1] ?? "";
      if (found === null || /\.\.\.|(?:^|,)\s*\[/.test(fields)) return null;
      for (const [, name = ""] of fields.matchAll(/(?:^|,)\s*["']?([^\s"',:]+)/g)) given.add(name);
    }
    return [...given];
  }
}

/** Returns the forms in which a bundle can contain a string. */
function formsOf(text: string): string[] {
  return [text, JSON.stringify(text).slice(1, -1)];
}
