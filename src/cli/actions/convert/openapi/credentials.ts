import { fieldCode, keyCode } from "../code/literals.ts";
import { type DeclaredNames, variableCase } from "../code/names.ts";
import { objectOf, textOf } from "../loose-json.ts";
import type { ApiDocument } from "./api-document.ts";
import type { ApiOperation } from "./operation.ts";

/** The code that sends the credentials of a security scheme. */
export interface CredentialCode {
  /** The line that declares the constant, which comes from the environment. */
  readonly constant: string;
  readonly variable: string;
  /** The field of `headers` or `query`; empty if the scheme cannot be converted. */
  readonly header: string;
  readonly query: string;
}

/** The code of each security scheme that an operation needs, by its name. */
export function credentialsOf(
  document: ApiDocument,
  operations: readonly ApiOperation[],
  names: DeclaredNames,
): ReadonlyMap<string, CredentialCode> {
  const used = new Set(operations.flatMap(({ security }) => security));
  const schemes = document.objectAt(objectOf(document.root["components"])?.["securitySchemes"]);
  return new Map([...used].map((name) => [name, credentialOf(document, schemes?.[name], name, names)]));
}

function credentialOf(document: ApiDocument, given: unknown, name: string, names: DeclaredNames): CredentialCode {
  const scheme = document.objectAt(given);
  const variable = variableCase(name);
  const constant = names.claim(name, "credentials");
  const declared = { variable, header: "", query: "" };
  const line = (code: string) => `const ${constant} = env(${JSON.stringify(variable)});${code}`;
  const type = textOf(scheme?.["type"]);
  if (type === "apiKey") {
    const field = textOf(scheme?.["name"]);
    const place = textOf(scheme?.["in"]);
    if (place === "query") return { ...declared, constant: line(""), query: fieldCode(field, constant) };
    const header =
      place === "cookie" ? `cookie: \`${field}=\${${constant}}\`` : fieldCode(field.toLowerCase(), constant);
    return { ...declared, constant: line(""), header };
  }
  if (type === "http" && /^basic$/i.test(textOf(scheme?.["scheme"]))) {
    return {
      ...declared,
      constant: line(' // "user:password"'),
      header: `${keyCode("authorization")}: \`Basic \${btoa(${constant})}\``,
    };
  }
  // HTTP bearer, OAuth 2 and OpenID Connect all send a token.
  return { ...declared, constant: line(""), header: `${keyCode("authorization")}: \`Bearer \${${constant}}\`` };
}
