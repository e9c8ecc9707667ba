import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { forgetSecrets, hideSecrets } from "../../../src/core/redaction/known-secrets.ts";
import { ThresholdError } from "../../../src/core/thresholds/cursor.ts";
import {
  closed,
  defineTest,
  defineUser,
  findCapacity,
  json,
  observed,
  prometheus,
  promql,
} from "../../../src/index.ts";
import { validateTest } from "../../../src/scenario/bundle/load-bundle.ts";
import { resolveObserve } from "../../../src/scenario/observe/resolve-observe.ts";
import { type ResolvedRun, resolveRun } from "../../../src/scenario/resolve/resolve.ts";

const users = [defineUser({ name: "A", tasks: { nothing: () => {} } })];
const host = "http://127.0.0.1:8000";
const url = "http://127.0.0.1:9090/metrics";
const load = closed({ users: 1, spawnRate: 1, duration: "1m" });

function resolved(over: object): ResolvedRun {
  return resolveRun(validateTest({ host, users, load, ...over }), {});
}

test("sources of all kinds have their defaults, and a function alone is one", () => {
  const test = defineTest({
    host,
    users,
    load,
    observe: {
      queue: prometheus({ url, metric: "queue_length" }),
      cpu: promql({ url, query: "avg(cpu)", every: "30s", unit: "%" }),
      depth: json({ url, path: "queue.depth", every: "10s", timeout: "2s" }),
      host: async () => ({ memory: 1 }),
      disk: observed(() => 3, { rate: true }),
    },
    thresholds: { "observed{name:queue}": "max<100", "observed{name:host.memory}": "last<=2" },
  });
  const { observe, thresholds } = resolveRun(validateTest(test), {});
  assert.deepEqual(
    observe.map(({ name, everyMs, timeoutMs, unit, isRate, definition }) => {
      return [name, definition.kind, everyMs, timeoutMs, unit, isRate];
    }),
    [
      ["queue", "prometheus", 5_000, 5_000, null, false],
      ["cpu", "promql", 30_000, 10_000, "%", false],
      ["depth", "json", 10_000, 2_000, null, false],
      ["host", "function", 5_000, 5_000, null, false],
      ["disk", "function", 5_000, 5_000, null, true],
    ],
  );
  assert.deepEqual(
    thresholds.map(({ metric, expression }) => [metric, expression.aggregation.kind]),
    [
      ["observed{name:queue}", "max"],
      ["observed{name:host.memory}", "last"],
    ],
  );
});

for (const [observe, message] of [
  [{ queue: 5 }, /observe\.queue: expected a function, prometheus\(…\)/],
  [{ queue: { kind: "statsd" } }, /observe\.queue: expected a function/],
  [{ "aws.cpu": () => 1 }, /observe.*expected a name of letters, digits, _ and -/],
  [{ queue: prometheus({ url: "localhost:9090", metric: "up" }) }, /observe\.queue\.url: expected a URL such as/],
  [{ queue: prometheus({ url, metric: "up{job='a'}" }) }, /observe\.queue\.metric: expected the name of a sample/],
  [{ queue: { ...prometheus({ url, metric: "up" }), label: {} } }, /observe\.queue: .*label.*did you mean labels\?/],
  [{ queue: observed(() => 1, { every: "500ms" }) }, /observe\.queue\.every: expected at least "1s"/],
  [{ queue: observed(() => 1, { every: "5 seconds" }) }, /observe\.queue\.every: /],
  [{ queue: json({ url, path: "a", headers: { "x y": "1" } }) }, /observe\.queue\.headers/],
  [{ queue: observed(() => 1, { timeout: "1m" }) }, /observe\.queue: the timeout, 1m, is longer than 5s/],
  [Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`s${at}`, () => 1])), /51 sources; at most 50/],
] as const) {
  test(`a source that is not valid is refused: ${message.source}`, () => {
    assert.throws(
      () => resolved({ observe }),
      (error) => {
        assert.ok(error instanceof ConfigurationError, String(error));
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

for (const [metric, message] of [
  ["observed", /names one metric, such as observed\{name:queue\}/],
  ["observed{name!=queue}", /names one metric/],
  ["observed{name:queu}", /column 15: nothing observes "queu", did you mean "queue"\?/],
  ["observed{name:memory.rss}", /nothing observes "memory\.rss", expected one of queue/],
  ["observed{path:queue}", /unknown tag "path"/],
] as const) {
  test(`a threshold on nothing is refused: ${metric}`, () => {
    const observe = { queue: () => 1 };
    assert.throws(
      () => resolved({ observe, thresholds: { [metric]: "max<1" } }),
      (error) => {
        assert.ok(error instanceof ThresholdError, String(error));
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test("a window that is shorter than the time between two readings is refused", () => {
  const thresholds = { "observed{name:queue}": { threshold: "max<1", window: "10s" } };
  const observe = { queue: observed(() => 1, { every: "20s" }) };
  assert.throws(() => resolved({ observe, thresholds }), /its window of 10 s is shorter than the 20 s between two/);
});

test("a search is not judged by what is observed", () => {
  const thresholds = { "observed{name:queue}": "max<1" };
  const { search } = resolved({
    load: findCapacity({ start: 1, max: 2 }),
    observe: { queue: () => 1 },
    thresholds,
  });
  assert.deepEqual(
    search?.ignored.map(({ metric }) => metric),
    ["observed{name:queue}"],
  );
  assert.ok(search?.targets.every(({ metric }) => metric !== "observed{name:queue}"));
});

test("times are whole milliseconds, as the store keeps them", () => {
  const observe = { queue: observed(() => 3, { every: "1001.5ms", timeout: "0.01667m" }) };
  const [source] = resolved({ observe }).observe;
  assert.deepEqual([source?.everyMs, source?.timeoutMs], [1_002, 1_000]);
});

test("values of headers that can be keys are secrets, whatever the names of the headers", (t) => {
  t.after(forgetSecrets);
  const headers = {
    authorization: "Bearer short-token",
    "x-scope-key": "0123456789abcdef",
    "x-scope-orgid": "shop",
    accept: "application/vnd.shop+json",
  };
  resolveObserve({ queue: json({ url, headers, path: "queue" }) });
  assert.equal(hideSecrets(Object.values(headers).join(" ")), "*** *** shop application/vnd.shop+json");
});
