import assert from "node:assert/strict";
import { test } from "node:test";
import { recordedMetricsOf, recordedName } from "../../../../src/core/thresholds/recorded-metric.ts";
import { parseThresholds } from "../../../../src/core/thresholds/threshold.ts";
import type { EndpointRecorder } from "../../../../src/stats/endpoint-recorder.ts";
import { IntervalRecorder } from "../../../../src/stats/interval-recorder.ts";
import { StreamMeasure } from "../../../../src/worker/http/stream/stream-measure.ts";
import { RecordedParts } from "../../../../src/worker/recorded-parts.ts";
import { eventually, TestClient, TestServer, within, withTimeout } from "../fixture.ts";

const ended = { status: 200, serviceMs: 500, responseMs: 600, isTimed: true, failure: -1, bytesIn: 9, bytesOut: 1 };

/** The measure of one stream that was due at 1,000 ms and sent at 1,100 ms. */
function measured(stalledToMs = 0, recorder = new IntervalRecorder(true)) {
  const streams = recorder.streamsOf(recorder.endpoint("GET", "/chat"));
  const measure = new StreamMeasure(streams, null, { touchedByStall: (fromMs) => fromMs < stalledToMs });
  measure.begin({ intendedMs: 1_000, sentMs: 1_100 }, 200);
  return { measure, ...streams };
}

function timesOf({ requests, serviceTime, responseTime }: EndpointRecorder) {
  const responseMs = responseTime === null ? null : responseTime.sumMicros / 1_000;
  return { requests, timed: serviceTime.count, serviceMs: serviceTime.sumMicros / 1_000, responseMs };
}

test("the first event counts from when the request was due, and gaps from one event to the next", () => {
  const { measure, first, events, ended: streams } = measured();
  measure.read();
  for (const atMs of [50, 70, 70, 400]) measure.event(atMs);
  measure.end(ended);
  assert.deepEqual(timesOf(first), { requests: 1, timed: 1, serviceMs: 50, responseMs: 150 });
  assert.deepEqual(timesOf(events), { requests: 4, timed: 3, serviceMs: 350, responseMs: null });
  assert.equal(events.serviceTime.maxMicros, 330_000);
  assert.deepEqual(timesOf(streams), { requests: 1, timed: 1, serviceMs: 500, responseMs: 600 });
  assert.equal(streams.bytesIn, 9);
});

test("times in which the generator stood still are left out, and their events count", () => {
  const { measure, first, events, ended: streams } = measured(1_160);
  measure.read();
  for (const atMs of [50, 80, 90]) measure.event(atMs);
  measure.end({ ...ended, isTimed: false });
  assert.deepEqual(timesOf(first), { requests: 1, timed: 0, serviceMs: 0, responseMs: 0 });
  assert.deepEqual(timesOf(events), { requests: 3, timed: 1, serviceMs: 10, responseMs: null });
  assert.deepEqual([streams.requests, streams.serviceTime.count], [1, 0]);
});

test("a response that nobody reads is no stream, unless it failed", () => {
  const { measure, ended: streams } = measured();
  measure.end(ended);
  assert.equal(streams.requests, 0);
  measure.read();
  assert.equal(streams.requests, 1, "what arrived at once is read after its end");
  const failed = measured();
  failed.measure.end({ ...ended, failure: 2 });
  assert.deepEqual([failed.ended.requests, failed.ended.failures[2]], [1, 1]);
});

