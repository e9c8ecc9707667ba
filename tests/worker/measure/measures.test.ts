import assert from "node:assert/strict";
import { test } from "node:test";
import type { MeasuredCall } from "../../../src/scenario/definition/measure.ts";
import type { VirtualUser } from "../../../src/scenario/definition/virtual-user.ts";
import { DataEmptyError } from "../../../src/scenario/shared/data.ts";
import { RunTotals } from "../../../src/stats/run-totals.ts";
import { reportOf } from "../../stats/recorder-events.ts";
import { TestServer, within, withTimeout } from "../http/fixture.ts";
import { TestUser } from "../user/test-user.ts";

type Vu = VirtualUser<object, object>;

/** Runs `code` as the only iteration of a user. Returns the user and what it recorded. */
async function iterated(code: (vu: Vu) => unknown, url?: string) {
  const tasks = {
    only: async (vu: Vu) => {
      vu.stop();
      await code(vu);
    },
  };
  const user = new TestUser({ tasks }, url, {}, "own");
  await within(user.run(), "the user ends");
  const totals = new RunTotals();
  totals.add(reportOf(user.recorder));
  const rows = totals.endpoints().map(({ method, name, requests, failures }) => [method, name, requests, failures]);
  return { user, totals, rows };
}

const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

test("asynchronous work is an endpoint with times, bytes and its result", withTimeout, async () => {
  const { totals, rows, user } = await iterated(async (vu) => {
    const rows = await vu.measure(
      "select jobs",
      async (call) => {
        await later(30);
        call.bytesOut = 20;
        call.bytesIn += 100;
        return ["a", "b"];
      },
      { kind: "SQL" },
    );
    assert.deepEqual(rows, ["a", "b"]);
    assert.equal(await vu.measure("now", () => 7), 7);
  });
  assert.deepEqual(rows, [
    ["CALL", "now", 1, 0],
    ["SQL", "select jobs", 1, 0],
  ]);
  const sql = totals.merged(({ method }) => method === "SQL");
  assert.deepEqual([sql.bytesIn, sql.bytesOut], [100, 20]);
  assert.ok(sql.serviceTime.maxMicros >= 29_000, `${sql.serviceTime.maxMicros} us`);
  assert.deepEqual([totals.merged().requests, user.exceptions], [2, []]);
});

test(
  "what fails has its kind: by code, by message, by time; it is thrown on and is no second error",
  withTimeout,
  async () => {
    const thrown: unknown[] = [];
    const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:5432"), { code: "ECONNREFUSED" });
    const { user, rows } = await iterated(async (vu) => {
      const fails = (name: string, code: (call: MeasuredCall) => unknown, timeout?: string) =>
        vu.measure(name, code, timeout === undefined ? {} : { timeout }).catch((error: unknown) => thrown.push(error));
      await fails("refused", () => Promise.reject(refused));
      await fails("numbered", () => {
        throw Object.assign(new Error("duplicate key"), { code: "23505" });
      });
      await fails("text", () => Promise.reject("no leader"));
      await fails("late", () => new Promise(() => {}), "30ms");
      await fails("wrong", ({ fail }) => fail("the balance is wrong"));
      await vu.measure("last", () => Promise.reject(refused));
    });
    assert.deepEqual(thrown[0], refused);
    assert.equal(thrown.length, 4);
    assert.deepEqual(
      [...user.recorder.errors.values()].map(({ method, name, kind, message, count }) => [
        ...[method, name, kind, message, count],
      ]),
      [
        ["CALL", "refused", "refused", "connect ECONNREFUSED 127.0.0.1:5432", 1],
        ["CALL", "numbered", "other", "23505: duplicate key", 1],
        ["CALL", "text", "other", "'no leader'", 1],
        ["CALL", "late", "timeout", "no result within 30 ms", 1],
        ["CALL", "wrong", "check", "the balance is wrong", 1],
        ["CALL", "last", "refused", "connect ECONNREFUSED 127.0.0.1:5432", 1],
      ],
    );
    assert.ok(rows.every(([, , requests, failures]) => requests === 1 && failures === 1));
    assert.equal(user.recorder.failedIterations, 1);
  },
);

test(
  "a mistake in the test's code is a failure of the measure, and is reported with its place",
  withTimeout,
  async () => {
    const { user } = await iterated((vu) => vu.measure("broken", () => (undefined as unknown as { x: string }).x));
    const errors = [...user.recorder.errors.values()].map(({ name, kind, stack }) => [name, kind, stack !== ""]);
    assert.deepEqual(errors, [
      ["broken", "other", false],
      ["only", "exception", true],
    ]);
  },
);

test("work in a measure counts in totals in its place, and only once", withTimeout, async () => {
  await using service = await TestServer.http((_, response) => response.end("ok"));
  const { rows, totals } = await iterated(async (vu) => {
    await vu.measure("checkout", async () => {
      await vu.http.get("/cart");
      await vu.measure("pay", () => vu.measure("ask bank", () => later(1), { kind: "BANK" }));
    });
    await vu.measure("checkout", () => later(1));
    await Promise.all([vu.measure("alone", () => later(5)), vu.http.get("/beside")]);
  }, service.url);
  assert.deepEqual(rows, [
    ["GET", "/beside", 1, 0],
    ["GET", "/cart", 1, 0],
    ["CALL", "alone", 1, 0],
    ["BANK", "ask bank", 1, 0],
    ["(CALL)", "checkout", 1, 0],
    ["CALL", "checkout", 1, 0],
    ["(CALL)", "pay", 1, 0],
  ]);
  assert.equal(totals.merged().requests, 5);
});

