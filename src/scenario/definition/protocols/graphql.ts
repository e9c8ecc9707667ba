import { describeValue } from "../../../core/describe-value.ts";
import { InvalidValue } from "../../../core/invalid-value.ts";
import type { HttpResponse, RequestOptions } from "../http.ts";

/** Expectations of GraphQL responses. They apply to responses with a status below 400; any other status is a failure as usual. */
export const graphqlExpectations = new WeakSet<object>();

/** Matches comments and strings, in which words may look like an operation. */
const noCode = /#[^\n]*|"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"/g;
const operation = /(?:^|\})\s*(?:query|mutation|subscription)\s+([_A-Za-z]\w*)/g;

/**
 * Returns the options of a request that carries a GraphQL operation: `vu.http.post("/graphql", graphql("query Jobs { … }"))`.
 * The name of the operation is the name of the endpoint. If the response has `errors`, the request fails with the message of
 * the first error. Add options by spreading: `{ ...graphql(…), headers }`.
 * @param document the text of the operation and of its fragments; with several operations, `operationName` chooses one
 * @throws InvalidValue if the document has no operation with a name, or several and none was chosen
 * @see GraphQL over HTTP, https://graphql.github.io/graphql-over-http/draft/
 */
export function graphql(
  document: string | { toString(): string },
  variables?: Readonly<Record<string, unknown>>,
  operationName?: string,
): RequestOptions {
  const query = String(document);
  const name = nameOf(query, operationName);
  const body = { query, operationName: name, ...(variables === undefined ? {} : { variables }) };
  return { name, json: body, expect: isAnswered };
}

function nameOf(query: string, chosen: string | undefined): string {
  const names = [...query.replace(noCode, "").matchAll(operation)].map(([, name = ""]) => name);
  const found = names.length === 0 ? "none with a name" : names.join(", ");
  const [only, ...others] = chosen === undefined ? names : names.filter((name) => name === chosen);
  if (only !== undefined && others.length === 0) return only;
  const wanted =
    chosen === undefined ? "expected one operation with a name, such as query Jobs { … }" : `expected ${chosen}`;
  throw new InvalidValue(`graphql(${describeValue(query.slice(0, 60))}): ${wanted}; found ${found}`);
}

interface GraphqlResponse {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message?: unknown; readonly extensions?: { readonly code?: unknown } }[];
}

function isAnswered(response: HttpResponse): boolean | string {
  let answer: GraphqlResponse | null;
  try {
    answer = response.json<GraphqlResponse | null>();
  } catch {
    return "not a GraphQL response: its body is not JSON";
  }
  const { data, errors = [] } = typeof answer === "object" && answer !== null ? answer : {};
  const [first, ...others] = Array.isArray(errors) ? errors : [];
  if (first === undefined) return data !== undefined || "not a GraphQL response: it has neither data nor errors";
  const { message, extensions } = first ?? {};
  const code = typeof extensions?.code === "string" ? `${extensions.code}: ` : "";
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return `${code}${typeof message === "string" ? message : describeValue(first)}${more}`;
}

graphqlExpectations.add(isAnswered);
