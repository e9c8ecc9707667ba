import assert from "node:assert/strict";
import { test } from "node:test";
import { lookNext } from "../../../src/report/page/look-next.ts";
import type { Result } from "../../../src/report/result/result-schema.ts";
import { answer, resultOf, summaryOf } from "../result-fixture.ts";

const healthy = resultOf([answer("/jobs", 100), answer("/jobs/:id", 700)]);

/** All requests of an endpoint spend their time so. */
function withPhases(result: Result, phase: keyof Result["total"]["phasesMs"], mean: number): Result {
  const endpoints = result.endpoints.map((endpoint) => {
    return { ...endpoint, phasesMs: { ...endpoint.phasesMs, [phase]: { requests: 1, mean, max: mean } } };
  });
  return { ...result, endpoints };
}

function withTotalWaiting(result: Result): Result {
  const { phasesMs } = result.total;
  return {
    ...result,
    total: { ...result.total, phasesMs: { ...phasesMs, waiting: { requests: 1, mean: 665, max: 665 } } },
  };
}

test("when nothing stands out, nothing is said", () => {
  assert.deepEqual(lookNext(healthy), []);
  assert.doesNotMatch(summaryOf(healthy), /look at/);
});

/** Enough requests of two endpoints for their percentiles to be known. */
const enough = Array.from({ length: 100 }, () => [answer("/jobs", 100), answer("/jobs/:id", 700)]).flat();

test("a response time that is too long: the slowest endpoint that the threshold is about, and where its time goes", () => {
  const events = enough;
  const slow = resultOf(events, { response_time: "p(95)<500" });
  assert.equal(lookNext(slow)[0], "GET /jobs/:id: p95 700 ms, p99 700 ms");
  const waiting = withPhases(slow, "waiting", 665);
  const inWaiting = ", 95.0 % of its time waiting for the first byte";
  assert.equal(lookNext(waiting)[0], `GET /jobs/:id: p95 700 ms, p99 700 ms${inWaiting}`);
  const ofOne = resultOf(events, { "response_time{name:/jobs}": "p(95)<50" });
  assert.equal(lookNext(ofOne)[0], "GET /jobs: p95 100 ms, p99 100 ms");
});

test("in an open load the wait for a free user is named as such, with its share of the response time", () => {
  const slow = resultOf([answer("/jobs", 700)], { response_time: "p(95)<500" });
  // Due 700 ms before its end, sent 49 ms before its end, on a connection that was opened in 1 ms.
  const waited = (result: Result, lagMs: number): Result => ({
    ...withPhases(result, "connect", 1),
    scheduleLagMs: { ...result.total.responseTimeMs, mean: lagMs },
    endpoints: withPhases(result, "connect", 1).endpoints.map((endpoint) => {
      return { ...endpoint, serviceTimeMs: { ...endpoint.serviceTimeMs, mean: 49 } };
    }),
  });
  const jobs = "GET /jobs: p95 700 ms, p99 700 ms";
  assert.equal(lookNext(waited(slow, 0.4))[0], `${jobs}, 92.9 % of its time waiting for a free user`);
  assert.match(lookNext(waited(slow, 600))[0] ?? "", /waiting for the load generator, which was late$/);
  // The service time begins when the request is sent.
  const service = resultOf([answer("/jobs", 700)], { service_time: "p(95)<40" });
  assert.equal(lookNext(waited(service, 0.4))[0], jobs);
});

test("too few requests to tell endpoints apart are said to be too few, and no endpoint is named", () => {
  const one = resultOf([answer("/jobs", 100), answer("/jobs/:id", 700)], { response_time: "p(95)<500" });
  const few = "are too few for their p95: fewer than 100, so none is named";
  assert.equal(lookNext(one)[0], `a longer run: the requests of all endpoints ${few}`);
  const mixed = resultOf([...enough, answer("/new", 9_000)], { response_time: "p(95)<500" });
  assert.match(lookNext(mixed)[0] ?? "", /^GET \/jobs\/:id: /, "what is known is said");
  const alike = [...Array(300).keys()].map((number) => answer(`/${number % 3}`, 700));
  const shared = withTotalWaiting(resultOf([...alike, answer("/new", 9_000)], { response_time: "p(95)<500" }));
  assert.equal(lookNext(shared)[0], `a longer run: the requests of 1 of 4 endpoints ${few}`);
  const all = withTotalWaiting(resultOf(alike, { response_time: "p(95)<500" }));
  const words = "what all 3 endpoints have in common: none is significantly slower than the others";
  assert.equal(lookNext(all)[0], `${words}, 95.0 % of its time waiting for the first byte`);
});

test("with the windows of the run, the time and the load at which a threshold started to fail are given", () => {
  const slow = resultOf([answer("/jobs", 700)], { response_time: "p(95)<500" });
  const [, since] = lookNext(slow, () => ({ atMs: 72_000, users: 1, requestsPerSecond: 1_234.4 }));
  assert.equal(since, "01:12, when p95 < 500 ms started to fail, at 1 user and 1,234 requests/s");
});