test(
  "the first work of an iteration is as late as the iteration, in a measure and in what it contains",
  withTimeout,
  async () => {
    await using service = await TestServer.http((_, response) => response.end("ok"));
    const user = new TestUser({ tasks: { none: () => {} } }, service.url, {}, "own");
    user.recorder.expectOpenLoad();
    const { http } = user.user;
    const lateBy = (ms: number) => http.beginIteration(performance.now() - ms, performance.now() - ms);
    lateBy(1_000);
    await user.user.measure("outer", async () => {
      await http.get("/first");
      await http.get("/second");
    });
    lateBy(2_000);
    await user.user.measure("leaf", () => {});
    await user.user.measure("after", () => {});
    const times = new Map(user.recorder.endpoints.map((one) => [one.name, one.responseTime?.maxMicros ?? 0]));
    const seconds = (name: string) => Math.floor((times.get(name) ?? 0) / 1_000_000);
    assert.deepEqual(
      ["outer", "/first", "/second", "leaf", "after"].map((name) => [name, seconds(name)]),
      [
        ["outer", 1],
        ["/first", 1],
        ["/second", 0],
        ["leaf", 2],
        ["after", 0],
      ],
    );
    await user.user.close(false);
  },
);

test(
  "an abort interrupts open measures: they reject, are not recorded, and their signal is aborted",
  withTimeout,
  async () => {
    const signals: AbortSignal[] = [];
    const user = new TestUser({
      tasks: {
        wait: (vu: Vu) =>
          vu.measure("for ever", ({ signal }) => {
            signals.push(signal);
            return new Promise(() => {});
          }),
      },
    });
    await user.user.open();
    const iteration = user.user.iterate();
    user.user.abort();
    await within(iteration, "the iteration ends");
    await user.user.close(true);
    assert.deepEqual(
      [user.recorder.endpoints.length, user.recorder.interruptedIterations, user.exceptions],
      [0, 1, []],
    );
    assert.equal(signals[0]?.aborted, true);
    await assert.rejects(
      user.user.measure("later", () => {}),
      /the virtual user was stopped/,
    );
  },
);

test("what cannot even be looked at is a failure like any other", withTimeout, async () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const { rows, user } = await iterated((vu) => vu.measure("odd", () => Promise.reject(proxy)));
  assert.deepEqual([rows, user.recorder.failedIterations], [[["CALL", "odd", 1, 1]], 1]);
});

test(
  "a user that is to stop has not failed where it waits by its signal, in a measure and outside of one",
  withTimeout,
  async () => {
    const wait = (signal: AbortSignal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    for (const task of [(vu: Vu) => wait(vu.signal), (vu: Vu) => vu.measure("long poll", () => wait(vu.signal))]) {
      const user = new TestUser({ tasks: { task } });
      await user.user.open();
      const iteration = user.user.iterate();
      user.user.end();
      await within(iteration, "the iteration ends");
      await user.user.close(true);
      const { endpoints, interruptedIterations } = user.recorder;
      assert.deepEqual([user.exceptions, endpoints.length, interruptedIterations], [[], 0, 1]);
    }
  },
);

test("a measure for which no data row is left has not failed, and throws this on", withTimeout, async () => {
  const empty = new DataEmptyError("accounts", "stop-user");
  const thrown: unknown[] = [];
  const { rows, user } = await iterated(async (vu) => {
    const take = vu.measure("take", () => Promise.reject(empty));
    await take.catch((error: unknown) => thrown.push(error));
    await take;
  });
  assert.deepEqual([rows, thrown, user.exceptions], [[], [empty], []]);
  assert.equal(user.recorder.interruptedIterations, 1);
});

test("a measure that the task does not await is warned of, and its failure ends nothing", withTimeout, async () => {
  const { user, rows } = await iterated((vu) => {
    void vu.measure("loose", async () => {
      await later(20);
      throw new Error("nobody listens");
    });
  });
  assert.match(user.warnings.join(), /ended before its requests/);
  // The user closes its measures with itself.
  assert.deepEqual(rows, []);
});

for (const [what, call, message] of [
  ["no name", (vu: Vu) => vu.measure("", () => {}), /expected a name, found an empty one; write await vu\.measure/],
  [
    "no function",
    (vu: Vu) => vu.measure("x", 5 as never),
    /vu\.measure\("x"\): expected a function, found the number 5/,
  ],
  ["a misspelt option", (vu: Vu) => vu.measure("x", () => {}, { kid: "SQL" } as never), /"kid"; did you mean kind\?/],
  [
    "a kind of two words",
    (vu: Vu) => vu.measure("x", () => {}, { kind: "my sql" }),
    /kind is the string "my sql"; expected one word/,
  ],
  ["a timeout without unit", (vu: Vu) => vu.measure("x", () => {}, { timeout: "5" }), /timeout: .*unit/],
  [
    "a tag that is no text",
    (vu: Vu) => vu.measure("x", () => {}, { tags: { a: 1 } as never }),
    /tags\.a: expected a string/,
  ],
  [
    "bytes that are none",
    (vu: Vu) => vu.measure("x", (one) => Object.assign(one, { bytesIn: -1 })),
    /a number of bytes is the number -1/,
  ],
  ["a detached method", ({ measure }: Vu) => measure("x", () => {}), /write vu\.measure/],
] as const) {
  test(`${what} is refused by name`, withTimeout, async () => {
    const { user } = await iterated(call);
    assert.match(user.exceptions.map(([, text]) => text).join(), message);
    assert.equal(user.recorder.endpoints.length, what === "bytes that are none" ? 1 : 0);
  });
}
