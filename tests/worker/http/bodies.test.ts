import assert from "node:assert/strict";
import { openAsBlob } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { DefaultHeaders } from "../../../src/worker/http/request/default-headers.ts";
import { TestFolder } from "../../scenario/bundle/test-folder.ts";
import { type Echo, echo, TestClient, TestServer, within, withTimeout } from "./fixture.ts";

const bytes = new TextEncoder().encode("abcdefgh");

function shared(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(8);
  new Uint8Array(memory).set(bytes);
  return memory;
}

for (const [what, body, type] of [
  ["an ArrayBuffer", bytes.buffer, undefined],
  ["a SharedArrayBuffer", shared(), undefined],
  ["a view of shared memory", new Uint8Array(shared()), undefined],
  ["an Int32Array", new Int32Array(bytes.buffer), undefined],
  ["a Float64Array", new Float64Array(bytes.buffer), undefined],
  ["a DataView", new DataView(bytes.buffer), undefined],
  ["a Buffer", Buffer.from(bytes), undefined],
  ["a URLSearchParams", new URLSearchParams([["a", "1 2"]]), "application/x-www-form-urlencoded;charset=UTF-8"],
  ["a Blob", new Blob(["abcd", "efgh"], { type: "text/csv" }), "text/csv"],
  ["a Blob without a type", new Blob([bytes]), undefined],
  ["a File", new File([bytes], "a.bin", { type: "application/x-bin" }), "application/x-bin"],
] as const) {
  test(`${what} is sent as what it is`, withTimeout, async () => {
    await using server = await TestServer.http(echo);
    using client = new TestClient(server.url);
    const sent = (await within(client.http.post("/", { body }), "it is answered")).json<Echo>();
    const expected = body instanceof URLSearchParams ? "a=1+2" : "abcdefgh";
    assert.deepEqual([sent.body, sent.headers["content-length"]], [expected, String(expected.length)]);
    assert.equal(sent.headers["content-type"], type);
  });
}

test("only the bytes of a view are sent, and a content type of the test is kept", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  using client = new TestClient(server.url);
  const part = (await client.http.post("/", { body: new Uint16Array(bytes.buffer, 2, 2) })).json<Echo>();
  assert.equal(part.body, "cdef");
  const headers = { "Content-Type": "text/plain" };
  for (const body of [new Blob(["x"], { type: "text/csv" }), new URLSearchParams("x")]) {
    const sent = (await client.http.post("/", { body, headers })).json<Echo>();
    assert.equal(sent.headers["content-type"], "text/plain");
  }
});

test(
  "a FormData is sent as multipart, with files and the boundary that its content type names",
  withTimeout,
  async () => {
    await using server = await TestServer.http(echo);
    using client = new TestClient(server.url);
    const form = new FormData();
    form.append("name", "ann");
    form.append("file", new File(["x,y\n"], "table.csv", { type: "text/csv" }));
    for (let count = 0; count < 2; count++) {
      const { headers, body } = (await client.http.post("/", { body: form, name: "upload" })).json<Echo>();
      const received = await new Response(body, {
        headers: { "content-type": headers["content-type"] ?? "" },
      }).formData();
      const file = received.get("file");
      assert.ok(file instanceof File);
      assert.deepEqual([received.get("name"), file.name, await file.text()], ["ann", "table.csv", "x,y\n"]);
    }
    assert.deepEqual(client.counted, [["POST upload", 2, {}]]);
  },
);

test("a body that is read later goes along with redirects", withTimeout, async () => {
  await using server = await TestServer.http((request, response) => {
    if (request.url === "/from") response.writeHead(307, { location: "/to" }).end();
    else echo(request, response);
  });
  using client = new TestClient(server.url);
  const got = await client.http.post("/from", { body: new Blob(["x"], { type: "text/a" }), maxRedirects: 1 });
  const { url, body, headers } = got.json<Echo>();
  assert.deepEqual([url, body, headers["content-type"]], ["/to", "x", "text/a"]);
});

test("invalid options next to a body that is read later are refused at once", withTimeout, async () => {
  using client = new TestClient("http://127.0.0.1:1");
  const body = new Blob(["x"]);
  await assert.rejects(client.http.post("/", { body, timeout: "soon" }), /timeout: duration "soon"/);
  await assert.rejects(client.http.post("/", { body, headers: { a: "\n" } }), /header a contains a line break/);
});

test("a file that cannot be read any more fails the request by name", withTimeout, async () => {
  await using folder = await TestFolder.with({ "a.txt": "before" });
  const file = join(folder.path, "a.txt");
  const body = await openAsBlob(file);
  await writeFile(file, "changed since");
  using client = new TestClient("http://127.0.0.1:1");
  await assert.rejects(within(client.http.post("/", { body }), "it ends"), (error: Error & { code?: string }) => {
    assert.equal(error.code, "MUSTER_INVALID_REQUEST");
    assert.match(error.message, /its body cannot be read: /);
    assert.match(error.stack ?? "", /bodies\.test\.ts/);
    return true;
  });
});

test("a user that is stopped while a body is read sends nothing", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  using client = new TestClient(server.url);
  const request = client.http.post("/", { body: new Blob(["x"]) });
  client.http.abort();
  await assert.rejects(within(request, "it ends"), /the virtual user was stopped/);
  assert.equal(server.sockets.length, 0);
});

test("changes to a buffer after the request was made do not change what is sent", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  using client = new TestClient(server.url);
  const sent = async (body: Uint8Array | ArrayBuffer, change: () => void): Promise<string> => {
    const answer = client.http.post("/", { body });
    change();
    return (await within(answer, "it is answered")).json<Echo>().body;
  };
  const buffer = Buffer.from("before");
  const moved = new Uint8Array([97, 98]);
  const resized = new ArrayBuffer(30_000, { maxByteLength: 60_000 });
  assert.equal(await sent(buffer, () => buffer.write("after!")), "before");
  assert.equal(await sent(moved, () => structuredClone(moved.buffer, { transfer: [moved.buffer] })), "ab");
  assert.equal((await sent(resized, () => resized.resize(3))).length, 30_000);
  await assert.rejects(client.http.post("/", { body: moved }), /the option body is memory that no longer exists/);
});

test("a FormData brings its content type along, whatever the defaults say", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  const rules = { headers: DefaultHeaders.of({ "Content-Type": "application/json" }) };
  using client = new TestClient(server.url, undefined, undefined, rules);
  const body = new FormData();
  const { headers } = (await client.http.post("/", { body })).json<Echo>();
  assert.match(headers["content-type"] ?? "", /^multipart\/form-data; boundary=/);
  const without = (await client.http.post("/", { body, headers: { "content-type": null } })).json<Echo>();
  assert.equal(without.headers["content-type"], undefined);
  await assert.rejects(
    client.http.post("/", { body, headers: { "content-type": "multipart/form-data" } }),
    /a multipart body \(also a FormData\) has its own content-type, which names its boundary: leave the header content-type out/,
  );
});

test("a text that is long, and longer in bytes, is sent whole", withTimeout, async () => {
  await using server = await TestServer.http((request, response) => {
    let length = 0;
    request.on("data", (bytes: Buffer) => {
      length += bytes.length;
    });
    request.on("end", () => response.end(`${length} of ${request.headers["content-length"]}`));
  });
  using client = new TestClient(server.url);
  for (const [text, length] of [
    ["x".repeat(2_000_000), 2_000_000],
    ["é".repeat(1_100_000), 2_200_000],
  ] as const) {
    const answer = await within(client.http.post("/", { body: text }), "it is answered");
    assert.equal(answer.text(), `${length} of ${length}`);
  }
});
