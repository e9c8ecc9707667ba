import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FlowChoice } from "../../../src/core/population/flow-choice.ts";
import { isPlain, taskShares } from "../../../src/core/population/task-flow.ts";
import { Random } from "../../../src/core/random.ts";
import { classTasks, flowOf, type TaskOwner } from "../../../src/scenario/definition/tasks.ts";
import { assertProperty } from "../../support/property.ts";

const run = () => {};
const names = (owner: TaskOwner) => classTasks(owner).map(({ name }) => name);

/** The names of the first tasks of a user; fewer if none is left. `leaves`: the tasks that leave their task set. */
function chosen(owner: TaskOwner, count: number, leaves: readonly string[] = [], seed = 1): string[] {
  const flow = new FlowChoice(flowOf(owner), new Random(seed, 0));
  const all = names(owner);
  const taken: string[] = [];
  while (taken.length < count && !flow.isOver) {
    const name = all[flow.next()] ?? "?";
    taken.push(name);
    if (leaves.includes(name)) assert.ok(flow.leave());
  }
  return taken;
}

function tally(taken: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of taken) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

test("a sequential set runs one round, or as many as it repeats, among the tasks of its class", () => {
  const set = { order: "sequential", tasks: { a: run, b: run } } as const;
  const owner = { order: "sequential", tasks: { first: run, set, last: run } } as const;
  assert.deepEqual(chosen(owner, 5), ["first", "set::a", "set::b", "last", "first"]);
  const twice = { ...owner, tasks: { ...owner.tasks, set: { ...set, repeat: 2 } } };
  assert.deepEqual(chosen(twice, 6), ["first", "set::a", "set::b", "set::a", "set::b", "last"]);
});

test("sets have weights of their own, and their shares hold exactly over many visits", () => {
  const owner: TaskOwner = {
    tasks: {
      home: { weight: 3, run },
      shop: { weight: 1, tasks: { look: { weight: 3, run }, buy: { weight: 1, run } } },
    },
  };
  assert.deepEqual(tally(chosen(owner, 1_600)), { home: 1_200, "shop::look": 300, "shop::buy": 100 });
});

test("a random set runs as many of its tasks as it repeats; a set for ever runs until it is left", () => {
  const tasks = { a: run, b: run };
  const some: TaskOwner = { order: "sequential", tasks: { set: { repeat: 4, tasks }, end: run } };
  assert.deepEqual(tally(chosen(some, 5)), { "set::a": 2, "set::b": 2, end: 1 });
  const forever: TaskOwner = { order: "sequential", tasks: { set: { repeat: "forever", tasks }, end: run } };
  assert.ok(!chosen(forever, 500).includes("end"));
  assert.deepEqual(chosen(forever, 4, ["set::a", "set::b"]).filter((name) => name === "end").length, 2);
});

test("leaving ends a loop too, and goes to the set around it only", () => {
  const inner = { repeat: "forever", order: "sequential", tasks: { x: { run, repeat: 5 }, y: run } } as const;
  const outer = { order: "sequential", tasks: { inner, after: run } } as const;
  const owner: TaskOwner = { order: "sequential", tasks: { outer, end: run } };
  assert.deepEqual(chosen(owner, 4, ["outer::inner::x"]), [
    "outer::inner::x",
    "outer::after",
    "end",
    "outer::inner::x",
  ]);
  const flow = new FlowChoice(flowOf(owner), new Random(1, 0));
  assert.equal(flow.leave(), false, "the flow of a class cannot be left");
});

test("a task is repeated each time that it is chosen; one that runs once never again", () => {
  const owner: TaskOwner = {
    order: "sequential",
    tasks: { login: { once: true, run }, poll: { repeat: 3, run }, buy: run },
  };
  assert.deepEqual(chosen(owner, 9), ["login", "poll", "poll", "poll", "buy", "poll", "poll", "poll", "buy"]);
  const random: TaskOwner = { tasks: { a: { once: true, weight: 100, run }, b: run } };
  const counts = tally(chosen(random, 300));
  assert.equal(counts.a, 1);
});

test("when every task has run once, none is left; a set without a task left is skipped", () => {
  const onlyOnce = { tasks: { a: { once: true, run }, b: { once: true, repeat: 2, run } } } as const;
  for (const order of ["sequential", "random"] as const) {
    assert.deepEqual(tally(chosen({ ...onlyOnce, order }, 100)), { a: 1, b: 2 }, order);
    const withSet: TaskOwner = { order, tasks: { set: { ...onlyOnce, order: "sequential" }, always: run } };
    assert.deepEqual(tally(chosen(withSet, 200)), { "set::a": 1, "set::b": 2, always: 197 }, order);
    assert.deepEqual(tally(chosen({ order, tasks: { set: { ...onlyOnce, repeat: "forever" } } }, 50)), {
      "set::a": 1,
      "set::b": 2,
    });
  }
  const chain: TaskOwner = { transitions: { set: { set: 1 } }, tasks: { set: { ...onlyOnce, order: "sequential" } } };
  assert.deepEqual(tally(chosen(chain, 50)), { "set::a": 1, "set::b": 2 });
  const onceSet: TaskOwner = { order: "sequential", tasks: { tour: { once: true, tasks: { a: run } }, b: run } };
  assert.deepEqual(chosen(onceSet, 4), ["tour::a", "b", "b", "b"]);
});

