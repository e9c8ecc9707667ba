import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigurationError, exitCodes } from "../../../src/core/errors.ts";
import * as muster from "../../../src/index.ts";
import { hashOf } from "../../../src/scenario/bundle/bundle.ts";
import { loadBundle, TestCodeError } from "../../../src/scenario/bundle/load-bundle.ts";

const load = (source: string) => loadBundle({ hash: hashOf(source), source, data: [] });
const validTest = '{ users: [{ name: "a", tasks: { list() {} } }] }';

test("a bundle becomes the test that it exports by default", async () => {
  const loaded = await load(`export default ${validTest};`);
  assert.deepEqual(Object.keys(loaded.users[0]?.tasks ?? {}), ["list"]);
});

test("muster-load is the muster that is running", async () => {
  const seen = globalThis as { musterSeenByTest?: unknown };
  await load(
    `import * as muster from "muster-load"; globalThis.musterSeenByTest = muster; export default ${validTest};`,
  );
  assert.equal(seen.musterSeenByTest, muster);
  delete seen.musterSeenByTest;
});

test("two bundles are two modules", async () => {
  const first = await load(`/* 1 */ export default ${validTest};`);
  const second = await load(`/* 2 */ export default ${validTest};`);
  assert.notEqual(first, second);
});

test("a bundle without a default export is refused and told what to write", async () => {
  await assert.rejects(load(`export const test = ${validTest};`), (error) => {
    assert.ok(error instanceof ConfigurationError);
    assert.match(error.message, /no default export; end it with: export default defineTest/);
    return true;
  });
});

test("a default export that is no test is refused by the field that is wrong", async () => {
  await assert.rejects(load("export default { usres: [] };"), (error) => {
    assert.ok(error instanceof ConfigurationError);
    assert.match(error.message, /users/);
    return true;
  });
});

test("what the test's top level throws is a TestCodeError that says what and where", async () => {
  await assert.rejects(load('\nfunction fail() { throw new TypeError("no token"); }\nfail();\n'), (error) => {
    assert.ok(error instanceof TestCodeError);
    assert.equal(error.exitCode, exitCodes.testCodeThrew);
    assert.match(error.message, /threw while it was loaded: TypeError: no token \(.*:2:\d+\)$/);
    assert.ok(error.cause instanceof TypeError);
    return true;
  });
});

test("a rejected top-level await and a thrown value that is no Error are the test's own too", async () => {
  await assert.rejects(load('await Promise.reject(new Error("later"));'), TestCodeError);
  await assert.rejects(
    load('throw "just text";'),
    /TestCodeError: the test file threw while it was loaded: 'just text'/,
  );
});

test("a bad duration or load at the top level keeps its own message", async () => {
  const source = `import { closed } from "muster-load"; const load = closed({ users: 1, spawnRate: 1, duration: "5" });
    export default { ...${validTest}, load };`;
  await assert.rejects(load(source), /load\.duration: .*no unit/);
});

test("two values or queues of one name are refused by that name", async () => {
  const of = (declared: string) =>
    load(`import { once, queue } from "muster-load"; ${declared}; export default ${validTest};`);
  await of('once("a", () => 1); queue("a"); once("b", () => 1); queue("b")');
  for (const [declared, message] of [
    [
      'queue("orders"); queue("orders")',
      /^two queues are named "orders": give each its own name, or declare it in one/,
    ],
    ['once("login", () => 1); once("login", () => 2)', /^two values of once are named "login"/],
  ] as const) {
    await assert.rejects(of(declared), { name: "ConfigurationError", message });
  }
});
