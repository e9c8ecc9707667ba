import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { test } from "node:test";
import { VirtualUserStopped } from "../../../../src/worker/http/response/failure.ts";
import { withLastId } from "../../../../src/worker/http/stream/reconnection.ts";
import { eventually, TestClient, TestServer, within, withTimeout } from "../fixture.ts";

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** A service that gives its answers one after the other, the last one again and again, and keeps the ids that were sent. */
async function service(...answers: readonly Answer[]) {
  const ids: (string | undefined)[] = [];
  const server = await TestServer.http((request, response) => {
    const answer = answers[Math.min(ids.length, answers.length - 1)];
    ids.push(request.headers["last-event-id"] as string | undefined);
    answer?.(response, request);
  });
  return { server, ids, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const sends =
  (text: string): Answer =>
  (response) =>
    response.end(text);
const breaksAfter =
  (text: string): Answer =>
  (response) =>
    response.write(text, () => response.destroy());
const refuses: Answer = (response) => response.writeHead(204).end();
const soon = { reconnect: { delay: "100ms" } };

async function dataOf(response: { events(): AsyncIterable<{ data: string }> }): Promise<string[]> {
  const all: string[] = [];
  for await (const { data } of response.events()) all.push(data);
  return all;
}

test("a stream that ends or breaks continues after its last whole event", withTimeout, async () => {
  await using target = await service(
    sends("id: 1\ndata: one\n\n"),
    breaksAfter("retry: 120\nid: 2\ndata: two\n\ndata: no id\n\nid: 3\ndata: cut"),
    sends("data: three\n\nid: 4\n\n"),
    refuses,
  );
  using client = new TestClient(target.server.url);
  const headers = { "x-token": "secret" };
  const response = await client.http.get("/feed", { stream: soon, headers });
  assert.deepEqual(await within(dataOf(response), "it ends"), ["one", "two", "no id", "three"]);
  assert.deepEqual(target.ids, [undefined, "1", "2", "4"]);
  assert.equal(response.ok, true, "a status other than 200 ends it, as an EventSource");
  assert.deepEqual(client.counted, [["GET /feed", 4, { reset: 1 }]]);
  assert.deepEqual(client.recorder.metrics.get("stream_reconnects"), { kind: "counter", sum: 3 });
  const { first, events } = client.recorder.streamsOf(client.recorder.endpoint("GET", "/feed"));
  assert.deepEqual([first.requests, events.requests], [3, 4]);
});

test("headers that are a list keep their order", withTimeout, async () => {
  const raw: string[][] = [];
  await using target = await service((response, request) => {
    raw.push(request.rawHeaders);
    if (raw.length > 1) refuses(response, request);
    else response.end("id: 7\ndata: 1\n\n");
  });
  using client = new TestClient(target.server.url);
  const headers = [
    ["X-B", "1"],
    ["X-A", "2"],
  ] as const;
  await within(dataOf(await client.http.get("/", { stream: soon, headers })), "it ends");
  const names = raw[1]?.filter((_, position) => position % 2 === 0).filter((name) => /^X-|^Last/.test(name));
  assert.deepEqual(names, ["X-B", "X-A", "Last-Event-ID"]);
});

test("connections without an event end the stream after a while, with the last failure", withTimeout, async () => {
  await using target = await service(sends("data: 1\n\n"), breaksAfter(": nothing\n\n"));
  using client = new TestClient(target.server.url);
  const stream = { reconnect: { max: 2, delay: "100ms" } };
  const response = await client.http.get("/", { stream });
  assert.deepEqual(await within(dataOf(response), "it ends"), ["1"]);
  assert.equal(target.ids.length, 4);
  assert.deepEqual([response.ok, response.error?.kind], [false, "reset"]);
});

test("the longest duration is that of all connections", withTimeout, async () => {
  await using target = await service(sends("data: 1\n\n"), (response) => response.write("data: 2\n\n"));
  using client = new TestClient(target.server.url);
  const stream = { maxDuration: "400ms", reconnect: { delay: "100ms" } };
  const response = await client.http.get("/", { stream });
  assert.deepEqual(await within(dataOf(response), "it ends"), ["1", "2"]);
  assert.deepEqual([target.ids.length, response.ok], [2, true]);
});

test("a test that leaves or cancels the stream, and a user that is stopped, end it", withTimeout, async () => {
  await using target = await service(sends("data: 1\n\n"));
  const far = { reconnect: { delay: "1h" } };
  using client = new TestClient(target.server.url);
  for await (const { data } of (await client.http.get("/", { stream: soon })).events()) {
    assert.equal(data, "1");
    break;
  }
  const cancelled = await client.http.get("/", { stream: far });
  const read = dataOf(cancelled);
  await eventually(() => target.ids.length === 2, "it has begun");
  cancelled.cancel();
  await within(read, "it ends");
  const stopped = dataOf(await client.http.get("/", { stream: far })).catch((error: unknown) => error);
  await eventually(() => target.ids.length === 3, "it has begun again");
  client.http.abort();
  assert.ok((await within(stopped, "it ends")) instanceof VirtualUserStopped);
  assert.equal(target.ids.length, 3);
});

test("a stream without an event for too long is a timeout, whatever else is sent", withTimeout, async () => {
  await using target = await service((response) => {
    response.write("data: 1\n\n");
    const timer = setInterval(() => response.write(": alive\n\n"), 20);
    response.on("close", () => clearInterval(timer));
  });
  using client = new TestClient(target.server.url);
  const response = await client.http.get("/", { stream: { maxGap: "900ms" } });
  assert.deepEqual(await within(dataOf(response), "it ends"), ["1"]);
  assert.deepEqual(response.error, { kind: "timeout", message: "no event within 900 ms (stream.maxGap)" });
  assert.deepEqual(client.counted, [["GET /", 1, { timeout: 1 }]]);
});

test("events that wait for a slow test are no silence", withTimeout, async () => {
  await using target = await service((response) => {
    response.write("data: 1\n\n");
    response.write("data: 2\n\n");
    setTimeout(() => response.end("data: 3\n\n"), 30);
  });
  using client = new TestClient(target.server.url);
  const response = await client.http.get("/", { stream: { maxGap: "800ms" } });
  let events = 0;
  for await (const _ of response.events()) {
    if (++events === 1) await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  assert.deepEqual([events, response.ok], [3, true]);
});

for (const [what, stream, message] of [
  ["a misspelt field", { reconnect: { dely: "1s" } }, /unknown field "dely" in stream.reconnect; did you mean delay\?/],
  [
    "no delay",
    { reconnect: { delay: "0s" } },
    /stream.reconnect.delay is the string "0s"; expected a time longer than zero/,
  ],
  ["no connection", { reconnect: { max: 0 } }, /stream.reconnect.max is the number 0; expected a whole number above 0/],
  ["no gap", { maxGap: "soon" }, /stream.maxGap/],
] as const) {
  test(`${what} is refused by name`, async () => {
    using client = new TestClient("http://127.0.0.1:1");
    await assert.rejects(client.http.get("/", { stream: stream as object }), message);
  });
}

test("the id of the last event takes the place of one that the test sent first, in any spelling", () => {
  const last = { "Last-Event-ID": "9" };
  assert.deepEqual(withLastId({ "last-event-id": "5", accept: "*/*" }, "9"), { accept: "*/*", ...last });
  assert.deepEqual(withLastId([["LAST-EVENT-ID", "5"]], "9"), Object.entries(last));
  assert.deepEqual(withLastId({ "last-event-id": "5" }, ""), { "last-event-id": "5" });
});

test("a request that reconnects a stream is part of no iteration of its user", withTimeout, async () => {
  const held: ServerResponse[] = [];
  await using target = await service(sends("data: one\n\n"), (response) => void held.push(response));
  using client = new TestClient(target.server.url);
  const response = await client.http.get("/feed", { stream: soon });
  const events = response.events()[Symbol.asyncIterator]();
  assert.equal((await events.next()).value?.data, "one");
  assert.equal(client.http.leaveOpen(), 0);
  const dueMs = performance.now() - 500;
  client.http.beginIteration(dueMs, dueMs);
  const next = events.next();
  await eventually(() => held.length === 1, "it is sent");
  assert.equal(client.http.leaveOpen(), 0, "no task has left it open");
  assert.equal(client.http.takeDue()?.dueMs, dueMs, "the first request of the task is yet to come");
  held[0]?.write("data: two\n\n");
  assert.equal((await within(next, "it reconnects")).value?.data, "two");
});
