import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { ByteWriter } from "../../../../src/protocol/bytes.ts";
import { decodeReport, encodeReport } from "../../../../src/protocol/report-frame.ts";
import { streamResult } from "../../../../src/report/result/endpoint-result.ts";
import { IntervalRecorder } from "../../../../src/stats/interval-recorder.ts";
import { RunTotals } from "../../../../src/stats/run-totals.ts";
import { streamsOf } from "../../../../src/stats/stream-totals.ts";
import { VirtualUserClient } from "../../../../src/worker/http/client.ts";
import { engineNamed } from "../../../../src/worker/http/engines.ts";
import { parseBase } from "../../../../src/worker/http/request/target.ts";
import { attempts } from "../../../support/attempts.ts";
import { deepTest } from "../../../support/depth.ts";
import { assertNear, StreamService } from "../../../support/stream-service.ts";
import { within, withTimeout } from "../fixture.ts";

/** The service is in this process, so that a busy machine delays what it sends and what is received alike, mostly. */
deepTest(
  "percentiles of 20 streams with a stall are those of the service",
  (t) => attempts(3, () => measureStreams(t)),
  withTimeout,
);

async function measureStreams(t: TestContext): Promise<void> {
  const service = await StreamService.start(t, 40, { atMs: 1_500, forMs: 1_000 });
  const recorder = new IntervalRecorder(true);
  const engine = engineNamed("own");
  const listen = async () => {
    const client = new VirtualUserClient(engine, recorder, parseBase(service.url));
    client.beginIteration(performance.now() - 2_000, performance.now());
    const response = await client.get("/events", { stream: true });
    for await (const event of response.events()) assert.notEqual(event.data, "");
    client.close();
  };
  await within(Promise.all(Array.from({ length: 20 }, listen)), "all streams end");
  const totals = new RunTotals();
  const span = { first: 0, count: 1 };
  totals.add(decodeReport(encodeReport(new ByteWriter(), 1, span, recorder, { peak: 0, byClass: new Map() })));
  const [stream, ...others] = streamsOf(totals).map((one) => streamResult(one, 10));
  assert.ok(stream !== undefined && others.length === 0);
  const { method, name, count, failures, events, eventsPerSecond } = stream;
  assert.deepEqual([method, name, count, failures, events, eventsPerSecond], ["GET", "/events", 20, 0, 800, 80]);
  assertNear("first events since sent", stream.firstEventServiceMs, service.firstEventsMs);
  const sinceDue = service.firstEventsMs.map((ms) => ms + 2_000);
  assertNear("first events since due", stream.firstEventMs, sinceDue);
  assertNear("gaps", stream.eventGapMs, service.gapsMs);
  assert.ok(stream.eventGapMs.max >= 950, "the stall is in the gaps");
}
