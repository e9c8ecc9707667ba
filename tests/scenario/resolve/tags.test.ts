import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { defineTest, defineUser } from "../../../src/index.ts";
import { classTasks } from "../../../src/scenario/definition/tasks.ts";
import { resolveRun } from "../../../src/scenario/resolve/resolve.ts";
import { selectTasks } from "../../../src/scenario/resolve/tags.ts";

const reader = defineUser({
  name: "Reader",
  weight: 3,
  tasks: {
    list: { tags: ["read", "cheap"], run: () => {} },
    search: { tags: ["read"], run: () => {} },
    untagged: () => {},
  },
});
const writer = defineUser({
  name: "Writer",
  tags: ["write"],
  tasks: {
    create: () => {},
    remove: { tags: ["dangerous"], run: () => {} },
    never: { weight: 0, tags: ["cheap"], run: () => {} },
  },
});
const definition = defineTest({ host: "http://127.0.0.1:9", users: [reader, writer] });

function selected(tags: string[], excludeTags: string[] = []): Record<string, string[]> {
  const { test: kept, leftOut } = selectTasks(definition, { tags, excludeTags });
  const running = kept.users.filter(({ name }) => !leftOut.includes(name));
  return Object.fromEntries(running.map((user) => [user.name, Object.keys(user.tasks)]));
}

test("tasks of task sets are selected by their own tags and those around them; transitions need all of their tasks", () => {
  const run = () => {};
  const set = { tags: ["shop"], tasks: { look: run, pay: { tags: ["money"], run } } };
  const chained = { transitions: { look: { pay: 1 }, pay: { leave: 1 } }, ...set };
  const ofTasks = (tasks: Parameters<typeof defineUser>[0]["tasks"]) =>
    defineTest({ users: [defineUser({ name: "U", tasks })] });
  const kept = (given: ReturnType<typeof ofTasks>, tags: string[], excludeTags: string[] = []) =>
    classTasks(selectTasks(given, { tags, excludeTags }).test.users[0] ?? { tasks: {} }).map(({ name }) => name);
  const plain = ofTasks({ home: run, set });
  assert.deepEqual(kept(plain, ["shop"]), ["set::look", "set::pay"]);
  assert.deepEqual(kept(plain, ["money"]), ["set::pay"]);
  assert.deepEqual(kept(plain, [], ["money"]), ["home", "set::look"]);
  assert.deepEqual(kept(plain, [], ["shop"]), ["home"]);
  const chain = ofTasks({ home: run, set: chained });
  assert.deepEqual(kept(chain, ["shop"]), ["set::look", "set::pay"]);
  const part = /leave out "look", which the transitions of set need: tag set as a whole/;
  assert.throws(() => kept(chain, ["money"]), part);
});

test("only tasks with one of the tags run; a class's tags are those of each of its tasks", () => {
  assert.deepEqual(selected(["read"]), { Reader: ["list", "search"] });
  assert.deepEqual(selected(["cheap", "dangerous"]), { Reader: ["list"], Writer: ["remove", "never"] });
  assert.deepEqual(selected(["write"]), { Writer: ["create", "remove", "never"] });
  assert.deepEqual(selected([]), { Reader: ["list", "search", "untagged"], Writer: ["create", "remove", "never"] });
});

test("a task that is excluded does not run, whatever else it has", () => {
  assert.deepEqual(selected([], ["read"]), { Reader: ["untagged"], Writer: ["create", "remove", "never"] });
  assert.deepEqual(selected(["read"], ["cheap"]), { Reader: ["search"] });
  assert.deepEqual(selected([], ["write"]), { Reader: ["list", "search", "untagged"] });
});

test("a class of which only tasks of weight 0 are left does not run", () => {
  assert.deepEqual(selected(["cheap"]), { Reader: ["list"] });
});

test("classes keep their numbers; of one that is left out nobody runs, even where it is named", () => {
  const run = resolveRun(definition, { tags: ["dangerous"], classNames: ["Reader", "Writer"] });
  assert.deepEqual(run.scenarios[0]?.classes, [
    { name: "Reader", weight: 0 },
    { name: "Writer", weight: 1 },
  ]);
  assert.deepEqual(run.selection, { tags: ["dangerous"], excludeTags: [] });
});

test("a tag that nothing has is refused with the nearest; so is a selection that leaves nothing", () => {
  const says = (tags: string[], excludeTags: string[], message: RegExp) =>
    assert.throws(
      () => selected(tags, excludeTags),
      (error) => error instanceof ConfigurationError && message.test(error.message),
    );
  says(["raed"], [], /^unknown tag "raed"; did you mean read\?$/);
  says([], ["wirte"], /^unknown tag "wirte"; did you mean write\?$/);
  says(["dangerous"], ["write"], /^no task is left by --tags and --exclude-tags$/);
  says(["cheap"], ["read"], /^no task is left/);
});
