import assert from "node:assert/strict";
import { test } from "node:test";
import type { Plan } from "../../../src/core/plan/plan.ts";
import { attempts, Disturbed } from "../../support/attempts.ts";
import { echo, eventually, TestServer, within, withTimeout } from "../http/fixture.ts";
import { openSpec, Stage } from "./stage.ts";

/** So many iterations, 100 a second, and then none. */
const burst = (count: number): Plan => ({
  points: [
    { atMs: 0, value: 100 },
    { atMs: count * 10, value: 100 },
    { atMs: count * 10, value: 0 },
  ],
  durationMs: 60_000,
});
const request = { tasks: { list: (vu: { http: { get(url: string): unknown } }) => vu.http.get("/") } };

test(
  "response time counts from when an iteration was due, service time from when it was sent",
  withTimeout,
  async () => {
    let held = 0;
    await using server = await TestServer.http((incoming, response) => {
      setTimeout(() => echo(incoming, response), held++ === 0 ? 200 : 0);
    });
    using stage = new Stage(openSpec(burst(10), { maxUsers: 1 }), [request], { base: server.url, countsStalls: true });
    await eventually(() => stage.counts.completed === 10, "all are done");
    const [endpoint] = stage.recorder.endpoints;
    assert.ok(endpoint?.responseTime);
    assert.deepEqual([endpoint.requests, endpoint.responseTime.count], [10, 10]);
    // The first took 200 ms; those due 10, 20, … 90 ms later had waited 190, 180, … 110 ms and more.
    assert.ok(endpoint.serviceTime.maxMicros >= 199_000);
    assert.ok(endpoint.responseTime.sumMicros - endpoint.serviceTime.sumMicros >= 9 * 150_000 - 10_000);
    assert.ok(endpoint.responseTime.minMicros >= 100_000, "nobody was answered sooner");
    assert.ok(endpoint.serviceTime.minMicros < 100_000);
  },
);

test("the wait for a free user is blocked time, not schedule lag", withTimeout, () => attempts(5, blockedTimes));

async function blockedTimes(): Promise<void> {
  await using server = await TestServer.http((incoming, response) => {
    setTimeout(() => echo(incoming, response), 60);
  });
  using stage = new Stage(openSpec(burst(3), { maxUsers: 1 }), [request], { base: server.url, countsStalls: true });
  await eventually(() => stage.counts.completed === 3, "all are done");
  const { scheduleLag, blockedTime } = stage.recorder;
  assert.deepEqual([scheduleLag.count, blockedTime.count], [3, 3]);
  // Due after 10 and 20 ms, begun after 60 and 120 ms at the earliest. What the process was late to queue them is lag.
  assert.ok(blockedTime.sumMicros + scheduleLag.sumMicros >= (50 + 100) * 1_000 - 5_000, `${blockedTime.sumMicros}`);
  if (scheduleLag.sumMicros >= blockedTime.sumMicros) throw new Disturbed(`a lag of ${scheduleLag.sumMicros} us`);
}

test("the delay of the generator itself is schedule lag, and is part of the response time", withTimeout, () =>
  attempts(5, delayOfGenerator),
);

async function delayOfGenerator(): Promise<void> {
  await using server = await TestServer.http(echo);
  let first = true;
  const blockOnce = {
    tasks: {
      list: (vu: { http: { get(url: string): unknown } }) => {
        const untilMs = performance.now() + (first ? 100 : 0);
        first = false;
        while (performance.now() < untilMs); // user code that keeps the process to itself
        return vu.http.get("/");
      },
    },
  };
  using stage = new Stage(openSpec(burst(8)), [blockOnce], { base: server.url, countsStalls: true });
  await eventually(() => stage.counts.completed === 8, "all are done");
  const { scheduleLag, endpoints } = stage.recorder;
  const startedMs = stage.users[0]?.startedMs ?? 0;
  // Others were due by then, and were started with the first, before it kept the process to itself.
  if (startedMs >= 10) throw new Disturbed(`the first user started after ${startedMs} ms`);
  // Due after 10, 20, … 70 ms, and acted on after 100 ms at the earliest.
  assert.ok(scheduleLag.maxMicros >= 89_000, `${scheduleLag.maxMicros}`);
  assert.ok(scheduleLag.sumMicros >= (90 + 80 + 70 + 60 + 50 + 40 + 30) * 1_000 - 10_000);
  assert.ok((endpoints[0]?.responseTime?.sumMicros ?? 0) >= scheduleLag.sumMicros);
}

test("only the first request of an iteration is due with it", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  const two = {
    tasks: {
      list: async (vu: { http: { get(url: string): Promise<unknown> }; sleep(text: string): Promise<void> }) => {
        await vu.sleep("100ms");
        await vu.http.get("/first");
        await vu.http.get("/second");
      },
    },
  };
  using stage = new Stage(openSpec(burst(1)), [two], { base: server.url, countsStalls: true });
  await eventually(() => stage.counts.completed === 1, "it is done");
  const [first, second] = stage.recorder.endpoints;
  assert.ok((first?.responseTime?.minMicros ?? 0) >= 99_000);
  assert.ok((second?.responseTime?.maxMicros ?? 0) < (first?.responseTime?.minMicros ?? 0));
  stage.executor.stop(0);
  await within(stage.executor.finished, "the user ends");
});
