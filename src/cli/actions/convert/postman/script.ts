import type { JsonPath } from "../code/literals.ts";
import { objectOf, textOf } from "../loose-json.ts";

/** A variable that a script sets after the response. */
export interface SetVariable {
  readonly name: string;
  readonly from:
    | { readonly kind: "json"; readonly path: JsonPath }
    | { readonly kind: "header" | "cookie" | "text"; readonly text: string };
}

/** The effects of the scripts of a request, as far as they are recognized. */
export interface ScriptEffect {
  readonly sets: readonly SetVariable[];
  /** The statuses that the script expects; empty if it expects none. */
  readonly statuses: readonly number[];
  /** Whether a script has effects that are not recognized. */
  readonly isIncomplete: boolean;
}

const accessPath = String.raw`((?:\??\.\w+|\[(?:\d+|"[^"]*"|'[^']*')\])*)`;
const jsonCall = String.raw`(?:pm\.response\.json\(\)|JSON\.parse\((?:responseBody|pm\.response\.text\(\))\))`;
const declaration = new RegExp(String.raw`(?:const|let|var)\s+(\w+)\s*=\s*${jsonCall}${accessPath}\s*;?`, "g");
const destructuring = new RegExp(
  String.raw`(?:const|let|var)\s+\{\s*([\w\s,]+)\}\s*=\s*${jsonCall}${accessPath}\s*;?`,
  "g",
);
const setting =
  /(?:pm\.(?:environment|collectionVariables|globals|variables)\.set|postman\.set(?:Environment|Global)Variable)\(\s*["'`]([^"'`]+)["'`]\s*,\s*(.+?)\s*\)\s*(?:;|$)/gm;
const statusTest =
  /pm\.response\.to\.have\.status\(\s*(\d{3})\s*\)|pm\.expect\(pm\.response\.code\)\.to\.(?:be\.)?(?:equal|eql|eq)\(\s*(\d{3})\s*\)|pm\.expect\(pm\.response\.code\)\.to\.be\.oneOf\(\[([\d,\s]+)\]\)|pm\.response\.to\.be\.ok\b(?:\(\))?/g;
const harmless = /\/\/.*$|\/\*[\s\S]*?\*\/|console\.\w+\([^\n]*\);?|pm\.test\(/gm;

export function scriptEffect(events: readonly unknown[]): ScriptEffect {
  const effects = events.map((event) => {
    const script = objectOf(objectOf(event)?.["script"]);
    const { exec } = script ?? {};
    const text = Array.isArray(exec) ? exec.map(textOf).join("\n") : textOf(exec);
    return effectOf(text);
  });
  return {
    sets: effects.flatMap(({ sets }) => sets),
    statuses: [...new Set(effects.flatMap(({ statuses }) => statuses))],
    isIncomplete: effects.some(({ isIncomplete }) => isIncomplete),
  };
}

function effectOf(text: string): ScriptEffect {
  const aliases = new Map<string, JsonPath>();
  for (const [, name = "", path = ""] of text.matchAll(declaration)) aliases.set(name, pathOf(path));
  for (const [, names = "", path = ""] of text.matchAll(destructuring)) {
    for (const name of names.split(",").map((one) => one.trim()))
      if (name !== "") aliases.set(name, [...pathOf(path), name]);
  }
  const sets: SetVariable[] = [];
  let rest = text.replace(declaration, "").replace(destructuring, "").replace(harmless, "");
  rest = rest.replace(setting, (whole, name: string, value: string) => {
    const from = sourceOf(value, aliases);
    if (from === null) return whole;
    sets.push({ name, from });
    return "";
  });
  const statuses = [...rest.matchAll(statusTest)].flatMap(([, one, two, list]) =>
    (list ?? one ?? two ?? "")
      .split(",")
      .filter((status) => status.trim() !== "")
      .map(Number),
  );
  rest = rest.replace(statusTest, "");
  return { sets, statuses, isIncomplete: /\b(?:pm|postman|tests)\b/.test(rest) };
}

function sourceOf(expression: string, aliases: ReadonlyMap<string, JsonPath>): SetVariable["from"] | null {
  const value = expression.replace(/^String\((.*)\)$/, "$1").replace(/\.toString\(\)$/, "");
  const [, quoted, text = ""] = /^(["'`])([^"'`\\$]*)\1$/.exec(value) ?? [];
  if (quoted !== undefined) return { kind: "text", text };
  const [, header] = /^pm\.response\.headers\.get\(["']([^"']+)["']\)$/.exec(value) ?? [];
  if (header !== undefined) return { kind: "header", text: header };
  const [, cookie] = /^pm\.cookies\.get\(["']([^"']+)["']\)$/.exec(value) ?? [];
  if (cookie !== undefined) return { kind: "cookie", text: cookie };
  const [, direct] = new RegExp(`^${jsonCall}${accessPath}$`).exec(value) ?? [];
  if (direct !== undefined) return { kind: "json", path: pathOf(direct) };
  const [, alias = "", path = ""] = new RegExp(`^(\\w+)${accessPath}$`).exec(value) ?? [];
  const start = aliases.get(alias);
  return start === undefined ? null : { kind: "json", path: [...start, ...pathOf(path)] };
}

/** Parses a path such as `.data[0]["a b"]`. */
function pathOf(text: string): JsonPath {
  return [...text.matchAll(/\.(\w+)|\[(\d+)\]|\[["']([^"']*)["']\]/g)].map(([, name, index, quoted]) =>
    index === undefined ? (name ?? quoted ?? "") : Number(index),
  );
}