test("parts that thresholds select by class, tag, group and status are recorded as metrics of their own", () => {
  const texts = [
    "first_event{kind:long}",
    "event_gap{class:Reader}",
    "stream_events{group:talk}",
    "stream_duration{status:4xx}",
    "first_event{class:Other}",
    "first_event{name:/chat}",
  ];
  const thresholds = parseThresholds(Object.fromEntries(texts.map((metric) => [metric, "count>0"])));
  const recorder = new IntervalRecorder(true);
  const all = new RecordedParts(recordedMetricsOf(thresholds), recorder);
  const parts = all.streamsOf("main", "Reader");
  const endpoint = recorder.endpoint("POST", "/chat");
  const selected = parts?.of(endpoint, { kind: "long" }, "talk") ?? null;
  const streams = recorder.streamsOf(endpoint);
  const measure = new StreamMeasure(streams, selected, { touchedByStall: () => false });
  measure.begin({ intendedMs: 0, sentMs: 10 }, 404);
  measure.read();
  measure.event(30);
  measure.event(50);
  measure.end({ ...ended, status: 404, responseMs: 70, failure: 0 });
  const recorded = (position: number) => recordedName(thresholds[position]?.selector as never) ?? "";
  const sum = (position: number) => recorder.seriesOf("trend", recorded(position)).serviceTime.sumMicros / 1_000;
  assert.deepEqual([sum(0), sum(1), sum(3), sum(4)], [40, 20, 70, 0]);
  assert.deepEqual(recorder.metrics.get(recorded(2)), { kind: "counter", sum: 2 });
  assert.equal(recorded(5), "", "a name needs no part: the totals have it");
  assert.equal(parts?.of(endpoint, { kind: "short" }, "")?.withStatus(200).first.length, 0);
});

test("endpoints beyond the cap are recorded together", () => {
  const recorder = new IntervalRecorder(false, { requests: ["/kept"], checks: [], groups: [] });
  const of = (name: string) => recorder.streamsOf(recorder.endpoint("GET", name)).first;
  for (let count = 0; count < 200; count++) of(`/${count}`);
  assert.equal(of("/more").name, "GET (other)");
  assert.equal(of("/even-more"), of("/more"));
  assert.equal(of("/kept").name, "GET /kept");
  assert.equal(of("/7").name, "GET /7");
});

const ways = [
  ["events", "data: 1\n\n: a comment\n\ndata: 2\n\ndata: 3\n\n", 3],
  ["lines", '{"a":1}\n{"a":2}\nlast', 3],
  ["chunks", "one piece", 1],
] as const;

for (const [way, text, count] of ways) {
  test(`${way} are counted as they are read`, withTimeout, async () => {
    await using server = await TestServer.http((_request, response) => response.end(text));
    using client = new TestClient(server.url);
    const response = await client.http.get("/", { stream: true, name: "/chat" });
    let read = 0;
    for await (const _ of response[way]()) read++;
    const { first, events, ended: streams } = client.recorder.streamsOf(client.recorder.endpoint("GET", "/chat"));
    assert.deepEqual([read, first.requests, events.requests], [count, 1, count]);
    await eventually(() => streams.requests === 1, "the stream has ended");
    assert.deepEqual([first.serviceTime.count, events.serviceTime.count], [1, count - 1]);
  });
}

test("a redirect and a response that is dropped are no streams", withTimeout, async () => {
  await using server = await TestServer.http((request, response) => {
    if (request.url === "/") response.writeHead(302, { location: "/chat" }).end();
    else response.end("data: 1\n\n");
  });
  using client = new TestClient(server.url);
  const response = await client.http.get("/", { stream: true, maxRedirects: 1 });
  for await (const event of response.events()) assert.equal(event.data, "1");
  (await client.http.get("/dropped", { stream: true })).cancel();
  const { recorder } = client;
  const requestsOf = (name: string) => recorder.streamsOf(recorder.endpoint("GET", name)).ended.requests;
  await eventually(() => requestsOf("/chat") === 1, "the stream has ended");
  assert.deepEqual([requestsOf("/"), requestsOf("/dropped")], [0, 0]);
});

test("a stream that breaks has its events and its failure", withTimeout, async () => {
  await using server = await TestServer.http((_request, response) => {
    response.write("data: 1\n\ndata: 2\n\n", () => response.destroy());
  });
  using client = new TestClient(server.url);
  const response = await client.http.get("/", { stream: true });
  const read = async () => {
    for await (const event of response.events()) assert.match(event.data, /[12]/);
  };
  await within(read(), "it ends");
  assert.equal(response.ok, false);
  const { events, ended: streams } = client.recorder.streamsOf(client.recorder.endpoint("GET", "/"));
  assert.deepEqual([events.requests, streams.requests], [2, 1]);
  assert.equal(
    streams.failures.reduce((sum, one) => sum + one, 0),
    1,
  );
});
