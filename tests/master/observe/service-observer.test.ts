import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { pino } from "pino";
import { ObservedLog } from "../../../src/master/observe/observed-log.ts";
import { ServiceObserver } from "../../../src/master/observe/service-observer.ts";
import type { RunParts } from "../../../src/master/run-context.ts";
import type { ResolvedSource } from "../../../src/scenario/observe/resolve-observe.ts";
import type { ObserveFunction } from "../../../src/scenario/observe/sources.ts";
import { waitUntil } from "../../support/wait-until.ts";

function source(name: string, read: ObserveFunction, over: Partial<ResolvedSource> = {}): ResolvedSource {
  const definition = { kind: "function", read } as const;
  return { name, everyMs: 5, timeoutMs: 1_000_000, unit: null, isRate: false, leak: null, definition, ...over };
}

/** Observes until the test ends, on a timeline that the test controls. */
function observing(t: TestContext, ...sources: ResolvedSource[]) {
  const observed = new ObservedLog(sources, null);
  const events: string[] = [];
  const timeline = { elapsedMs: 0 };
  const run = {
    options: { resolved: { observe: sources, profile: "default" }, runId: "run", log: pino({ level: "silent" }) },
    timeline,
    observed,
    journal: { alert: (kind: string, text: string) => events.push(`${kind}: ${text}`) },
  } as unknown as RunParts;
  const observer = new ServiceObserver(run);
  t.after(() => observer.stop());
  const valuesOf = (name: string) => observed.series.find((one) => one.name === name)?.samples ?? [];
  return { observed, observer, events, timeline, valuesOf };
}

test("a source is read again and again, at the time of the run, until the observer is stopped", async (t) => {
  let calls = 0;
  const { observer, timeline, valuesOf, observed } = observing(
    t,
    source("queue", () => {
      timeline.elapsedMs += 100;
      return ++calls;
    }),
  );
  await waitUntil("three values", () => valuesOf("queue").length >= 3);
  assert.deepEqual(valuesOf("queue").slice(0, 3), [
    { atMs: 100, value: 1 },
    { atMs: 200, value: 2 },
    { atMs: 300, value: 3 },
  ]);
  observer.stop();
  const [before, readings] = [calls, observed.sources[0]?.readings];
  await waitUntil("another source", async () => {
    const other = observing(
      t,
      source("other", () => 1),
    );
    await waitUntil("two readings", () => (other.observed.sources[0]?.readings ?? 0) >= 2);
    return true;
  });
  assert.deepEqual([calls, observed.sources[0]?.readings], [before, readings]);
});

test("a rate is the increase of a counter per second; a counter that fell gives no value", async (t) => {
  const counts = [100, 300, 50, 60];
  let calls = 0;
  const { timeline, valuesOf } = observing(
    t,
    source(
      "requests",
      () => {
        timeline.elapsedMs += 500;
        return counts[Math.min(calls++, counts.length - 1)] ?? 0;
      },
      { isRate: true },
    ),
  );
  await waitUntil("the last rate", () => valuesOf("requests").length >= 3);
  assert.deepEqual(valuesOf("requests").slice(0, 3), [
    { atMs: 1_000, value: 400 },
    { atMs: 2_000, value: 20 },
    { atMs: 2_500, value: 0 },
  ]);
});

test("a reading that hangs is not read again meanwhile, and what comes late is left out", async (t) => {
  const pending: ((value: number) => void)[] = [];
  const signals: AbortSignal[] = [];
  const { observed, events, timeline, valuesOf } = observing(
    t,
    source(
      "slow",
      ({ signal }) => {
        signals.push(signal);
        return pending.length === 0 ? new Promise((resolve) => pending.push(resolve)) : 8;
      },
      { timeoutMs: 5 },
    ),
  );
  await waitUntil("failures", () => (observed.sources[0]?.failures ?? 0) >= 3);
  assert.equal(signals.length, 1);
  assert.equal(signals[0]?.aborted, true);
  assert.equal(observed.sources[0]?.lastFailure?.text, "the previous reading has not ended yet");
  timeline.elapsedMs = 10;
  pending[0]?.(7);
  await waitUntil("a value", () => valuesOf("slow").length > 0);
  assert.deepEqual(valuesOf("slow")[0], { atMs: 10, value: 8 });
  await waitUntil("an event", () => events.length === 2);
  assert.deepEqual(events, [
    "source-failed: observe.slow could not be read: no value within 0.005 s",
    "source-returned: observe.slow gives values again",
  ]);
});

test("a source that fails again and again is said a limited number of times", async (t) => {
  let calls = 0;
  const { events, observed } = observing(
    t,
    source("flapping", () => {
      if (++calls % 2 === 0) throw new Error(`password=hunter22 ${"x".repeat(1_000)}`);
      return 1;
    }),
  );
  await waitUntil("many", () => (observed.sources[0]?.readings ?? 0) >= 60);
  assert.equal(events.length, 20);
  assert.match(events[19] ?? "", /further ones are only counted$/);
  const text = observed.sources[0]?.lastFailure?.text ?? "";
  assert.ok(text.length <= 300 && !text.includes("hunter22"), text);
});

test("names that come from a stranger's JSON control no terminal", async (t) => {
  const { observed } = observing(
    t,
    source("json", () => ({ "queue\u001b[2J\u202elength": 1 })),
  );
  await waitUntil("a value", () => observed.series.length > 0);
  assert.deepEqual(
    observed.series.map(({ name }) => name),
    ["json.queue [2Jlength"],
  );
});
