import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import type { MultipartFields } from "../../../../src/scenario/definition/http.ts";
import type { TestFile, TestFileOptions } from "../../../../src/scenario/definition/test-file.ts";
import { file, openingFiles } from "../../../../src/scenario/files/test-files.ts";
import { DefaultHeaders } from "../../../../src/worker/http/request/default-headers.ts";
import { TestFolder } from "../../../scenario/bundle/test-folder.ts";
import { TestClient, TestServer, within, withTimeout } from "../fixture.ts";

/** Opens a file as a test does. */
async function opened(path: string, from: string, options?: TestFileOptions): Promise<TestFile> {
  return await openingFiles(`${from}/${path}`, from, async () => file(path, options));
}

interface Received {
  readonly contentType: string;
  readonly length: string | undefined;
  readonly bytes: Buffer;
}

/** A server that keeps what it was sent. */
async function receiving(): Promise<{ server: TestServer; received: Received[] }> {
  const received: Received[] = [];
  const server = await TestServer.http((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { "content-type": contentType = "", "content-length": length } = request.headers;
      received.push({ contentType, length, bytes: Buffer.concat(chunks) });
      response.end();
    });
  });
  return { server, received };
}

/** Reads a body as another implementation does. */
async function formOf({ contentType, bytes }: Received): Promise<FormData> {
  return await new Response(new Uint8Array(bytes), { headers: { "content-type": contentType } }).formData();
}

async function partsOf(form: FormData): Promise<unknown[]> {
  return await Promise.all(
    [...form].map(async ([name, value]) =>
      typeof value === "string" ? [name, value] : [name, value.name, value.type, await value.text()],
    ),
  );
}

test("fields, files, bytes and lists are sent in order, each with its name and type", withTimeout, async () => {
  const { server, received } = await receiving();
  await using _ = server;
  await using folder = await TestFolder.with({ "a.txt": "one", "b.pdf": "two" });
  const [first, second] = [
    await opened("a.txt", folder.path),
    await opened("b.pdf", folder.path, { name: 'ü"\n.pdf' }),
  ];
  using client = new TestClient(server.url);
  const multipart: MultipartFields = {
    title: "Täst",
    page: 2,
    big: 3n,
    yes: true,
    files: [first, second],
    raw: new Uint8Array([65, 66]),
    view: new DataView(new Uint8Array([67]).buffer),
    meta: { content: '{"a":1}', type: "application/json" },
    note: { content: "text", fileName: "note.md", type: "text/markdown" },
    renamed: { content: first, fileName: "z.bin" },
  };
  const got = await within(client.http.post("/", { multipart }), "it is answered");
  assert.equal(got.status, 200);
  const [one] = received as [Received];
  assert.equal(one.length, String(one.bytes.length));
  assert.deepEqual(await partsOf(await formOf(one)), [
    ["title", "Täst"],
    ["page", "2"],
    ["big", "3"],
    ["yes", "true"],
    ["files", "a.txt", "text/plain", "one"],
    ["files", 'ü"\n.pdf', "application/pdf", "two"],
    ["raw", "raw", "application/octet-stream", "AB"],
    ["view", "view", "application/octet-stream", "C"],
    ["meta", '{"a":1}'],
    ["note", "note.md", "text/markdown", "text"],
    ["renamed", "z.bin", "text/plain", "one"],
  ]);
  assert.match(one.bytes.toString(), /name="meta"\r\nContent-Type: application\/json\r\n\r\n\{"a":1\}\r\n--muster-/);
});

test("large parts are sent from the memory that they are in, and arrive whole", withTimeout, async () => {
  const { server, received } = await receiving();
  await using _ = server;
  await using folder = await TestFolder.with({});
  const large = Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => (at * 7) % 251));
  await writeFile(folder.file("large.bin"), large);
  const opening = await opened("large.bin", folder.path);
  using client = new TestClient(server.url);
  for (let count = 0; count < 2; count++) {
    await within(client.http.post("/", { multipart: { a: opening, b: "x", c: opening }, name: "up" }), "answered");
  }
  assert.equal(opening.bytes(), opening.bytes());
  for (const one of received) {
    const form = await formOf(one);
    const sizes = form
      .getAll("a")
      .concat(form.getAll("c"))
      .map((part) => (part as File).size);
    assert.deepEqual([sizes, form.get("b")], [[large.length, large.length], "x"]);
    assert.deepEqual(Buffer.from(await (form.get("c") as File).arrayBuffer()), large);
  }
  const boundaries = received.map(({ contentType }) => contentType);
  assert.notEqual(boundaries[0], boundaries[1]);
});

