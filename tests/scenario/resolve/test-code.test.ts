import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestDefinition } from "../../../src/scenario/definition/define.ts";
import { TestCode } from "../../../src/scenario/resolve/test-code.ts";

const tests = (metric: string): TestDefinition => ({ users: [], thresholds: { [metric]: "count>1" } }) as never;

test("a tag may be given where the code has an object with a field of its name", () => {
  for (const code of ['{ tags: { group: "a" } }', '{tags:{"group":a}}', "tags: { kind, group }", "tags.group = 5"])
    assert.equal(new TestCode(code, tests("requests")).mayGiveTag("group"), true, code);
  for (const code of ["", "vu.group", "groups: 5", "tags.group === 5", "// a group", "subgroup: 1", "f(a, group, b)"])
    assert.equal(new TestCode(code, tests("requests")).mayGiveTag("group"), code.startsWith("f("), code);
});

test("what thresholds and the source map say does not count", () => {
  const metric = 'requests{group:"a b",name:/jobs}';
  const code = `x = { ${JSON.stringify(metric)}: "count>1" };\n//# sourceMappingURL=data:{group:1}`;
  const known = new TestCode(code, tests(metric));
  assert.equal(known.mayGiveTag("group"), false);
  assert.equal(known.mentions("/jobs"), false);
  assert.equal(known.mentions("count>1"), true);
});

test("the tags of a test are known where each place spells them out", () => {
  const tagsIn = (code: string) => new TestCode(code, tests("requests")).givenTags();
  assert.deepEqual(tagsIn("vu.http.get(url)"), []);
  assert.deepEqual(tagsIn('{ tags: { kind: "a", region } }; { "tags": { \'a b\': f(x, y) } }'), [
    "kind",
    "region",
    "a",
    "y)",
  ]);
  assert.deepEqual(tagsIn('{ tags: ["smoke"] }, { tags: {} }'), []);
  for (const code of ["", "{ tags }", "{ tags: common }", "{ tags: { ...common } }", "{ tags: { a: 1, [key]: 2 } }"])
    assert.equal(tagsIn(code), null, code);
  for (const code of ["o.tags = {}", 'o["tags"].x = 1', 'get("/tags")', "{ tags: { a: f({}) } }"])
    assert.equal(tagsIn(code), null, code);
});
