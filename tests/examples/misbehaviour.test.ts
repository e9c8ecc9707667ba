import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { type Api, startApi } from "../../examples/plot-palette/api/server.ts";
import { call } from "./json-call.ts";

let api: Api;

/** The status of `GET /jobs` ("failed" without an answer) and how long it took. */
async function get(path = "/jobs"): Promise<{ status: number | "failed"; tookMs: number }> {
  const startMs = performance.now();
  try {
    const response = await fetch(`${api.url}${path}`);
    await response.text();
    return { status: response.status, tookMs: performance.now() - startMs };
  } catch {
    return { status: "failed", tookMs: performance.now() - startMs };
  }
}

/** Sends requests at once, and counts their outcomes. */
async function burst(count: number) {
  const startMs = performance.now();
  const all = await Promise.all(Array.from({ length: count }, () => get()));
  const counted: Record<string, number> = {};
  for (const { status } of all) counted[status] = (counted[status] ?? 0) + 1;
  return { counted, all, tookMs: performance.now() - startMs };
}

/** A machine with other work may be late, though hardly ten times: `attempt` again and again, until it took less than `limitMs`. */
async function inTime<Outcome extends { readonly tookMs: number }>(
  limitMs: number,
  attempt: () => Promise<Outcome>,
): Promise<Outcome> {
  for (let left = 10; ; left--) {
    const outcome = await attempt();
    if (outcome.tookMs < limitMs) return outcome;
    assert.ok(left > 1, `${outcome.tookMs} ms`);
  }
}

describe("misbehaviour of the plot palette api", () => {
  before(async () => {
    api = await startApi();
  });
  afterEach(async () => {
    await call(api, "DELETE", "/_control/misbehave");
    await call(api, "POST", "/_control/reset");
  });
  after(() => api.close());

  it("is set by merge patches and shown", async () => {
    const set = (patch: unknown) => call(api, "POST", "/_control/misbehave", patch);
    const settings = { latencyMs: 5, capacity: { requestsPerSecond: 200, queueLimit: 3 } };
    assert.deepEqual((await set(settings)).json, settings);
    await set({ latencyMs: null, capacity: { requestsPerSecond: 300 } });
    const expected = { capacity: { requestsPerSecond: 300, queueLimit: 3 } };
    assert.deepEqual((await call(api, "GET", "/_control/misbehave")).json, expected);
    assert.equal((await set({ capacity: null })).status, 200);
    assert.deepEqual(api.misbehave({}), {});
  });

  it("refuses unknown and invalid fields by name and then changes nothing", async () => {
    const invalid: [unknown, string][] = [
      [{ latency: 5 }, "latency"],
      [{ nothing: null }, "nothing"],
      [{ latencyMs: -1 }, "latencyMs"],
      [{ latencyMs: "5" }, "latencyMs"],
      [{ errorRate: 1.5 }, "errorRate"],
      [{ capacity: 5 }, "capacity"],
      [{ capacity: { requestsPerSecond: 0 } }, "capacity.requestsPerSecond"],
      [{ capacity: { requestsPerSecond: 5, limit: 1 } }, "capacity.limit"],
      [{ errorAbove: { requestsPerSecond: 1.5 } }, "errorAbove.requestsPerSecond"],
      [{ scaleOut: { afterMs: 1, factor: 2 } }, "scaleOut"],
      [{ stall: {} }, "stall.forMs"],
      [[], "(body)"],
    ];
    for (const [patch, field] of invalid) {
      const { status, json } = await call(api, "POST", "/_control/misbehave", patch);
      assert.deepEqual({ status, field: json.field }, { status: 400, field });
    }
    assert.deepEqual(api.misbehave({}), {});
  });

  it("adds a fixed latency, but not to health", async () => {
    api.misbehave({ latencyMs: 600 });
    await inTime(500, () => get("/health"));
    const { status, tookMs } = await inTime(1_600, () => get());
    assert.equal(status, 200);
    assert.ok(tookMs >= 600, `${tookMs} ms`);
  });

  it("answers exactly 5 % with errors", async () => {
    api.misbehave({ errorRate: 0.05 });
    let errors = 0;
    for (let n = 0; n < 4; n += 1) errors += (await burst(100)).counted[500] ?? 0;
    assert.equal(errors, 20);
    assert.deepEqual(api.counts().routes["GET /jobs"]?.byStatus, { 200: 380, 500: 20 });
  });

  it("resets an exact share of connections", async () => {
    api.misbehave({ resetRate: 0.1 });
    assert.deepEqual((await burst(50)).counted, { 200: 45, failed: 5 });
    const { total, completed, aborted } = api.counts();
    assert.deepEqual({ total, completed, aborted }, { total: 50, completed: 45, aborted: 5 });
  });

  it("refuses only the excess above a rate", async () => {
    // All within one second.
    const { counted } = await inTime(1_000, () => {
      api.misbehave({ errorAbove: { requestsPerSecond: 15 } });
      return burst(20);
    });
    assert.deepEqual(counted, { 200: 15, 503: 5 });
  });

  it("serves at its capacity", async () => {
    api.misbehave({ capacity: { requestsPerSecond: 40 } });
    const { counted, tookMs } = await inTime(1_200, () => burst(20));
    assert.deepEqual(counted, { 200: 20 });
    assert.ok(tookMs >= 500, `${tookMs} ms`);
  });

  it("refuses what finds the queue full", async () => {
    api.misbehave({ capacity: { requestsPerSecond: 1, queueLimit: 1 } });
    const { counted, all } = await burst(10);
    assert.deepEqual(counted, { 200: 2, 503: 8 });
    const longest = (ofStatus: number) =>
      Math.max(...all.map(({ status, tookMs }) => (status === ofStatus ? tookMs : 0)));
    assert.ok(longest(503) < longest(200), "who is refused does not wait for those who are served");
  });

  it("serves faster after scaling out", async () => {
    // Without the added capacity 2 s. The 41st request orders it, the 40 before keep their 20 ms, the others need 2 ms.
    const { tookMs } = await inTime(1_600, () => {
      api.misbehave({ capacity: { requestsPerSecond: 50 }, scaleOut: { afterMs: 200, factor: 10 } });
      return burst(100);
    });
    assert.ok(tookMs >= 920, `${tookMs} ms`);
  });

  it("holds all answers during a stall, also of requests that were under way", async () => {
    api.misbehave({ latencyMs: 100 });
    const underWay = get();
    await get("/health");
    const fromMs = performance.now();
    api.misbehave({ stall: { forMs: 500 } });
    // The second one may be sent late.
    const untilAnswered = async (answer: Promise<unknown>) => {
      await answer;
      return performance.now() - fromMs;
    };
    const [before, during] = await Promise.all([untilAnswered(underWay), untilAnswered(get())]);
    assert.ok(before >= 490 && during >= 490, `${before} and ${during} ms`);
    await inTime(400, () => get());
  });

  it("stays slow once it was overloaded, until a reset", async () => {
    api.misbehave({ neverRecover: { aboveRequestsPerSecond: 20, latencyMs: 600 } });
    await inTime(600, () => get());
    // All within one second.
    await inTime(1_600, () => burst(30));
    assert.ok((await get()).tookMs >= 600);
    await call(api, "POST", "/_control/reset");
    await inTime(600, () => get());
  });

  it("does not touch control routes", async () => {
    api.misbehave({ errorRate: 1, latencyMs: 5_000 });
    const { status } = await inTime(5_000, () => get("/_control/counts"));
    assert.equal(status, 200);
  });
});
