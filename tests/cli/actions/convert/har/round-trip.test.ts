import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { sessionText } from "../../../../../src/cli/actions/convert/har/session-text.ts";
import { bundleTest } from "../../../../../src/scenario/bundle/bundle.ts";
import { loadBundle } from "../../../../../src/scenario/bundle/load-bundle.ts";
import type { VirtualUser } from "../../../../../src/scenario/definition/virtual-user.ts";
import { TestFolder } from "../../../../scenario/bundle/test-folder.ts";
import { assertAsyncProperty } from "../../../../support/property.ts";
import { patienceMs } from "../../../../support/wait-until.ts";
import { TestClient } from "../../../../worker/http/fixture.ts";
import { entry, sessionOf } from "./recording.ts";

interface Seen {
  readonly line: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

let seen: Seen[] = [];
const server = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray());
  seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
  response.end("{}");
});
let url = "";

before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening", { signal: AbortSignal.timeout(patienceMs) });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

/** What the server sees of the test that these entries are converted to. */
async function replay(entries: readonly unknown[]): Promise<Seen[]> {
  seen = [];
  const text = sessionText(sessionOf(entries, { origins: [url] }), "x.har");
  await using folder = await TestFolder.with({ "t.ts": text });
  const definition = await loadBundle(await bundleTest(folder.file("t.ts")));
  const [task] = Object.values(definition.users[0]?.tasks ?? {});
  assert.ok(typeof task === "function");
  using client = new TestClient(url);
  await task({ http: client.http, sleep: async () => {} } as unknown as VirtualUser<object>);
  return seen;
}

const recorded = (request: Readonly<Record<string, unknown>>) => ({
  ...entry({ url, mimeType: "application/json" }),
  request: { headers: [], ...request },
});
const typed = (value: string) => [{ name: "Content-Type", value }];

test("what is converted sends what was recorded, byte by byte", async () => {
  process.env["AUTHORIZATION"] = "Bearer abc";
  const texts = [
    '{"a":1,"b":[null,true,"\u2028`\u0024{x}\\\\"]}',
    '{ "pretty": 1.0, "long": 12345678901234567890, "a": 1, "a": 2 }',
    '{"__proto__":{"a":1}}',
    "`\u0024{process.exit(1)}` \u2028\u2029 \\ \" ' é 日本 😀 \u0000\u0001\u007f",
    "a=1&a=2&b=%C3%A9+x",
    "x".repeat(300_000),
    `{"list":[${Array.from({ length: 300 }, (_, index) => `"item ${index}"`).join(",")}]}`,
  ];
  const binary = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
  const requests = [
    { method: "GET", url: `${url}/a%20b/(c)?q=a%20b&q=%C3%A9&empty=&x='` },
    { method: "DELETE", url: `${url}//two/./slashes/17` },
    { method: "OPTIONS", url: `${url}/options` },
    {
      method: "PUT",
      url: `${url}/jobs/17`,
      headers: [
        { name: "If-Match", value: '"e1"' },
        { name: "X-Tag", value: "é" },
      ],
    },
    { method: "GET", url: `${url}/me`, headers: [{ name: "Authorization", value: "Bearer abc" }] },
    {
      method: "POST",
      url: `${url}/chunks`,
      headers: [
        { name: "Transfer-Encoding", value: "chunked" },
        { name: "Expect", value: "100-continue" },
      ],
    },
    ...texts.map((text) => ({
      method: "POST",
      url: `${url}/body`,
      headers: typed(text.startsWith("{") ? "application/json" : "text/plain"),
      postData: { mimeType: "", text },
    })),
    { method: "PROPFIND", url: `${url}/folder` },
    {
      method: "POST",
      url: `${url}/binary`,
      postData: { mimeType: "a/b", encoding: "base64", text: binary.toString("base64") },
    },
  ];
  const got = await replay(requests.map(recorded));
  delete process.env["AUTHORIZATION"];
  assert.deepEqual(
    got.map(({ line }) => line),
    requests.map(({ method, url: whole }) => `${method} ${new URL(whole).pathname}${new URL(whole).search}`),
  );
  assert.deepEqual(
    got.slice(6, 6 + texts.length).map(({ body }) => body.toString()),
    texts,
  );
  assert.deepEqual(got.at(-1)?.body, binary);
  assert.deepEqual([got[3]?.headers["if-match"], got[3]?.headers["x-tag"]], ['"e1"', "é"]);
  assert.equal(got[4]?.headers["authorization"], "Bearer abc");
  assert.equal(got[6]?.headers["content-type"], "application/json");
  assert.equal(got[11]?.headers["content-type"], "text/plain");
});

test("fields and files arrive as a form of them", async () => {
  const fields = [
    { name: "user", value: "a b&c=d+e" },
    { name: "pass word", value: "é\"'`\u0024{x}" },
  ];
  const file = { name: "file", fileName: "a.png", contentType: "image/png", value: "data:image/png;base64,AAH/" };
  const [form, parts] = await replay([
    recorded({ method: "POST", url, postData: { mimeType: "application/x-www-form-urlencoded", params: fields } }),
    recorded({ method: "POST", url, postData: { mimeType: "multipart/form-data", params: [...fields, file] } }),
  ]);
  const formOf = ({ body, headers }: Seen) =>
    new Response(new Uint8Array(body), { headers: { "content-type": String(headers["content-type"]) } }).formData();
  assert.ok(form && parts);
  const expected = fields.map(({ name, value }) => [name, value]);
  assert.deepEqual([...(await formOf(form))], expected);
  const [first, second, third] = [...(await formOf(parts))];
  assert.deepEqual([first, second], expected);
  assert.ok(third?.[1] instanceof File);
  assert.deepEqual(
    [third[0], third[1].name, third[1].type, Buffer.from(await third[1].arrayBuffer())],
    ["file", "a.png", "image/png", Buffer.of(0, 1, 255)],
  );
});

test("any text is sent as it is, under any path, with any value of a header", async () => {
  const request = fc.record({
    path: fc.webPath(),
    query: fc.webQueryParameters(),
    value: fc.stringMatching(/^[!-~]( ?[!-~]){0,20}$/),
    text: fc.oneof(fc.string({ unit: "binary", minLength: 1 }), fc.json()),
    mimeType: fc.constantFrom("application/json", "text/plain", "application/x-www-form-urlencoded", ""),
  });
  await assertAsyncProperty(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 20 }), async (requests) => {
      const entries = requests.map(({ path, query, value, text, mimeType }) =>
        recorded({
          method: "POST",
          url: `${url}${path}?${query}`,
          headers: [{ name: "X-Value", value }],
          postData: { mimeType, text },
        }),
      );
      const got = await replay(entries);
      for (const [index, { path, query, text, mimeType, value }] of requests.entries()) {
        const { pathname, search } = new URL(`${url}${path}?${query}`);
        assert.equal(got[index]?.line, `POST ${pathname}${search}`);
        assert.equal(got[index]?.body.toString(), Buffer.from(text).toString());
        assert.equal(got[index]?.headers["content-type"] ?? "", mimeType);
        assert.equal(got[index]?.headers["x-value"], value);
      }
      assert.equal(got.length, requests.length);
    }),
    { factor: 0.05 },
  );
});
