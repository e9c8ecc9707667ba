import { fieldCode } from "../code/literals.ts";
import { type DeclaredNames, variableCase } from "../code/names.ts";
import { type LooseObject, objectOf, textOf } from "../loose-json.ts";
import type { ApiDocument } from "./api-document.ts";
import type { ApiOperation } from "./operation.ts";

/** The code that sends the credentials of a security scheme. */
export interface CredentialCode {
  /** The line that declares the constant, whose value comes from the environment. */
  readonly constant: string;
  readonly variables: readonly string[];
  /** The code of a field of `headers`, of a field of `query`, or of the option `auth`. One of the three is used; the others are empty. */
  readonly header: string;
  readonly query: string;
  readonly auth: string;
}

/** Returns the code of each security scheme that an operation needs, by its name; without the schemes that need a client certificate. */
export function credentialsOf(
  document: ApiDocument,
  operations: readonly ApiOperation[],
  names: DeclaredNames,
): ReadonlyMap<string, CredentialCode> {
  const used = new Set(operations.flatMap(({ security }) => security));
  const schemes = document.objectAt(objectOf(document.root["components"])?.["securitySchemes"]);
  return new Map(
    [...used].flatMap((name) => {
      const scheme = document.objectAt(schemes?.[name]);
      return scheme?.["type"] === "mutualTLS" ? [] : [[name, credentialOf(scheme, name, names)] as const];
    }),
  );
}

function credentialOf(scheme: LooseObject | null, name: string, names: DeclaredNames): CredentialCode {
  const variable = variableCase(name);
  const constant = names.claim(name, "credentials");
  const read = `const ${constant} = env(${JSON.stringify(variable)});`;
  const declared = { constant: read, variables: [variable], header: "", query: "", auth: "" };
  const type = textOf(scheme?.["type"]);
  if (type === "apiKey") {
    const field = textOf(scheme?.["name"]);
    const place = textOf(scheme?.["in"]);
    if (place === "query") return { ...declared, query: fieldCode(field, constant) };
    const header =
      place === "cookie" ? `cookie: \`${field}=\${${constant}}\`` : fieldCode(field.toLowerCase(), constant);
    return { ...declared, header };
  }
  const [, passwordScheme = ""] = /^http (basic|digest)$/i.exec(`${type} ${textOf(scheme?.["scheme"])}`) ?? [];
  if (passwordScheme !== "") {
    const variables = [`${variable}_USER`, `${variable}_PASSWORD`];
    const values = variables.map((one) => `env(${JSON.stringify(one)})`);
    const made = `${passwordScheme.toLowerCase()}Auth(${values.join(", ")})`;
    return { ...declared, constant: `const ${constant} = ${made};`, variables, auth: `auth: ${constant}` };
  }
  // HTTP bearer, OAuth 2 and OpenID Connect all send a token.
  return { ...declared, header: `authorization: \`Bearer \${${constant}}\`` };
}
