import assert from "node:assert/strict";
import { test } from "node:test";
import { sessionNotes } from "../../../../../src/cli/actions/convert/har/session-notes.ts";
import { sessionText } from "../../../../../src/cli/actions/convert/har/session-text.ts";
import { entry, sessionOf } from "./recording.ts";

function sessionWith(request: Readonly<Record<string, unknown>>) {
  const recorded = entry({ url: "https://shop.example/users", method: "POST", mimeType: "application/json" });
  return sessionOf([{ ...recorded, request: { ...recorded.request, ...request } }]);
}

function stepWith(postData: unknown, headers: readonly unknown[] = []) {
  const [step] = sessionWith({ headers, postData }).steps;
  assert.ok(step);
  return { ...step, type: step.headers.find(({ name }) => name === "content-type")?.value };
}

const typed = (value: string) => [{ name: "Content-Type", value }];

test("JSON is written as JSON when it is sent as the same text, and as text otherwise", () => {
  const json = "application/json";
  assert.deepEqual(stepWith({ mimeType: json, text: '{"a":[1]}' }).body, { kind: "json", text: '{"a":[1]}' });
  assert.equal(stepWith({ mimeType: json, text: "{}" }, typed(json)).type, undefined);
  for (const type of ["application/json; charset=utf-8", "application/vnd.api+json"]) {
    const { body, type: sent } = stepWith({ mimeType: type, text: "{}" }, typed(type));
    assert.deepEqual([body.kind, sent], ["json", type]);
  }
  const others = [
    '{ "a": 1 }',
    '{"a":1.0}',
    '{"a":12345678901234567890}',
    '{"a":1,"a":2}',
    '{"2":1,"1":2}',
    '{"__proto__":1}',
    "{",
    '"\\u0041"',
    // Deeper than a source file may nest.
    "[".repeat(5_000) + "]".repeat(5_000),
  ];
  for (const text of others) {
    const { body, type } = stepWith({ mimeType: json, text }, typed(json));
    assert.deepEqual([body, type], [{ kind: "text", text }, json]);
  }
  // An exporter that has parsed it.
  assert.deepEqual(stepWith({ mimeType: json, text: { a: 1 } }).body, { kind: "json", text: '{"a":1}' });
});

test("a text goes with its type, from the header or from the body's description", () => {
  const type = "application/x-www-form-urlencoded";
  assert.deepEqual(stepWith({ mimeType: type, text: "a=1", params: [{ name: "a", value: "2" }] }).body, {
    kind: "form",
    fields: [{ name: "a", value: "1" }],
  });
  // The option `form` sets the type, and sends a blank as %20.
  assert.equal(stepWith({ mimeType: type, text: "a=1" }).type, undefined);
  const { body, type: sent } = stepWith({ mimeType: type, text: "a=b+c" });
  assert.deepEqual([body, sent], [{ kind: "text", text: "a=b+c" }, type]);
  assert.equal(stepWith({ mimeType: "text/plain", text: "a=1" }, typed("text/csv")).type, "text/csv");
  assert.equal(stepWith({ mimeType: null, text: "a=1" }).type, undefined);
});

test("fields of a form without the text that was sent", () => {
  const type = "application/x-www-form-urlencoded";
  const form = (...params: unknown[]) => stepWith({ mimeType: type, params }, typed(type));
  assert.deepEqual(form({ name: "user", value: "a b" }, { name: "empty", value: null }).body, {
    kind: "form",
    fields: [
      { name: "user", value: "a b", fileName: null, contentType: "" },
      { name: "empty", value: "", fileName: null, contentType: "" },
    ],
  });
  const texts = [
    form({ name: "a", value: "1" }, { name: "a", value: "2" }),
    form({ name: "10", value: "x" }, { name: "9", value: "y" }),
    form({ name: "__proto__", value: "é&" }),
    // Chrome writes them as they were sent.
    form({ name: "field%5B1%5D", value: "a+b" }),
  ];
  assert.deepEqual(
    texts.map(({ body, type: sent }) => [body.kind === "text" && body.text, sent]),
    [
      ["a=1&a=2", type],
      ["10=x&9=y", type],
      ["__proto__=%C3%A9%26", type],
      ["field%5B1%5D=a+b", type],
    ],
  );
  assert.equal(stepWith({ params: [{ name: "a", value: "1" }] }).body.kind, "form");
});

test("parts of a form with files, whose content is text or a data URL", () => {
  const mimeType = "multipart/form-data; boundary=x";
  const file = { name: "file", fileName: 'a"b.txt', contentType: "text/plain", value: "abc" };
  const { body, type, isIncomplete } = stepWith({ mimeType, params: [{ name: "note", value: "hi" }, file] });
  assert.deepEqual([type, isIncomplete], ["multipart/form-data; boundary=x", false]);
  assert.deepEqual(body, {
    kind: "text",
    text:
      '--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nhi\r\n' +
      '--x\r\nContent-Disposition: form-data; name="file"; filename="a%22b.txt"\r\nContent-Type: text/plain\r\n\r\nabc\r\n' +
      "--x--\r\n",
  });
  const binary = stepWith({ mimeType, params: [{ ...file, value: "data:image/png;base64,AAH/" }] }).body;
  assert.ok(binary.kind === "bytes" && Buffer.from(binary.base64, "base64").includes(Buffer.of(0, 1, 255)));
  // The content of the file was not recorded, and the boundary neither.
  const lost = stepWith({ mimeType: "multipart/form-data", params: [{ name: "f", fileName: "a.png" }] });
  assert.deepEqual([lost.type, lost.isIncomplete], ["multipart/form-data; boundary=muster-recorded-part", true]);
  const taken = stepWith({ mimeType, params: [{ name: "a", value: "x muster-recorded-part" }] });
  assert.equal(taken.type, "multipart/form-data; boundary=muster-recorded-part-2");
});

