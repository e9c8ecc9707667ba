import assert from "node:assert/strict";
import { test } from "node:test";
import { readHar } from "../../../../../src/cli/actions/convert/har/har.ts";
import { sessionNotes } from "../../../../../src/cli/actions/convert/har/session-notes.ts";
import { sessionText } from "../../../../../src/cli/actions/convert/har/session-text.ts";
import { entry, sessionOf } from "../har/recording.ts";

const shop = "https://shop.example";

interface Answered {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly form?: string;
  readonly answer?: unknown;
  readonly answerHeaders?: Readonly<Record<string, string>>;
}

/** An entry with its response: JSON, unless the answer is a text. */
function step({ path, method = "GET", headers = {}, body, form, answer = "", answerHeaders = {} }: Answered) {
  const isText = typeof answer === "string";
  const mimeType = isText ? "text/html" : "application/json";
  const json = body === undefined ? {} : { body: { mimeType: "application/json", text: JSON.stringify(body) } };
  const fields = form === undefined ? {} : { body: { mimeType: "application/x-www-form-urlencoded", text: form } };
  const recorded = entry({ url: shop + path, method, headers, mimeType, ...json, ...fields });
  const pairs = Object.entries({ "content-type": mimeType, ...answerHeaders });
  return {
    ...recorded,
    response: {
      ...recorded.response,
      headers: pairs.map(([name, value]) => ({ name, value })),
      content: { mimeType, text: isText ? answer : JSON.stringify(answer) },
    },
  };
}

const textOf = (...steps: readonly Answered[]) => sessionText(sessionOf(steps.map(step)), "x.har");
/** The lines of the task, without indentation. */
function taskOf(text: string): string {
  const [, task = ""] = /async \(vu\) => \{\n([\s\S]*?)\n {4}\},/.exec(text) ?? [];
  return task.replace(/^ {6}/gm, "");
}

test("a token in JSON becomes a variable of the header that sends it", () => {
  const authorization = "Bearer eyJhbGciOi.J9eyJzdWIi.OiIxMjM0";
  const task = taskOf(
    textOf(
      { path: "/login", method: "POST", body: { user: "ada" }, answer: { session: { token: authorization.slice(7) } } },
      { path: "/me", headers: { Authorization: authorization } },
    ),
  );
  assert.equal(
    task,
    [
      'const loginResponse = await vu.http.post("/login", { json: { user: "ada" } });',
      "const token = loginResponse.json<{ session: { token: string } }>().session.token;",
      'await vu.http.get("/me", { headers: { authorization: `Bearer $\u007btoken}` } });',
    ].join("\n"),
  );
});

