import assert from "node:assert/strict";
import { test } from "node:test";
import { recordedMetricsOf } from "../../../src/core/thresholds/recorded-metric.ts";
import { parseThresholds } from "../../../src/core/thresholds/threshold.ts";
import type { UserDefinition } from "../../../src/scenario/definition/define.ts";
import { DataEmptyError } from "../../../src/scenario/shared/data.ts";
import { RunTotals } from "../../../src/stats/run-totals.ts";
import { VirtualUserStopped } from "../../../src/worker/http/response/failure.ts";
import { reportOf } from "../../stats/recorder-events.ts";
import { TestServer, within, withTimeout } from "../http/fixture.ts";
import { TestUser } from "./test-user.ts";

type Vu = Parameters<NonNullable<UserDefinition["onStop"]>>[0];

/** A service that answers after the milliseconds in the path, and fails for `/fail`. */
function slowService() {
  return TestServer.http((request, response) => {
    const path = request.url ?? "";
    response.statusCode = path === "/fail" ? 503 : 200;
    setTimeout(() => response.end("ok"), Number(path.slice(1)) || 0);
  });
}

/** Runs `code` as the only iteration of a user. Returns the user, and its groups by path. */
async function iterated(url: string, code: (vu: Vu) => unknown, thresholds: readonly string[] = []) {
  const metrics = recordedMetricsOf(
    parseThresholds(
      Object.fromEntries(thresholds.map((one) => [one, one.includes("_duration") ? "count>0" : "rate>=0"])),
    ),
  );
  const tasks = {
    only: async (vu: Vu) => {
      user.user.stop();
      await code(vu);
    },
  };
  const user: TestUser = new TestUser({ tasks }, url, {}, "own", metrics);
  await within(user.run(), "the user ends");
  const totals = new RunTotals();
  totals.add(reportOf(user.recorder));
  const groups = totals.groups().map(({ name, requests, failures, responseTime, serviceTime }) => {
    return {
      name,
      count: requests,
      failures,
      durationMs: responseTime.maxMicros / 1_000,
      activeMs: serviceTime.maxMicros / 1_000,
    };
  });
  return { user, totals, groups };
}

test(
  "a group has the time of its requests and sleeps, and without sleeps that of its requests",
  withTimeout,
  async () => {
    await using service = await slowService();
    const { groups, totals, user } = await iterated(service.url, async (vu) => {
      // The first request loads the engine.
      await vu.http.get("/0", { name: "/first" });
      const answer = await vu.group("buy", async () => {
        await vu.http.get("/40");
        await vu.sleep("60ms");
        return (await vu.http.get("/20")).status;
      });
      assert.equal(answer, 200);
    });
    const inGroup = totals.endpoints().filter(({ name }) => name !== "/first");
    const requestsMs = inGroup.reduce((sum, { serviceTime }) => sum + serviceTime.maxMicros / 1_000, 0);
    const [{ durationMs, activeMs, ...buy } = assert.fail("no group")] = groups;
    assert.deepEqual(buy, { name: "buy", count: 1, failures: 0 });
    assert.ok(activeMs >= requestsMs && activeMs < requestsMs + 10_000, `${activeMs} of ${requestsMs} ms`);
    assert.ok(durationMs - activeMs >= 59 && durationMs - activeMs < 10_000, `${durationMs} and ${activeMs} ms`);
    assert.deepEqual(user.exceptions, []);
  },
);

test("nested groups have a path, and what fails in a group fails the groups around it", withTimeout, async () => {
  await using service = await slowService();
  const { groups } = await iterated(service.url, (vu) =>
    vu.group("buy", async () => {
      await vu.group("find", () => vu.http.get("/0"));
      await vu.group("pay", async () => {
        await vu.group("card", () => vu.http.get("/fail"));
        await vu.group("mail", () => vu.http.get("/0"));
      });
    }),
  );
  assert.deepEqual(
    groups.map(({ name, count, failures }) => [name, count, failures]),
    [
      ["buy", 1, 1],
      ["buy::find", 1, 0],
      ["buy::pay", 1, 1],
      ["buy::pay::card", 1, 1],
      ["buy::pay::mail", 1, 0],
    ],
  );
  const [buy, ...within] = groups.map(({ durationMs }) => durationMs);
  assert.ok(within.every((ms) => ms <= (buy ?? 0)));
});

test("groups at the same time have their own requests and pauses", withTimeout, async () => {
  await using service = await slowService();
  const { groups } = await iterated(service.url, (vu) =>
    vu.group("page", () =>
      Promise.all([
        vu.group("fails", async () => {
          await vu.sleep("5ms");
          await vu.http.get("/fail");
        }),
        vu.group("sleeps", () => vu.sleep("80ms")),
        vu.group("works", async () => {
          await vu.http.get("/80");
          await vu.http.get("/0");
        }),
      ]),
    ),
  );
  assert.deepEqual(
    groups.map(({ name, failures }) => [name, failures]),
    [
      ["page", 1],
      ["page::fails", 1],
      ["page::sleeps", 0],
      ["page::works", 0],
    ],
  );
  const of = (name: string) => groups.find((group) => group.name === `page${name}`) ?? assert.fail();
  const sleeps = of("::sleeps");
  assert.ok(sleeps.activeMs <= sleeps.durationMs - 79, "what it slept does not count");
  assert.ok(of("::works").activeMs >= 80);
  assert.ok(of("").activeMs >= 80, "a request was open while another part slept");
});

