import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { assertPassed } from "../../support/assert-passed.ts";
import { attempts } from "../../support/attempts.ts";
import { fixture } from "../../support/fixture.ts";
import { completedRun } from "../../support/muster-process.ts";
import { assertNear, StreamService } from "../../support/stream-service.ts";

test("percentiles of 500 streams of 20 events per second with a stall are those of the service", (t) =>
  attempts(3, () => measureMany(t)));

test("under an arrival rate, the first event counts from when its iteration was due", (t) =>
  attempts(3, () => measureArriving(t)));

async function measureMany(t: TestContext): Promise<void> {
  const service = await StreamService.start(t, 60, { atMs: 3_000, forMs: 1_000 });
  const { code, result } = await completedRun(t, [fixture("listening"), `--host=${service.url}`, "--profile=many"]);
  assertPassed(code, result);
  const [stream] = result.streams ?? [];
  assert.ok(stream !== undefined && result.streams?.length === 1);
  assert.deepEqual([stream.count, stream.failures, stream.events], [500, 0, 30_000]);
  assertNear("first events", stream.firstEventServiceMs, service.firstEventsMs);
  assertNear("gaps", stream.eventGapMs, service.gapsMs);
  assert.ok(stream.eventGapMs.max >= 950, "the stall is in the gaps");
}

async function measureArriving(t: TestContext): Promise<void> {
  const service = await StreamService.start(t, 10, { atMs: 1_000, forMs: 1_000 });
  const { result } = await completedRun(t, [fixture("listening"), `--host=${service.url}`, "--profile=arriving"]);
  const [stream] = result.streams ?? [];
  assert.ok(stream !== undefined);
  assert.equal(stream.count, service.streams.length);
  assertNear("since sent", stream.firstEventServiceMs, service.firstEventsMs);
  assertNear("since due", stream.firstEventMs, service.firstEventsSinceDueMs(20, 10));
  const [sinceDueMs = 0, sinceSentMs = 0] = [stream.firstEventMs, stream.firstEventServiceMs].map(({ mean }) => mean);
  assert.ok(sinceDueMs > 1.2 * sinceSentMs, "the wait for a free user is in it");
}
