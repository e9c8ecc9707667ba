import { enclosed, fieldCode, textCode } from "../code/literals.ts";
import type { Pair, PostmanBody } from "./collection.ts";
import { jsonTemplateCode } from "./json-template.ts";
import type { PostmanVariables } from "./variables.ts";

/** The option of a request that sends a body; none without a body, or for a file, which the collection does not contain. */
export function bodyCode(body: PostmanBody | null, variables: PostmanVariables, indent: string): string[] {
  const code = (text: string) => textCode(variables.piecesOf(text));
  switch (body?.kind) {
    case "raw": {
      const json = body.isJson ? jsonTemplateCode(body.text, variables, indent) : null;
      return [json === null ? `body: ${code(body.text)}` : `json: ${json}`];
    }
    case "form":
      return [`form: ${formCode(body.fields, code, indent)}`];
    case "multipart":
      return [`multipart: ${fieldsCode(body.fields, code, indent)}`];
    case "graphql": {
      const values = jsonTemplateCode(body.variables || "{}", variables, `${indent}  `) ?? "{}";
      return [`json: ${enclosed([fieldCode("query", code(body.query)), `variables: ${values}`], "{}", indent)}`];
    }
    default:
      return [];
  }
}

/** The fields of a form as an object. One with repeated names is a list of pairs, which keeps their order. */
function formCode(fields: readonly Pair[], code: (text: string) => string, indent: string): string {
  if (new Set(fields.map(({ name }) => name)).size === fields.length) return fieldsCode(fields, code, indent);
  const pairs = fields.map(({ name, value }) => `[${JSON.stringify(name)}, ${code(value)}]`);
  return `new URLSearchParams(${enclosed(pairs, "[]", indent)})`;
}

/** Fields as an object; those with the same name as a list. */
function fieldsCode(fields: readonly Pair[], code: (text: string) => string, indent: string): string {
  const values = Map.groupBy(fields, ({ name }) => name);
  const lines = [...values].map(([name, list]) => {
    const texts = list.map(({ value }) => code(value));
    return fieldCode(name, texts.length > 1 ? enclosed(texts, "[]", `${indent}  `) : texts.join(""));
  });
  return enclosed(lines, "{}", indent);
}
