import { type JsonPath, keyCode, memberCode } from "../code/literals.ts";
import type { TakenValue } from "./correlation.ts";

/** The functions that the code of taken values calls. The test declares them. */
export const takingHelpers = {
  captured: `/** What the group of the pattern matches in the text. */
function captured(text: string | undefined, pattern: RegExp): string {
  const value = pattern.exec(text ?? "")?.[1];
  if (value === undefined) throw new Error(\`the response does not contain \${pattern}\`);
  return value;
}`,
  htmlText: `/** Decodes the character references of HTML. */
function htmlText(html: string): string {
  const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"' };
  return html.replace(/&(?:#x([0-9a-f]+)|#(\\d+)|(amp|lt|gt|quot));/gi, (_, hex, decimal, name) =>
    name ? (named[name.toLowerCase()] ?? "") : String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal)),
  );
}`,
} as const;

/** Writes the expression that takes the value from its response. @param response the variable with the response */
export function takenCode({ issued }: TakenValue, response: string): string {
  const { origin, pattern, encoding, value, isNumber } = issued;
  const text = (() => {
    switch (origin.from) {
      case "json":
        return jsonCode(response, origin.path, pattern === "" && isNumber ? "number" : "string");
      case "header":
        return memberCode(`${response}.headers`, origin.header);
      case "cookie":
        return memberCode(`${response}.cookies`, origin.cookie);
      case "body":
        return `${response}.text()`;
    }
  })();
  if (pattern !== "") return decodedCode(`captured(${text}, /${pattern}/)`, encoding, value);
  return origin.from === "json" ? text : decodedCode(`${text} ?? ""`, encoding, value);
}

function decodedCode(code: string, encoding: TakenValue["issued"]["encoding"], value: string): string {
  if (encoding === "html") return `htmlText(${code})`;
  return encoding === "percent" && encodeURIComponent(value) !== value ? `decodeURIComponent(${code})` : code;
}

function jsonCode(response: string, path: JsonPath, leaf: string): string {
  const type = path.reduceRight<string>((inner, part) => {
    if (part === 0) return `[${inner}]`;
    return `{ ${typeof part === "number" ? part : keyCode(part)}: ${inner} }`;
  }, leaf);
  return path.reduce<string>(memberCode, `${response}.json<${type}>()`);
}
