import { enclosed, fieldCode } from "../code/literals.ts";
import { baseName, type SentFiles } from "../code/sent-files.ts";
import type { CurlOption } from "./curl-options.ts";

/** A part of a form of `curl -F`. */
export interface CurlPart {
  readonly name: string;
  readonly content: { readonly kind: "text" | "file"; readonly value: string };
  readonly fileName: string | null;
  readonly type: string | null;
}

/** Whether the option names a file that the test cannot send: standard input, or a field whose text is in a file. */
export function isUnsentPart({ name, value }: CurlOption): boolean {
  return name === "form" && /^[^=]*=(?:<|@-(?:;|$))/.test(value);
}

/** Returns the parts of the options `-F` and `--form-string`; null if neither is given. */
export function formParts(options: readonly CurlOption[]): CurlPart[] | null {
  const given = options.filter(({ name }) => name === "form" || name === "form-string");
  return given.length === 0 ? null : given.filter((option) => !isUnsentPart(option)).flatMap(partsOf);
}

/** Parses `name=text;type=…` or `name=@file,file;type=…;filename=…`. */
function partsOf({ name: option, value }: CurlOption): CurlPart[] {
  const at = value.indexOf("=");
  const [name, text] = [value.slice(0, at), value.slice(at + 1)];
  if (option === "form-string") return [{ name, content: { kind: "text", value: text }, fileName: null, type: null }];
  const [content, attributes] = withoutAttributes(text);
  const type = attributes.get("type") ?? null;
  const fileName = attributes.get("filename") ?? null;
  if (!content.startsWith("@")) return [{ name, content: { kind: "text", value: content }, fileName, type }];
  const files = content.slice(1).split(",");
  return files.map((file) => ({ name, content: { kind: "file", value: unquoted(file) }, fileName, type }));
}

function withoutAttributes(text: string): [content: string, attributes: Map<string, string>] {
  const attributes = new Map<string, string>();
  let rest = text;
  for (;;) {
    const [whole, name, value] =
      /;\s*(type|filename|encoder|headers)=("(?:[^"\\]|\\.)*"|[^;]*(?:;\s*charset=[^;]*)?)$/.exec(rest) ?? [];
    if (whole === undefined || name === undefined || value === undefined) return [unquoted(rest), attributes];
    attributes.set(name, unquoted(value));
    rest = rest.slice(0, -whole.length);
  }
}

function unquoted(text: string): string {
  return /^"[\s\S]*"$/.test(text) ? text.slice(1, -1).replace(/\\(["\\])/g, "$1") : text;
}

/** Writes the option `multipart` that sends the parts. */
export function multipartCode(parts: readonly CurlPart[], files: SentFiles, indent: string): string {
  const fields = [...Map.groupBy(parts, ({ name }) => name)].map(([name, list]) => {
    const codes = list.map((part) => partCode(part, files, `${indent}  `));
    return fieldCode(name, codes.length > 1 ? enclosed(codes, "[]", `${indent}  `) : codes.join(""));
  });
  return `multipart: ${enclosed(fields, "{}", indent)}`;
}

function partCode({ content, fileName, type }: CurlPart, files: SentFiles, indent: string): string {
  const { kind, value } = content;
  const code = kind === "file" ? files.constantOf(value) : JSON.stringify(value);
  const isOwnName = fileName === null || (kind === "file" && fileName === baseName(value));
  const described = [
    ...(isOwnName ? [] : [`fileName: ${JSON.stringify(fileName)}`]),
    ...(type === null ? [] : [`type: ${JSON.stringify(type)}`]),
  ];
  return described.length === 0 ? code : enclosed([`content: ${code}`, ...described], "{}", indent);
}