test("a recorded multipart text keeps its boundary when the type has lost it", () => {
  const text = '------b1\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n------b1--\r\n';
  assert.equal(stepWith({ mimeType: "multipart/form-data", text }).type, "multipart/form-data; boundary=----b1");
});

test("base64 is sent as the bytes that it stands for, as text where that is what it is", () => {
  const base64 = (bytes: Buffer) => ({ mimeType: "a/b", encoding: "base64", text: bytes.toString("base64") });
  assert.deepEqual(stepWith(base64(Buffer.of(0, 255, 1))).body, { kind: "bytes", base64: "AP8B" });
  assert.deepEqual(stepWith(base64(Buffer.from("a=é"))).body, { kind: "text", text: "a=é" });
  const kept = stepWith(base64(Buffer.of(0x1f, 0x8b, 8)), [{ name: "Content-Encoding", value: "gzip" }]);
  assert.ok(kept.headers.some(({ name, value }) => name === "content-encoding" && value === "gzip"));
  // A recorder that shows the text has unpacked it.
  const text = stepWith({ mimeType: "a/b", text: "a" }, [
    { name: "Content-Encoding", value: "gzip" },
    { name: "Content-Length", value: "21" },
  ]);
  assert.deepEqual([text.headers.map(({ name }) => name), text.isIncomplete], [["content-type"], false]);
});

test("Firefox's head of a form's stream is not a part of the body", () => {
  const text = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\nuser=ab";
  assert.deepEqual(stepWith({ mimeType: "application/x-www-form-urlencoded", text }).body, {
    kind: "form",
    fields: [{ name: "user", value: "ab" }],
  });
});

test("HTTP Toolkit keeps a body that is not text beside postData", () => {
  const [step] = sessionWith({ _content: { text: "AP8B", encoding: "base64", size: 3 } }).steps;
  assert.deepEqual(step?.body, { kind: "bytes", base64: "AP8B" });
});

test("a body that is not in the recording, or not as it was sent, is told", () => {
  const told = (request: Readonly<Record<string, unknown>>) => sessionNotes(sessionWith(request), "x.har").join("\n");
  const length = (value: number) => ({ headers: [{ name: "content-length", value: `${value}` }] });
  const lost: readonly Readonly<Record<string, unknown>>[] = [
    length(5),
    { bodySize: 5 },
    { _requestBodyStatus: "discarded:too-large" },
    { postData: { mimeType: "a/b", _file: "x.bin" } },
    { ...length(5), postData: { mimeType: "a/b", text: "abc" } },
    { postData: { mimeType: "a/b", text: "a\uFFFDb" } },
    { postData: { params: [{ name: "f", fileName: "a.png", value: null }] } },
  ];
  for (const request of lost) {
    assert.match(told(request), /not recorded, or not as they were sent:\n {2}POST \/users$/m, JSON.stringify(request));
  }
  const whole: readonly Readonly<Record<string, unknown>>[] = [
    {},
    length(0),
    { bodySize: 0 },
    { bodySize: -1, postData: null },
    { ...length(3), postData: { mimeType: "a/b", text: "abc" } },
    { method: "GET", bodySize: 120 },
  ];
  for (const request of whole) assert.doesNotMatch(told(request), /not recorded/, JSON.stringify(request));
});

test("secrets that stay in queries and bodies are named", () => {
  const named = (request: Readonly<Record<string, unknown>>) => {
    const lines = sessionNotes(sessionWith(request), "x.har");
    return lines.slice(lines.findIndex((line) => line.startsWith("Secrets may")) + 1)[0];
  };
  const url = "https://shop.example/a?access_token=1";
  assert.equal(named({ url }), "  access_token");
  assert.equal(named({ url: "https://shop.example/a?key=1&token_type=x" }), "  key");
  assert.equal(
    named({ postData: { mimeType: "application/json", text: '{"a":{"newPassword":"x"}}' } }),
    "  newPassword",
  );
  assert.equal(named({ postData: { params: [{ name: "pwd", value: "x" }] } }), "  pwd");
  assert.equal(
    named({ postData: { mimeType: "application/x-www-form-urlencoded", text: "a=1&client_secret=x" } }),
    "  client_secret",
  );
  assert.equal(
    named({ postData: { mimeType: "text/plain", text: "password of the day" } }),
    "Made from x.har: 1 request to https://shop.example (the only one in the recording).",
  );
});

test("a query that is kept apart from its URL is sent, and never twice", () => {
  const pathOf = (request: Readonly<Record<string, unknown>>) => sessionWith(request).steps[0]?.path;
  const queryString = [{ name: "q", value: "a b" }, null, { name: "n", value: 1 }];
  assert.equal(pathOf({ url: "https://shop.example/a", queryString }), "/a?q=a+b&n=1");
  assert.equal(pathOf({ url: "https://shop.example/a?q=a%20b#top", queryString }), "/a?q=a%20b");
});

test("what a body holds does not get out of its literal", () => {
  const text = sessionText(
    sessionWith({ postData: { text: "`\u0024{process.exit()}` \u2028 \" ' \\ \n */ </script> \ud800" } }),
    "x.har",
  );
  assert.match(text, /body: "`\$\{process\.exit\(\)\}` \u2028 \\" ' \\\\ \\n \*\/ <\/script> \\ud800"/);
});
