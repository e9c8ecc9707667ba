import type { CodePiece, Piece } from "../code/literals.ts";
import { type DeclaredNames, variableCase } from "../code/names.ts";

/** Postman's dynamic variables in wide use: https://learning.postman.com/docs/tests-and-scripts/write-scripts/variables-list/ */
const dynamic: Readonly<Record<string, CodePiece>> = {
  $guid: { code: "crypto.randomUUID()" },
  $randomUUID: { code: "crypto.randomUUID()" },
  $timestamp: { code: "Math.floor(Date.now() / 1000)", isNumber: true },
  $isoTimestamp: { code: "new Date().toISOString()" },
  $randomInt: { code: "Math.floor(vu.random() * 1000)", isNumber: true },
  $randomBoolean: { code: "String(vu.random() < 0.5)" },
  $randomEmail: { code: "`user${Math.floor(vu.random() * 1e9)}@example.com`" },
  $randomUserName: { code: "`user${Math.floor(vu.random() * 1e9)}`" },
};
const otherRandom: CodePiece = { code: "`text${Math.floor(vu.random() * 1e9)}`" };

/** Writes the `{{variables}}` of a collection as code of the test. */
export class PostmanVariables {
  readonly #initial: ReadonlyMap<string, string | null>;
  /** The fields of the user's state for the variables that scripts set, by the name of the variable. */
  readonly state = new Map<string, string>();
  /** The constants of the test for the other variables, by the name of the variable. */
  readonly #constants = new Map<string, string>();
  /** The constants that replace the secrets in requests, by the name and the text of the secret. */
  readonly #secrets = new Map<string, string>();
  /** The names of variables that are sent in place of a secret. Their values are not written into the test. */
  readonly #secretVariables = new Set<string>();
  readonly #names: DeclaredNames;

  constructor(initial: ReadonlyMap<string, string | null>, setByScripts: ReadonlySet<string>, names: DeclaredNames) {
    this.#initial = initial;
    this.#names = names;
    for (const name of setByScripts) this.state.set(name, names.claim(name, "value"));
  }

  /** Splits a text with `{{variables}}` into pieces. */
  piecesOf(text: string): Piece[] {
    return text.split(/(\{\{[^{}]+\}\})/).map((part): Piece => {
      const [, name] = /^\{\{\s*([^{}]+?)\s*\}\}$/.exec(part) ?? [];
      return name === undefined ? part : this.expressionOf(name);
    });
  }

  /**
   * Splits a secret text into pieces. If the collection contains the secret itself, the test reads it from the environment.
   * @param name the name of the secret, such as that of its header
   */
  secretPiecesOf(name: string, text: string): Piece[] {
    const variables = [...text.matchAll(/\{\{\s*([^{}]+?)\s*\}\}/g)].map(([, variable = ""]) => variable);
    for (const variable of variables) this.#secretVariables.add(variable);
    if (text === "" || variables.length > 0) return this.piecesOf(text);
    const [, scheme = "", secret = text] = /^((?:Basic|Bearer|Token|ApiKey|Key)\s+)(\S.*)$/i.exec(text) ?? [];
    const key = JSON.stringify([name.toLowerCase(), secret]);
    const constant = this.#secrets.get(key) ?? this.#names.claim(name, "secret");
    this.#secrets.set(key, constant);
    return [scheme, { code: constant }];
  }

  expressionOf(name: string): CodePiece {
    if (name.startsWith("$")) return dynamic[name] ?? otherRandom;
    const field = this.state.get(name);
    if (field !== undefined) return { code: `vu.state.${field}` };
    const constant = this.#constants.get(name) ?? this.#names.claim(name, "value");
    this.#constants.set(name, constant);
    return { code: constant };
  }

  /** Returns the initial value of a variable, with the variables in it resolved; empty if it is unknown. */
  valueOf(name: string, depth = 0): string {
    const value = this.#initial.get(name) ?? "";
    return depth > 5
      ? value
      : value.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (_, inner: string) => this.valueOf(inner, depth + 1));
  }

  /** Returns the lines that declare the constants which the code refers to. */
  declarations(): string[] {
    const variables = [...this.#constants].map(([name, constant]) => {
      const value = this.#shownValueOf(name);
      const fallback = value === "" ? "" : `, ${JSON.stringify(value)}`;
      return `const ${constant} = env(${JSON.stringify(variableCase(name))}${fallback});`;
    });
    const secrets = [...this.#secrets.values()].map(
      (constant) => `const ${constant} = env(${JSON.stringify(variableCase(constant))});`,
    );
    return [...variables, ...secrets];
  }

  /** Returns the names of the environment variables that must be set, because the test has no values for them. */
  missing(): string[] {
    const variables = [...this.#constants.keys()].filter((name) => this.#shownValueOf(name) === "");
    return [...variables, ...this.#secrets.values()].map(variableCase);
  }

  /** Writes the fields of the state with their initial values. */
  stateFields(): string[] {
    return [...this.state].map(([name, field]) => `${field}: ${JSON.stringify(this.#shownValueOf(name))}`);
  }

  #shownValueOf(name: string): string {
    return this.#secretVariables.has(name) ? "" : this.valueOf(name);
  }
}
