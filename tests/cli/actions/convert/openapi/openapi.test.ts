import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiDocument, parseApiText } from "../../../../../src/cli/actions/convert/openapi/api-document.ts";
import { valueOfSchema } from "../../../../../src/cli/actions/convert/openapi/example-value.ts";
import { convertOpenApi } from "../../../../../src/cli/actions/convert/openapi/openapi-text.ts";

const ok = { responses: { 200: { description: "" } } };
const described = (paths: object, rest: object = {}) => ({
  openapi: "3.1.0",
  info: { title: "Shop API" },
  paths,
  ...rest,
});
const textOf = (paths: object, rest: object = {}) => convertOpenApi("api.json", described(paths, rest)).text;
const json = (schema: object) => ({ content: { "application/json": { schema } } });

test("a schema gives its example, default or first choice, otherwise a value of its type and limits", () => {
  const document = new ApiDocument(
    "a",
    described(
      { "/": { get: ok } },
      {
        components: {
          schemas: {
            Node: {
              type: "object",
              required: ["next", "id"],
              properties: { id: { type: "integer" }, next: { $ref: "#/components/schemas/Node" } },
            },
          },
        },
      },
    ),
  );
  const cases: readonly (readonly [object, unknown])[] = [
    [{ type: "string", example: "a", default: "b" }, "a"],
    [{ type: "string", default: "b", enum: ["c"] }, "b"],
    [{ enum: ["c", "d"] }, "c"],
    [{ const: 4 }, 4],
    [{ type: ["string", "null"], minLength: 6 }, "textxx"],
    [{ type: "string", maxLength: 2 }, "te"],
    [{ type: "string", format: "date" }, "2026-01-31"],
    [{ type: "integer", minimum: 5, multipleOf: 4 }, 8],
    [{ type: "number", exclusiveMinimum: 5 }, 6],
    [{ type: "number", maximum: 0.5 }, 0.5],
    [{ type: "boolean" }, true],
    [{ type: "array", minItems: 2, items: { type: "integer" } }, [1, 1]],
    [
      {
        properties: { a: { type: "string" }, b: { example: 2 }, c: {}, d: { readOnly: true, example: 1 } },
        required: ["a", "d"],
      },
      { a: "text", b: 2 },
    ],
    [{ allOf: [{ properties: { a: { example: 1 } } }, { properties: { b: { example: 2 } } }] }, { a: 1, b: 2 }],
    [{ oneOf: [{ type: "null" }, { type: "integer" }] }, 1],
    [{}, null],
  ];
  for (const [schema, value] of cases) assert.deepEqual(valueOfSchema(document, schema), value, JSON.stringify(schema));
  // A circle ends.
  assert.match(
    JSON.stringify(valueOfSchema(document, { $ref: "#/components/schemas/Node" })),
    /^\{"id":1,"next":\{"id":1,"next":/,
  );
});

test("an id comes from what creates its resource, else from its list; nested ones from both", () => {
  const text = textOf({
    "/users": {
      get: {
        operationId: "listUsers",
        responses: { 200: json({ type: "array", items: { properties: { id: { type: "integer" } } } }) },
      },
    },
    "/users/{userId}/orders": {
      post: {
        operationId: "createOrder",
        requestBody: json({ example: { userId: 1, count: 2 } }),
        responses: { 201: json({ properties: { data: { properties: { order_id: { type: "string" } } } } }) },
      },
    },
    "/users/{userId}/orders/{orderId}": {
      get: { operationId: "getOrder", ...ok },
      delete: { operationId: "deleteOrder", ...ok },
    },
    "/users/{userId}": { delete: { operationId: "deleteUser", ...ok } },
  });
  assert.match(text, /vu\.http\.get\(`\/users\/\$\{await userId\(vu\)\}\/orders\/\$\{await orderId\(vu\)\}`/);
  assert.match(text, /name: "\/users\/:userId\/orders\/:orderId"/);
  assert.match(text, /json: \{ userId: await userId\(vu\), count: 2 \}/);
  assert.match(text, /vu\.state\.orderId = response\.json<\{ data: \{ order_id: string \} \}>\(\)\.data\.order_id;/);
  assert.match(text, /const found = response\.ok \? response\.json<\{ id: number \}\[\]>\(\) : \[\];/);
  assert.match(text, /delete vu\.state\.orderId;/);
  // The users in the list are not this test's.
  assert.match(text, /deleteUser: \{\n? *weight: 0,/);
});

test("a link of a response says where an id comes from; without a source it comes from the environment", () => {
  const text = textOf({
    "/uploads": {
      post: {
        operationId: "upload",
        responses: {
          201: {
            description: "",
            links: { file: { operationId: "getFile", parameters: { fileId: "$response.body#/file/ref" } } },
          },
        },
      },
    },
    "/files/{fileId}": { get: { operationId: "getFile", ...ok } },
    "/shops/{shop}": {
      get: { operationId: "getShop", parameters: [{ name: "shop", in: "path", example: "berlin" }], ...ok },
    },
  });
  assert.match(text, /vu\.state\.fileId = response\.json<\{ file: \{ ref: string \} \}>\(\)\.file\.ref;/);
  assert.match(text, /^const shopId = env\("SHOP_ID", "berlin"\);$/m);
  assert.match(text, /vu\.http\.get\(`\/shops\/\$\{shopId\}`/);
});

test("credentials of each scheme come from the environment, for the class if all operations share them", () => {
  const securitySchemes = {
    token: { type: "oauth2" },
    login: { type: "http", scheme: "basic" },
    camera: { type: "http", scheme: "Digest" },
    badge: { type: "mutualTLS" },
    apiKey: { type: "apiKey", in: "header", name: "X-Api-Key" },
    queryKey: { type: "apiKey", in: "query", name: "key" },
  };
  const components = { components: { securitySchemes } };
  assert.match(
    textOf({ "/a": { get: ok } }, { ...components, security: [{ apiKey: [] }] }),
    /^ {2}headers: \{ "x-api-key": apiKey \},$/m,
  );
  const text = textOf(
    {
      "/a": { get: { ...ok, security: [{ token: [] }] } },
      "/b": { get: { ...ok, security: [{ login: [], queryKey: [] }] } },
      "/c": { get: ok },
      "/d": { get: { ...ok, security: [{ badge: [] }] } },
    },
    components,
  );
  assert.match(text, /get\("\/a", \{ headers: \{ authorization: `Bearer \$\{token\}` \} \}\)/);
  assert.match(text, /^const login = basicAuth\(env\("LOGIN_USER"\), env\("LOGIN_PASSWORD"\)\);$/m);
  assert.match(text, /^import \{ basicAuth, between, /);
  assert.match(text, /query: \{ key: queryKey \}, auth: login \}/);
  assert.match(text, /environment: TOKEN, LOGIN_USER, LOGIN_PASSWORD, QUERY_KEY\.$/m);
  assert.match(text, /^\/\/ Not converted: the client certificate of badge\./m);
  assert.match(text, /vu\.http\.get\("\/d"\)/);
  const shared = textOf({ "/a": { get: ok } }, { ...components, security: [{ camera: [] }] });
  assert.match(shared, /^const camera = digestAuth\(env\("CAMERA_USER"\), env\("CAMERA_PASSWORD"\)\);$/m);
  assert.match(shared, /^ {2}auth: camera,$/m);
  assert.match(text, /vu\.http\.get\("\/c"\)/);
});

test("bodies of each kind, parameters, servers with variables", () => {
  const body = (type: string, media: object) => ({ requestBody: { content: { [type]: media } }, ...ok });
  const text = textOf(
    {
      "/form": { post: body("application/x-www-form-urlencoded", { example: { a: 1, "b-c": "x" } }) },
      "/multi": { post: body("multipart/form-data", { example: { file: "x" } }) },
      "/text": { post: body("text/csv", { example: "a,b" }) },
      "/patch": { patch: body("application/merge-patch+json", { examples: { one: { value: { a: null } } } }) },
      "/list/{kind}.json": {
        get: {
          ...ok,
          parameters: [
            { name: "kind", in: "path", example: "a b" },
            { name: "ids", in: "query", required: true, example: [1, 2] },
            { name: "page", in: "query", schema: { type: "integer" } },
            { name: "X-Tenant", in: "header", required: true, schema: { type: "string" } },
          ],
        },
      },
      "/old": { get: { ...ok, deprecated: true } },
    },
    { servers: [{ url: "https://{region}.shop.example/v1/", variables: { region: { default: "eu" } } }] },
  );
  assert.match(text, /host: env\("SERVICE_URL", "https:\/\/eu\.shop\.example\/v1"\)/);
  assert.match(text, /form: \{ a: "1", "b-c": "x" \}/);
  assert.match(text, /multipart: \{ file: "x" \}/);
  assert.match(text, /headers: \{ "content-type": "text\/csv" \}, body: "a,b"/);
  assert.match(text, /headers: \{ "content-type": "application\/merge-patch\+json" \},?\s+json: \{ a: null \}/);
  assert.match(
    text,
    /get\("\/list\/a%20b\.json", \{\n? *name: "\/list\/:kind\.json",\s+query: \{ ids: "1,2" \},\s+headers: \{ "x-tenant": "text" \}/,
  );
  assert.doesNotMatch(text, /\/old|page/);
});

test("what cannot be converted is refused in one line", async () => {
  const refused: readonly (readonly [object, RegExp])[] = [
    [
      { swagger: "2.0" },
      /^api\.json is not an OpenAPI description that can be converted: it is Swagger 2\.0; convert it to OpenAPI 3 first/,
    ],
    [{ openapi: "4.0.0" }, /its field openapi is "4\.0\.0"; OpenAPI 3 can be converted$/],
    [described({}), /its field paths has no path$/],
    [described({ "/a": { get: { ...ok, deprecated: true } } }), /it has no operation, or only deprecated ones$/],
    [described({ "/a": { $ref: "./a.yaml" } }), /\$ref "\.\/a\.yaml" is in another file; bundle them first/],
    [described({ "/a": { $ref: "#/nothing/here" } }), /\$ref "#\/nothing\/here" refers to nothing$/],
    [described({ "/a": { $ref: "#/not%here" } }), /\$ref "#\/not%here" refers to nothing$/],
  ];
  for (const [root, message] of refused) {
    assert.throws(() => convertOpenApi("api.json", root as Record<string, unknown>), { message });
  }
  for (const [text, message] of [
    ["openapi: [", /^api\.yaml cannot be read as JSON or YAML: .*line 1/],
    ["{", /^api\.yaml cannot be read as JSON or YAML: /],
    ["- a", /^api\.yaml contains no OpenAPI description$/],
  ] as const) {
    await assert.rejects(parseApiText("api.yaml", text), { message });
  }
});