test("a Markov chain begins at its start, follows its transitions, and is left by leave", () => {
  const transitions = { search: { view: 3, search: 1 }, view: { search: 1, leave: 1 } };
  const owner: TaskOwner = {
    order: "sequential",
    tasks: { chain: { transitions, tasks: { view: run, search: run }, start: "search" }, end: run },
  };
  const taken = chosen(owner, 20_000);
  for (const [position, name] of taken.entries()) {
    const after = taken[position + 1];
    if (after === undefined) break;
    const allowed = {
      "chain::search": ["chain::view", "chain::search"],
      "chain::view": ["chain::search", "end"],
      end: ["chain::search"],
    };
    assert.ok(allowed[name as keyof typeof allowed].includes(after), `${name} to ${after}`);
  }
  const counts = tally(taken);
  const perRound = (name: string) => (counts[name] ?? 0) / (counts.end ?? 1);
  assert.ok(Math.abs(perRound("chain::view") - 2) < 0.1, `${perRound("chain::view")}`);
  assert.ok(Math.abs(perRound("chain::search") - 2 * (4 / 3)) < 0.15, `${perRound("chain::search")}`);
});

test("the same seed makes the same choices", () => {
  const owner: TaskOwner = {
    tasks: { a: { weight: 2, run }, set: { repeat: 3, tasks: { b: run, c: { weight: 5, run } } } },
  };
  assert.deepEqual(chosen(owner, 100, [], 7), chosen(owner, 100, [], 7));
  assert.notDeepEqual(chosen(owner, 100, [], 7), chosen(owner, 100, [], 8));
});

const anyTask = fc
  .record({ weight: fc.integer({ min: 0, max: 5 }), repeat: fc.integer({ min: 1, max: 3 }), once: fc.boolean() })
  .map((rules) => ({ ...rules, run }));
const anyTasks = (task: fc.Arbitrary<unknown>) =>
  fc
    .array(task, { minLength: 1, maxLength: 4 })
    .map((all) => Object.fromEntries(all.map((one, position) => [`t${position}`, one])));
const { owner: anyOwner } = fc.letrec((tie) => ({
  task: fc.oneof({ depthSize: "small" }, anyTask, tie("set")),
  set: fc.record({
    weight: fc.integer({ min: 0, max: 5 }),
    once: fc.boolean(),
    order: fc.constantFrom("random", "sequential"),
    repeat: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constant("forever")),
    tasks: anyTasks(tie("task")),
  }),
  owner: fc.record({ order: fc.constantFrom("random", "sequential"), tasks: anyTasks(tie("task")) }),
}));

test("property: only tasks that are used run, those that run once do so at most once per user, and choosing ends", () => {
  assertProperty(
    fc.property(anyOwner, fc.nat(1_000), (given, seed) => {
      const owner = given as TaskOwner;
      const taken = tally(chosen(owner, 200, [], seed));
      for (const { name, isUsed } of classTasks(owner)) if (!isUsed) assert.equal(taken[name], undefined, name);
      for (const [name, one] of Object.entries(owner.tasks)) {
        if (typeof one === "object" && one.once === true && "run" in one)
          assert.ok((taken[name] ?? 0) <= (one.repeat ?? 1));
      }
    }),
  );
});

test("the expected shares are those of many choices", () => {
  const owner: TaskOwner = {
    tasks: {
      home: { weight: 2, run },
      tour: { weight: 1, order: "sequential", repeat: 2, tasks: { a: run, b: { repeat: 3, run } } },
      shop: {
        weight: 1,
        start: "list",
        transitions: { list: { item: 1 }, item: { list: 2, pay: 1 }, pay: { leave: 1 } },
        tasks: { list: run, item: run, pay: run },
      },
      login: { once: true, run },
    },
  };
  const shares = taskShares(flowOf(owner), classTasks(owner).length);
  const taken = chosen(owner, 100_000);
  const counts = tally(taken);
  for (const [position, name] of names(owner).entries()) {
    const [expected, found] = [shares[position] ?? 0, (counts[name] ?? 0) / taken.length];
    assert.ok(Math.abs(expected - found) < 0.01, `${name}: ${expected} and ${found}`);
  }
});

test("only classes with sets, loops, chains or tasks that run once need a flow", () => {
  assert.ok(isPlain(flowOf({ order: "sequential", tasks: { a: { weight: 2, run }, b: run } })));
  assert.ok(!isPlain(flowOf({ tasks: { a: { once: true, run } } })));
  assert.ok(!isPlain(flowOf({ tasks: { a: run }, transitions: { a: { a: 1 } } })));
});
