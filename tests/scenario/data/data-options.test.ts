import assert from "node:assert/strict";
import { test } from "node:test";
import { data, declaredData, declaringData } from "../../../src/scenario/shared/data.ts";

const wrong: readonly [source: unknown, options: unknown, message: RegExp][] = [
  [5, {}, /^data\(…\): expected the path of a file or a list of rows, found the number 5$/],
  [[1], null, /^data\(…\): expected options such as \{ use: "once" \}, found null$/],
  [[1], { name: "" }, /^data\(…\), name: expected 1 to 100 characters, found the string ""$/],
  [[], {}, /^data "rows" has no rows$/],
  ["a/users.csv", { whenempty: "fail" }, /^data "users": unknown option "whenempty"; there are name, order, use, /],
  ["users.csv", { use: "twice" }, /^data "users", use: expected one of "once", "again", found the string "twice"$/],
  ["users.csv", { order: "random" }, /^data "users": order "random" repeats rows: use "shuffled", or use: "again"$/],
];

test("what is wrong in a data source is named", async () => {
  for (const [position, [source, options, message]] of wrong.entries()) {
    const load = async () => data(source as string, options as { per: "user" });
    await assert.rejects(declaringData(`wrong ${position}`, load), { message });
  }
});

test("a source is declared once, while the test is loaded", async () => {
  assert.throws(() => data([1]), /^ConfigurationError: data "rows" is declared too late: declare it at the top level/);
  const twice = async () => [data([1]), data([2])];
  await assert.rejects(declaringData("twice", twice), /two data sources are named "rows": give each its own name/);
  await declaringData("one", async () => data("users.csv", { per: "user" }));
  assert.deepEqual(declaredData("one"), [
    { name: "users", file: "users.csv", rows: null, order: "listed", use: "once", per: "user", whenEmpty: "stop-user" },
  ]);
});