test(
  "a group that throws has failed, and throws what its code throws; one that caught it has not",
  withTimeout,
  async () => {
    const { groups, user } = await iterated("http://127.0.0.1:1", (vu) =>
      vu.group("outer", async () => {
        const thrown = new RangeError("sold out");
        await assert.rejects(() => vu.group("inner", () => Promise.reject(thrown)), thrown);
        await assert.rejects(() =>
          vu.group("sync", () => {
            throw thrown;
          }),
        );
        assert.equal(await vu.group("value", () => 7), 7);
      }),
    );
    assert.deepEqual(
      groups.map(({ name, failures }) => [name, failures]),
      [
        ["outer", 0],
        ["outer::inner", 1],
        ["outer::sync", 1],
        ["outer::value", 0],
      ],
    );
    assert.equal(user.recorder.failedIterations, 0);
  },
);

test("thresholds select groups by class, and requests and checks by group", withTimeout, async () => {
  await using service = await slowService();
  const selectors = [
    "group_duration{class:Tester,group:buy}",
    "group_failures{class:Tester}",
    "checks{group:buy}",
    "group_duration{class:Other}",
  ];
  const { user } = await iterated(
    service.url,
    async (vu) => {
      vu.check("outside", false);
      await vu.group("buy", async () => {
        await vu.http.get("/fail");
        vu.check("inside", true);
      });
    },
    selectors,
  );
  const { metrics, series } = user.recorder;
  assert.deepEqual(metrics.get('group_failures{class:"Tester"}'), { kind: "rate", count: 1, total: 1 });
  assert.deepEqual(metrics.get('checks{group:"buy"}'), { kind: "rate", count: 1, total: 1 });
  const trends = series.filter(({ kind }) => kind === "trend").map(({ samples }) => [samples.name, samples.requests]);
  assert.deepEqual(trends, [['group_duration{class:"Tester",group:"buy"}', 1]]);
});

test(
  "each try of a request is one of the group, so a group has failed although a retry succeeded",
  withTimeout,
  async () => {
    let tries = 0;
    await using service = await TestServer.http((_, response) => {
      response.statusCode = ++tries === 1 ? 503 : 200;
      response.end();
    });
    const { groups } = await iterated(service.url, async (vu) => {
      const ok = await vu.group("buy", async () => (await vu.http.get("/", { retries: { max: 1, delay: "1ms" } })).ok);
      assert.equal(ok, true);
    });
    assert.deepEqual(
      groups.map(({ name, count, failures }) => [name, count, failures, tries]),
      [["buy", 1, 1, 2]],
    );
  },
);

test("an abort interrupts a group without counting it", withTimeout, async () => {
  const { groups } = await iterated("http://127.0.0.1:1", (vu) => {
    setImmediate(() => (vu as unknown as { abort(): void }).abort());
    return vu.group("long", () => vu.sleep("1h"));
  });
  assert.deepEqual(groups, []);
});

test("what ends a user without a failure interrupts its groups without counting them", withTimeout, async () => {
  const ends: ((vu: Vu) => unknown)[] = [
    (vu) => Promise.reject(vu.signal.reason),
    () => Promise.reject(new DataEmptyError("accounts", "stop-user")),
    () => Promise.reject(new VirtualUserStopped()),
  ];
  for (const end of ends) {
    const { groups, user } = await iterated("http://127.0.0.1:1", (vu) =>
      vu.group("order", () => vu.group("wait", () => end(vu))),
    );
    assert.deepEqual([groups, user.exceptions, user.recorder.interruptedIterations], [[], [], 1]);
  }
  const { groups } = await iterated("http://127.0.0.1:1", (vu) =>
    vu.group("take", () => Promise.reject(new DataEmptyError("accounts", "fail"))),
  );
  assert.deepEqual(
    groups.map(({ name, failures }) => [name, failures]),
    [["take", 1]],
  );
});

test("a group that is not awaited is reported once", withTimeout, async () => {
  const { user } = await iterated("http://127.0.0.1:1", (vu) => {
    void vu.group("forgotten", () => vu.sleep("10ms"));
  });
  assert.ok(user.warnings.includes('task "only" ended before its vu.group: await it'), String(user.warnings));
});

test("wrong arguments of a group are refused with what to write", withTimeout, async () => {
  const wrong: [name: unknown, code: unknown, message: RegExp][] = [
    ["", () => 1, /vu.group: expected a name, found an empty one; write await vu.group\("checkout"/],
    [() => 1, undefined, /vu.group: expected a name, found a function/],
    ["pay", undefined, /vu.group\("pay"\): expected a function, found undefined/],
    ["a::b", () => 1, /a name cannot contain ::, which separates nested groups/],
  ];
  await iterated("http://127.0.0.1:1", async (vu) => {
    for (const [name, code, message] of wrong) {
      await assert.rejects(() => vu.group(name as string, code as () => void), message);
    }
    const { group } = vu;
    assert.throws(() => void group("x", () => {}), /group was called without its user: write vu.group\(…\)/);
  });
});