test("a Blob or a File in it is read first", withTimeout, async () => {
  const { server, received } = await receiving();
  await using _ = server;
  using client = new TestClient(server.url);
  const multipart = { a: new Blob(["x"]), b: new File(["y"], "y.csv", { type: "text/csv" }), c: "z" };
  await within(client.http.post("/", { multipart }), "it is answered");
  assert.deepEqual(await partsOf(await formOf(received[0] as Received)), [
    ["a", "a", "application/octet-stream", "x"],
    ["b", "y.csv", "text/csv", "y"],
    ["c", "z"],
  ]);
});

test("a file as the whole body brings its type along, and an empty one is sent", withTimeout, async () => {
  const { server, received } = await receiving();
  await using _ = server;
  await using folder = await TestFolder.with({ "a.csv": "x,y\n", "empty.bin": "" });
  using client = new TestClient(server.url);
  await client.http.put("/", { body: await opened("a.csv", folder.path) });
  await client.http.put("/", { body: await opened("empty.bin", folder.path) });
  assert.deepEqual(
    received.map(({ contentType, length, bytes }) => [contentType, length, bytes.toString()]),
    [
      ["text/csv", "4", "x,y\n"],
      ["application/octet-stream", "0", ""],
    ],
  );
});

test("it goes along with a redirect that keeps the method, and has its own content type", withTimeout, async () => {
  const { server, received } = await receiving();
  await using _ = server;
  await using from = await TestServer.http((_request, response) => {
    response.writeHead(307, { location: `${server.url}/` }).end();
  });
  using client = new TestClient(from.url, undefined, undefined, {
    headers: DefaultHeaders.of({ "content-type": "application/json" }),
  });
  await client.http.post("/", { multipart: { a: "1" }, maxRedirects: 1 });
  assert.deepEqual([...(await formOf(received[0] as Received))], [["a", "1"]]);
});

for (const [what, multipart, message] of [
  ["a text", "a=1", /the option multipart is the string "a=1"; expected an object such as/],
  ["a FormData", new FormData(), /the option multipart is a FormData; Object\.fromEntries/],
  ["no value", { a: undefined }, /multipart\.a is undefined; leave the field out, or give it a value/],
  ["a promise", { a: Promise.resolve(1) }, /multipart\.a is a promise; await it first/],
  [
    "an object",
    { "a b": { b: 1 } },
    /multipart\["a b"\] is an object; expected a string, a number, bytes, a file such as/,
  ],
  ["a bad one in a list", { a: ["x", null] }, /multipart\.a\[1\] is null; leave the field out/],
  ["not a number", { a: Number.NaN }, /multipart\.a is the number NaN/],
  [
    "a misspelt field",
    { a: { content: "x", filename: "y" } },
    /multipart\.a has an unknown field "filename"; valid: content, fileName, type/,
  ],
  ["a type that is no text", { a: { content: "x", type: 5 } }, /multipart\.a\.type is the number 5; expected a string/],
  [
    "a type of two lines",
    { a: { content: "x", type: "a\nb" } },
    /multipart\.a\.type: the value of the header content-type contains a line break/,
  ],
  ["no content", { a: { content: undefined, type: "a/b" } }, /multipart\.a\.content is undefined/],
] as const) {
  test(`${what} in multipart is refused by name`, withTimeout, async () => {
    using client = new TestClient("http://127.0.0.1:1");
    await assert.rejects(client.http.post("/", { multipart } as never), message);
  });
}

test("together with another body it is refused, as is the option of another client", withTimeout, async () => {
  using client = new TestClient("http://127.0.0.1:1");
  await assert.rejects(
    client.http.post("/", { multipart: { a: "1" }, body: "x" }),
    /it has multipart and body; at most one of json, form, multipart and body is sent/,
  );
  await assert.rejects(
    client.http.post("/", { files: {} } as never),
    /unknown option "files"; multipart sends fields and files/,
  );
});
