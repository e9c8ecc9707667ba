import { isSecretField } from "../../../../core/redaction/secret-names.ts";
import { enclosed, fieldCode, textCode } from "../code/literals.ts";
import type { SentFiles } from "../code/sent-files.ts";
import type { Pair, PostmanBody } from "./collection.ts";
import { jsonTemplateCode } from "./json-template.ts";
import type { PostmanVariables } from "./variables.ts";

/** The variables and files that the code of a body refers to. */
export interface BodyContext {
  readonly variables: PostmanVariables;
  readonly files: SentFiles;
}

/** Writes the option of a request that sends a body. Returns no option if there is no body, or if it is a file whose path is unknown. */
export function bodyCode(body: PostmanBody | null, { variables, files }: BodyContext, indent: string): string[] {
  const code = ({ name, value }: Pair) =>
    textCode(isSecretField(name) ? variables.secretPiecesOf(name, value) : variables.piecesOf(value));
  switch (body?.kind) {
    case "raw": {
      const json = body.isJson ? jsonTemplateCode(body.text, variables, indent) : null;
      return [json === null ? `body: ${textCode(variables.piecesOf(body.text))}` : `json: ${json}`];
    }
    case "form":
      return [`form: ${formCode(body.fields, code, indent)}`];
    case "multipart": {
      const parts = body.fields.flatMap((part) => {
        const contents = part.paths?.map((path) => files.constantOf(path)) ?? [code(part)];
        return contents.map((content) => ({ name: part.name, code: partCode(content, part.type) }));
      });
      return [`multipart: ${fieldsCode(parts, indent)}`];
    }
    case "graphql": {
      const values = jsonTemplateCode(body.variables || "{}", variables, `${indent}  `) ?? "{}";
      const query = textCode(variables.piecesOf(body.query));
      return [`json: ${enclosed([fieldCode("query", query), `variables: ${values}`], "{}", indent)}`];
    }
    case "file":
      return body.path === "" ? [] : [`body: ${files.constantOf(body.path)}`];
    default:
      return [];
  }
}

function partCode(content: string, type: string): string {
  return type === "" ? content : `{ content: ${content}, type: ${JSON.stringify(type)} }`;
}

/** Writes the fields of a form as an object. If names are repeated, writes a list of pairs, which keeps their order. */
function formCode(fields: readonly Pair[], code: (field: Pair) => string, indent: string): string {
  const isRepeated = new Set(fields.map(({ name }) => name)).size < fields.length;
  if (!isRepeated)
    return fieldsCode(
      fields.map((field) => ({ name: field.name, code: code(field) })),
      indent,
    );
  const pairs = fields.map((field) => `[${JSON.stringify(field.name)}, ${code(field)}]`);
  return `new URLSearchParams(${enclosed(pairs, "[]", indent)})`;
}

/** Writes fields as an object. Fields with the same name become a list. */
function fieldsCode(fields: readonly { readonly name: string; readonly code: string }[], indent: string): string {
  const lines = [...Map.groupBy(fields, ({ name }) => name)].map(([name, list]) => {
    const codes = list.map(({ code }) => code);
    return fieldCode(name, codes.length > 1 ? enclosed(codes, "[]", `${indent}  `) : codes.join(""));
  });
  return enclosed(lines, "{}", indent);
}