test("failures: the commonest one, if they are many or a threshold says so", () => {
  const rare = Array.from({ length: 2_000 }, () => answer("/jobs", 1));
  const once = [...rare, answer("/jobs", 1, "no job")];
  assert.deepEqual(lookNext(resultOf(once)), []);
  assert.deepEqual(lookNext(resultOf(once, { failures: "rate<=0" })), [
    "GET /jobs: 100.0 % of all failures are check, no job",
  ]);
  assert.match(lookNext(resultOf([answer("/", 1, "no")])).join(), /^GET \/: /);
});

test("failures of one cause on many endpoints are counted together, and the endpoint that has more of them is named", () => {
  const failing = (number: number) => answer(`/${number % 60}`, 1, number % 600 < 60 ? "no job" : null);
  const alike = [...Array(12_000).keys()].map(failing);
  const share = "100.0 % of all failures are check, no job";
  assert.deepEqual(lookNext(resultOf(alike)), [`60 endpoints alike: ${share}`]);
  const worse = [...alike, ...Array.from({ length: 60 }, () => answer("/7", 1, "no job"))];
  assert.deepEqual(lookNext(resultOf(worse)), ["GET /7: 6.3 % of all failures are check, no job"]);
});

test("of many thresholds with an open outcome, some are named and the others counted", () => {
  const spread = [...Array(60).keys()].flatMap((endpoint) =>
    Array.from({ length: 200 }, (_, ms) => answer(`/${endpoint}`, ms + 1)),
  );
  const thresholds = Object.fromEntries(
    [...Array(16).keys()].map((endpoint) => [`response_time{name:/${endpoint}}`, "p(95)<192"]),
  );
  const [words] = lookNext(resultOf(spread, thresholds));
  const named = [0, 1, 2].map((endpoint) => `p95 of /${endpoint} < 192 ms`).join(", ");
  assert.equal(words, `${named} and 13 more: close, so a longer run may end the other way`);
});

test("exceptions of the test, dropped iterations and close thresholds are pointed out", () => {
  const thrown = resultOf([answer("/", 1), { kind: "exception", task: "look", message: "Error: no state (t.ts:1:2)" }]);
  assert.deepEqual(lookNext(thrown), ["the test's own code, which threw 1 × in look: Error: no state (t.ts:1:2)"]);
  assert.match(lookNext({ ...healthy, droppedIterations: 1_200 }).join(), /^1,200 dropped iterations: /);
  const spread = Array.from({ length: 200 }, (_, ms) => answer("/", ms + 1));
  const close = resultOf(spread, { response_time: "p(95)<192" });
  assert.match(lookNext(close).join(), /^p95 < 192 ms: close, so a longer run may end/);
});

test("a lost worker comes first, with where it was", () => {
  const workers = healthy.workers.map((worker) => ({ ...worker, lost: true }));
  assert.match(lookNext({ ...healthy, workers })[0] ?? "", /^why worker #1 on host-a was lost/);
});

test("a run of many endpoints and workers has a summary that can be read", () => {
  const events = [...Array(100).keys()].map((position) => answer(`/${position}`, 1));
  const [worker] = healthy.workers;
  assert.ok(worker);
  const workers = Array.from({ length: 50 }, (_, position) => {
    return { ...worker, number: position + 1, requests: 1_000 + position, lost: position < 2 };
  });
  const summary = summaryOf({ ...resultOf(events), workers });
  assert.match(summary, /and 60 more with fewer requests/);
  assert.match(summary, /50 workers, by requests: 1,000 to 1,049 each \(2 lost\)/);
  assert.ok(summary.split("\n").length < 70);
  assert.ok(summary.split("\n").every((line) => line.length <= 100));
});

test("failures of several kinds are counted by kind", () => {
  const result = resultOf([answer("/", 1, "no")]);
  const total = { ...result.total, failures: 15, failureKinds: { timeout: 3, "5xx": 12 } };
  assert.match(summaryOf({ ...result, total }), /failures by kind: 5xx 12 {2}timeout 3/);
});

test("few samples are mentioned only where they leave the outcome open, and are not called close", () => {
  const few = resultOf([answer("/", 100)], { response_time: "p(95)<101", service_time: "p(99)<60000" });
  const words = "p95 < 101 ms: few samples, only a longer run can tell";
  assert.deepEqual(lookNext(few), [words]);
  const clear = resultOf([answer("/", 1)], { response_time: "p(95)<5000" });
  assert.deepEqual(lookNext(clear), []);
  assert.doesNotMatch(summaryOf(clear), /few samples|close|look at/);
});

test("a threshold that holds because its selector met nothing", () => {
  const slip = resultOf([answer("/jobs", 1)], { "requests{name:/jbos}": "count<5" });
  const words = "requests{name:/jbos}, which passes without data: no request matched name:/jbos; nearest seen: /jobs";
  assert.deepEqual(lookNext(slip), [words]);
});
