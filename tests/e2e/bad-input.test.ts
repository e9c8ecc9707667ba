import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { completedRun } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const freshApi = sampleApiOfFile();

/** Tasks that each give something wrong, and what is told of them, with the place in the test. */
const wrong: readonly (readonly [code: string, exception: RegExp])[] = [
  ['await vu.http.post("/jobs", { body: { a: 1 } })', /^InvalidRequest: .* option body is an object; write { json/],
  ['await vu.http.post("/jobs", { json: () => 1 })', /^InvalidRequest: .* option json is a function/],
  ['await vu.http.post("/jobs", { jsn: 1 })', /^InvalidRequest: .*unknown option "jsn"; did you mean json\?/],
  ['await vu.http.get("/jobs", { timeout: 300 })', /^InvalidRequest: .*timeout: .* the number 300/],
  ['await vu.http.get("/jobs", { expect: "200" })', /^InvalidRequest: .*write 200/],
  ["await vu.http.get(undefined)", /^InvalidRequest: .*its URL is undefined/],
  ['await vu.http.post("/jobs", "a=1")', /^InvalidRequest: .*the options are the string "a=1"/],
  ['vu.http.get("/jobs", { header: {} })', /^InvalidRequest: .*did you mean headers\?/],
  ["await vu.sleep(1)", /^DurationError: .*write "1s" or "1ms"/],
  ['vu.check("later", Promise.resolve(true))', /^InvalidValue: .*given a promise/],
  ["vu.check(Symbol(), true)", /^InvalidValue: vu\.check: expected a name, found a symbol/],
  ["size.add(1e300)", /^InvalidValue: metric size: .*at most/],
  ["orders.add(1e308)", /^InvalidValue: metric orders: .*at most/],
  ['setTimeout((await vu.http.get("/jobs")).json, 1)', /^InvalidValue: json was called without its response/],
  ["setTimeout(vu.http.headers.get, 1, 'a')", /^TypeError: Cannot read private member/],
  ["setTimeout(queue.set, 1)", /^InvalidValue: metric queue: expected a number, found undefined/],
  ["vu.stop = () => {}", /^TypeError: Cannot assign to read only property 'stop'/],
  ["throw new Proxy(new Error(), { getPrototypeOf() { throw 1 } })", /^an object that cannot be read|^an Error/],
  ["throw Object.assign(new Error('x'), { stack: 5 })", /^Error: x/],
];

/** What is unusual, and must leave nothing behind. */
const unusual = [
  'await vu.http.get("/jobs", { name: "long ".repeat(50_000) + vu.iteration })',
  'await vu.http.get("/jobs", { name: "two\\nlines" })',
  'await vu.http.get("/jobs", { expect: () => { throw null } })',
  'await vu.http.get("/jobs", { expect: async () => true })',
  'vu.check("c".repeat(100_000), 1)',
  'await vu.http.get(new URL("/jobs", host))',
  "console.log(Symbol('logged'))",
];

test("whatever a test gives, its worker lives, and each mistake is told with its place", async (t) => {
  const api = await freshApi();
  const codes = [...wrong.map(([code]) => code), ...unusual];
  const tasks = codes.map((code, number) => `"task ${number}": async (vu) => {\n${code};\n},`);
  const folder = await temporaryFolder(t, {
    "test.js": `import { counter, defineTest, defineUser, gauge, iterations, trend } from "muster-load";
const host = ${JSON.stringify(api.url)};
const [orders, size, queue] = [counter("orders"), trend("size"), gauge("queue")];
const user = defineUser({ name: "User", order: "sequential", tasks: {
${tasks.join("\n")}
  last: (vu) => vu.http.get("/health"),
} });
export default defineTest({ host, users: [user], load: iterations({ users: 1, perUser: ${codes.length + 1} }) });
`,
  });
  const { code, result } = await completedRun(t, [join(folder, "test.js"), "--stop-timeout=2s"]);

  assert.notEqual(code, 103, String(result.reasons));
  assert.deepEqual(
    result.workers.map(({ lost }) => lost),
    [false],
  );
  assert.equal(result.iterations, codes.length + 1);
  const exceptions = result.errors.filter(({ kind }) => kind === "exception");
  for (const [code, message] of wrong) {
    const place = message.source.startsWith("^an object") || code.includes("stack: 5") || code.startsWith("setTimeout");
    const told = exceptions.find((one) => message.test(one.message));
    assert.ok(told !== undefined, `${code}: ${exceptions.map((one) => one.message).join("\n")}`);
    if (!place) assert.match(told.message, /\(test\.js:\d+:\d+\)$/, code);
  }
  assert.equal(exceptions.length, wrong.length, exceptions.map((one) => one.message).join("\n"));
  assert.deepEqual(
    result.errors
      .filter(({ kind }) => kind !== "exception")
      .map(({ kind, message }) => `${kind}: ${message}`)
      .toSorted(),
    [
      "check: the expectation returned a promise; expected true, false or a message",
      "check: the expectation threw: null",
    ],
  );
  assert.ok(result.endpoints.some(({ name }) => name === "/health"));
  assert.ok(result.endpoints.every(({ name }) => name.length <= 1_001));
});
