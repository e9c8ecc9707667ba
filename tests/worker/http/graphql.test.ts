import assert from "node:assert/strict";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { graphql } from "../../../src/scenario/definition/protocols/graphql.ts";
import { TestClient, TestServer, within, withTimeout } from "./fixture.ts";

async function asked(status: number, answer: string) {
  let sent = "";
  await using server = await TestServer.http(async (request, response) => {
    sent = await text(request);
    response.writeHead(status).end(answer);
  });
  using client = new TestClient(server.url);
  const options = graphql("query Jobs($first: Int) { jobs(first: $first) { id } }", { first: 10 });
  const { error } = await within(client.http.post("/graphql", options), "the request ends");
  return { sent: JSON.parse(sent) as unknown, counted: client.counted, error };
}

test("an operation is sent as GraphQL over HTTP asks for, and gives the endpoint its name", withTimeout, async () => {
  const { sent, counted, error } = await asked(200, '{"data":{"jobs":[]}}');
  const query = "query Jobs($first: Int) { jobs(first: $first) { id } }";
  assert.deepEqual(sent, { query, operationName: "Jobs", variables: { first: 10 } });
  assert.deepEqual([counted.map(([name]) => name), error], [["POST Jobs"], null]);
});

for (const [what, status, answer, failure] of [
  ["an error", 200, '{"data":null,"errors":[{"message":"no such job"}]}', "check: no such job"],
  [
    "errors beside data, with a code",
    200,
    '{"data":{},"errors":[{"message":"log in","extensions":{"code":"UNAUTHENTICATED"}},{"message":"b"}]}',
    "check: UNAUTHENTICATED: log in (and 1 more)",
  ],
  ["an error without a message", 200, '{"errors":[7]}', "check: the number 7"],
  ["no JSON", 200, "<html>", "check: not a GraphQL response: its body is not JSON"],
  ["another JSON", 200, "[]", "check: not a GraphQL response: it has neither data nor errors"],
  ["the status of a server that has failed", 503, "busy", "5xx: 503 Service Unavailable"],
] as const) {
  test(`a response with ${what} is a failure`, withTimeout, async () => {
    const { error } = await asked(status, answer);
    assert.equal(`${error?.kind}: ${error?.message}`, failure);
  });
}

test("the status of a server that has failed keeps its kind where redirects are followed", withTimeout, async () => {
  await using server = await TestServer.http((request, response) => {
    request.resume();
    if (request.url === "/graphql") response.writeHead(307, { location: "/moved" }).end();
    else response.writeHead(503).end("busy");
  });
  using client = new TestClient(server.url, undefined, undefined, { maxRedirects: 5 });
  const { error, redirects } = await within(
    client.http.post("/graphql", graphql("query Jobs { jobs { id } }")),
    "it ends",
  );
  assert.deepEqual([error?.kind, error?.message, redirects.length], ["5xx", "503 Service Unavailable", 1]);
});

test("the name of the operation is found between fragments, comments and strings", () => {
  const fragment = "fragment F on Job { id }";
  for (const document of [
    `${fragment} mutation Create { create(text: "} query No") { ...F } }`,
    `# query No { a }\nmutation Create { create { ...F } } ${fragment}`,
    `"""\n} query No\n"""\n  mutation   Create\n{ create }`,
    new String("mutation Create @live { create }"),
  ]) {
    assert.equal(graphql(document).name, "Create", String(document));
  }
  assert.equal(graphql("query A { a } query B { b }", {}, "B").name, "B");
  for (const [document, chosen, message] of [
    [
      "{ jobs { id } }",
      undefined,
      /expected one operation with a name, such as query Jobs \{ … \}; found none with a name/,
    ],
    ["query { jobs }", undefined, /found none with a name/],
    ["query A { a } query B { b }", undefined, /expected one operation with a name, .*; found A, B/],
    ["query A { a }", "B", /expected B; found A/],
  ] as const) {
    assert.throws(() => graphql(document, undefined, chosen), message);
  }
});