test("a hidden field, a meta tag, a cookie and a link are sources, whatever encodes them", () => {
  const page = `<meta content='9f8e7d6c5b4a' name='csrf-token'>
    <input type=hidden name="state"   value="ab&#43;cd/99==&amp;">
    <a href="/carts/new?draft=d-77&amp;step=1">x</a><script>boot({ "apiKey" : "k_1234567890ab" })</script>`;
  const text = textOf(
    {
      path: "/",
      answer: page,
      answerHeaders: { "set-cookie": "XSRF-TOKEN=a1b2c3d4%3D%3D; path=/", "x-request-id": "r-1" },
    },
    {
      path: "/carts?draft=d-77",
      method: "POST",
      headers: { "X-CSRF-Token": "9f8e7d6c5b4a", "X-XSRF-TOKEN": "a1b2c3d4==", "X-Api-Key": "k_1234567890ab" },
      form: "state=ab%2Bcd%2F99%3D%3D%26",
    },
  );
  assert.match(
    text,
    /^ {6}const csrfToken = captured\(homePage\.text\(\), \/content='\(\[\^'\]\*\)'\\s\+name='csrf-token'\/\);$/m,
  );
  assert.match(text, /^ {6}const state = htmlText\(captured\(homePage\.text\(\), \/name="state"\\s\+value="/m);
  assert.match(text, /^ {6}const xsrfToken = decodeURIComponent\(homePage\.cookies\["XSRF-TOKEN"\] \?\? ""\);$/m);
  assert.match(text, /^ {6}const apiKey = captured\(homePage\.text\(\), /m);
  assert.match(text, /headers: \{ "x-csrf-token": csrfToken, "x-xsrf-token": xsrfToken, "x-api-key": apiKey \}/);
  assert.match(text, /form: \{ state \}/);
  assert.match(text, /^function captured\(/m);
  assert.match(text, /^function htmlText\(/m);
  // The recording starts without cookies, and the service sets one.
  assert.match(text, /^ {2}session: "iteration",$/m);
});

test("an id in a path comes from the JSON or the location of what created it; other short numbers stay", () => {
  const task = taskOf(
    textOf(
      { path: "/orders", method: "POST", body: { count: 2 }, answer: { order: { id: 17, count: 2 } } },
      { path: "/orders/17", answer: { id: 17, lines: [{ id: 5 }, { id: 6 }] } },
      { path: "/orders/17/lines/6?page=2", method: "DELETE" },
      { path: "/jobs", method: "POST", answerHeaders: { location: `${shop}/jobs/8` } },
      { path: "/jobs/8" },
      { path: "/payments", method: "POST", body: { orderId: 17, id: 8, amount: 17 } },
      { path: "/pages/2" },
    ),
  );
  assert.deepEqual(
    task.split("\n").filter((line) => line.startsWith("const ")),
    [
      'const ordersResponse = await vu.http.post("/orders", { json: { count: 2 } });',
      "const orderId = ordersResponse.json<{ order: { id: number } }>().order.id;",
      'const ordersResponse2 = await vu.http.get(`/orders/$\u007borderId}`, { name: "/orders/:id" });',
      "const lineId = ordersResponse2.json<{ lines: { 1: { id: number } } }>().lines[1].id;",
      'const jobsResponse = await vu.http.post("/jobs");',
      "const jobId = captured(jobsResponse.headers.location, /\\/jobs\\/([^/?#\"']+)/);",
    ],
  );
  assert.match(task, /vu\.http\.delete\(`\/orders\/\$\{orderId\}\/lines\/\$\{lineId\}\?page=2`/);
  assert.match(task, /json: \{ orderId, id: 8, amount: 17 \}/);
  assert.match(task, /vu\.http\.get\("\/pages\/2"/);
});

test("what a request sent first is the client's, although a response repeats it", () => {
  const id = "2f0d8a9e-55d2-4a1b-9a90-0c6a5f3e7b11";
  const text = textOf(
    {
      path: "/carts",
      method: "POST",
      body: { cart: id, user: "ada.lovelace.1815" },
      answer: { id, user: "ada.lovelace.1815" },
    },
    { path: `/carts/${id}`, headers: { "X-User": "ada.lovelace.1815" } },
  );
  assert.doesNotMatch(text, /const cart/);
  assert.match(text, new RegExp(`vu\\.http\\.get\\("/carts/${id}"`));
});

test("two recordings tell which values change, where they come from, and what the client makes anew", () => {
  const recording = (ticket: number, key: string, color: string, at: string): Answered[] => [
    { path: "/start", answer: { queue: { position: 3, ticket }, theme: "blue", at: "2026-01-01" } },
    {
      path: `/join?ticket=${ticket}&position=3`,
      method: "POST",
      headers: { "Idempotency-Key": key },
      body: { theme: "blue", color, sentAt: at, stamp: Date.parse(at) },
    },
  ];
  const first = recording(7, "2f0d8a9e-55d2-4a1b-9a90-0c6a5f3e7b11", "red", "2026-01-01T00:00:05.000Z");
  const second = recording(12, "a41c22f1-7d3c-4f7e-8a51-97a0c1f3d2e4", "green", "2026-01-01T00:00:09.000Z");
  const session = sessionOf(first.map(step), {
    second: readHar("y.har", { log: { entries: [...second, { path: "/extra" }].map(step) } }),
  });
  const task = taskOf(sessionText(session, "x.har"));
  assert.match(task, /^const (\w+) = startResponse\.json<\{ queue: \{ ticket: number \} \}>\(\)\.queue\.ticket;\n/m);
  assert.match(task, /`\/join\?ticket=\$\{ticket\}&position=3`/);
  assert.match(task, /"idempotency-key": crypto\.randomUUID\(\)/);
  assert.match(task, /theme: "blue",\s+color: "red",\s+sentAt: new Date\(\)\.toISOString\(\),\s+stamp: Date\.now\(\)/);
  assert.match(
    sessionNotes(session, "x.har").join("\n"),
    /These differ between the recordings, and no response contains them\. Review them:\n {2}POST \/join: color$/,
  );
  // One recording alone does not tell.
  assert.match(taskOf(textOf(...first)), /"\/join\?ticket=7&position=3"/);
});

test("a hidden field is found by its name in a form that is sent as text", () => {
  const task = taskOf(
    textOf(
      { path: "/login", answer: '<input type="hidden" name="csrf" value="NoDigitsHere+">' },
      { path: "/login", method: "POST", form: "user=a+b&csrf=NoDigitsHere%2B&list=1&list=2" },
    ),
  );
  assert.match(task, /body: `user=a\+b&csrf=\$\{encodeURIComponent\(csrf\)\}&list=1&list=2`/);
});

test("the pattern of a value is valid whatever is around the value", () => {
  for (const [before, after] of [
    ["key:", "\u2028"],
    ["a[b](c)/", "]"],
    ["x^", "-"],
    ["k\u2028id=", "\\"],
    ["n `${", "\n"],
  ] as const) {
    const text = textOf(
      { path: "/", answer: `<p>${before}v1234567890${after}</p>` },
      { path: "/a", headers: { "X-Value": "v1234567890" } },
    );
    const [, literal = ""] = /captured\(homePage\.text\(\), \/(.*)\/\);$/m.exec(text) ?? [];
    assert.equal(new RegExp(literal).exec(`<p>${before}v1234567890${after}</p>`)?.[1], "v1234567890", text);
  }
});

test("an id in the middle of a path is taken from the redirect that leads there, whatever its characters are", () => {
  const visit = (user: string) => [
    step({ path: "/login", method: "POST", form: "user=ada", answerHeaders: { location: `/users/${user}/shop` } }),
    step({ path: `/users/${user}/shop` }),
  ];
  // 3 bytes as hexadecimal have no digit once in 360 times.
  for (const [first, second] of [
    ["abcdef", "fedcba"],
    ["123456", "654321"],
    ["ab12ef", "fe21ba"],
    ["a%20b", "b%20a"],
  ] as const) {
    const session = sessionOf(visit(first), { second: readHar("y.har", { log: { entries: visit(second) } }) });
    const task = taskOf(sessionText(session, "x.har"));
    assert.match(task, /vu\.http\.get\(`\/users\/\$\{.*\}\/shop`/, `${first}: ${task}`);
  }
});
