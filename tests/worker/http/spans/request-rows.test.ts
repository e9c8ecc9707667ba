import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { forgetSecrets, keepSecret } from "../../../../src/core/redaction/known-secrets.ts";
import { type RequestRowsMessage, requestRows, type WantedRequests } from "../../../../src/protocol/request-rows.ts";
import type { ClientRules } from "../../../../src/worker/http/client.ts";
import { engineNamed } from "../../../../src/worker/http/engines.ts";
import { RequestRows } from "../../../../src/worker/http/spans/request-rows.ts";
import { WatchedEngines } from "../../../../src/worker/http/spans/request-watch.ts";
import { TraceIds } from "../../../../src/worker/http/spans/trace-ids.ts";
import { waitUntil } from "../../../support/wait-until.ts";
import { TestClient, TestServer, withTimeout } from "../fixture.ts";

afterEach(forgetSecrets);

interface Logged extends Disposable {
  readonly client: TestClient;
  readonly rows: RequestRows;
  readonly sent: RequestRowsMessage[];
}

/** A client of user 5 at 2.5 s of a run whose master wants `wanted`. */
function loggingClient(base: string, wanted: Partial<WantedRequests>, traceSample = 0): Logged {
  const sent: RequestRowsMessage[] = [];
  const all = { share: 1, hasSampled: false, perSecond: 1_000, ...wanted };
  const rows = new RequestRows(
    all,
    (message) => sent.push(requestRows.parse(message)),
    () => 2_500,
  );
  const recorder = { slowest: { takes: () => false, add: () => {} } } as never;
  const rules = { ids: new TraceIds("run", 1, 1), traceSample, recorder, rows, sinceStartMs: () => 2_500 };
  const user = { index: 5 } as ClientRules["user"] & object;
  const engine = new WatchedEngines(engineNamed("own"), rules).of("shop", "Buyer");
  const client = new TestClient(base, engine, undefined, { user, sinceStartMs: () => 2_500 });
  return { client, rows, sent, [Symbol.dispose]: () => client[Symbol.dispose]() };
}

test("a row says what was sent and what came, with secrets masked", withTimeout, async () => {
  keepSecret("known-s3cret");
  await using server = await TestServer.http((_, response) => response.writeHead(503).end("busy"));
  using logged = loggingClient(server.url, {});
  await logged.client.http.get("/jobs/7?token=s3cret&of=known-s3cret", { name: "/jobs/:id" });
  const settled = logged.rows.settle(60_000);
  const [
    {
      batch,
      rows: [row],
    } = { batch: 0, rows: [] },
  ] = logged.sent;
  logged.rows.taken(batch);
  assert.equal(await settled, 0);
  assert.ok(row !== undefined);
  const { atMs, serviceMs, responseMs, phasesMs, bytesIn, bytesOut, ...said } = row;
  assert.deepEqual(said, {
    user: 5,
    scenario: "shop",
    className: "Buyer",
    group: "",
    method: "GET",
    name: "/jobs/:id",
    url: `${server.url}/jobs/7?token=***&of=***`,
    status: 503,
    failure: "5xx",
    error: said.error,
    traceId: "",
    spanId: "",
    isSampled: false,
    isLogged: true,
  });
  assert.match(said.error, /503/);
  assert.ok(atMs < 2_500 && atMs > 2_500 - 60_000 && serviceMs > 0 && responseMs >= serviceMs);
  assert.ok(phasesMs.length === 6 && bytesIn > 20 && bytesOut > 20);
  assert.equal(logged.client.recorder.endpoints[0]?.requests, 1);
});

test(
  "one message is under way at a time; what does not fit is counted, and none is lost or repeated",
  withTimeout,
  async () => {
    await using server = await TestServer.http((_, response) => response.end());
    using logged = loggingClient(server.url, { perSecond: 8 });
    const { http } = logged.client;
    for (let at = 0; at < 30; at++) await http.get(`/jobs/${at}`, { name: "/jobs" });
    await waitUntil("a message", () => logged.sent.length > 0);
    const [first] = logged.sent;
    // The master is slow: it gets no other message, and this one again after a reconnect.
    logged.rows.reconnected();
    assert.deepEqual(logged.sent, [first, first]);
    const settled = logged.rows.settle(60_000);
    const messages = new Map<number, RequestRowsMessage>();
    while (!messages.has(logged.sent.at(-1)?.batch ?? 0)) {
      const last = logged.sent.at(-1) as RequestRowsMessage;
      messages.set(last.batch, last);
      logged.rows.taken(last.batch);
    }
    assert.equal(await settled, 0);
    const all = [...messages.values()];
    const urls = all.flatMap(({ rows }) => rows.map(({ url }) => url));
    const leftOut = all.reduce((sum, message) => sum + message.leftOut, 0);
    assert.equal(urls.length + leftOut, 30);
    assert.equal(new Set(urls).size, urls.length);
    // A quarter of what it may send in a second.
    assert.ok(all.every(({ rows }) => rows.length <= 2));
    assert.ok(urls.length >= 8 && leftOut > 0, `${urls.length} sent, ${leftOut} left out`);
  },
);

test("a master that takes nothing ends the wait, and the rest is counted", withTimeout, async () => {
  await using server = await TestServer.http((_, response) => response.end());
  using logged = loggingClient(server.url, {});
  for (let at = 0; at < 3; at++) await logged.client.http.get("/jobs");
  assert.equal(await logged.rows.settle(1), 3);
});

test("a share of requests is logged, and sampled ones are sent besides if they are wanted", withTimeout, async () => {
  await using server = await TestServer.http((_, response) => response.end());
  using logged = loggingClient(server.url, { share: 0.1, hasSampled: true }, 0.5);
  for (let at = 0; at < 60; at++) await logged.client.http.get("/jobs");
  const settled = logged.rows.settle(60_000);
  for (const { batch } of logged.sent) logged.rows.taken(batch);
  await settled;
  const rows = logged.sent.flatMap((message) => message.rows);
  const [sampled, taken] = [rows.filter(({ isSampled }) => isSampled), rows.filter(({ isLogged }) => isLogged)];
  assert.ok(sampled.length > 10 && sampled.length < 50, `${sampled.length} sampled`);
  assert.ok(taken.length > 0 && taken.length < 20, `${taken.length} logged`);
  assert.ok(
    taken.every(({ isSampled }) => isSampled),
    "the smaller sample is within the larger one",
  );
  assert.ok(rows.every(({ traceId, spanId }) => traceId.length === 32 && spanId.length === 16));
});

test("a message stays far below what the master takes, however long the names are", withTimeout, async () => {
  const sent: RequestRowsMessage[] = [];
  const wanted = { share: 1, hasSampled: false, perSecond: 10_000 };
  const rows = new RequestRows(
    wanted,
    (message) => sent.push(requestRows.parse(message)),
    () => 0,
  );
  const times = { endedMs: 2, sentMs: 1, askedMs: 1, serviceMs: 1, responseMs: 1, phaseMs: () => 0 };
  const long = "\u8a9e".repeat(1_000);
  const ended = {
    span: {
      position: 0,
      request: { method: "GET", origin: "http://h", path: "/" },
      failure: null,
      traceId: "",
      spanId: "",
      isSampled: false,
    },
    asked: { endpoint: { name: long }, group: { path: "\u8a9e".repeat(10_000) } },
    exchange: { times, user: 1 },
    ...{ status: 200, bytesIn: 1, bytesOut: 1 },
  } as unknown as Parameters<RequestRows["add"]>[0];
  for (let i = 0; i < 400; i++) rows.add(ended, { scenario: "s", className: "c" });
  const settled = rows.settle(60_000);
  let taken = 0;
  while (taken < sent.length) rows.taken(sent[taken++]?.batch ?? 0);
  assert.equal(await settled, 0);
  assert.equal(
    sent.reduce((sum, message) => sum + message.rows.length, 0),
    400,
  );
  for (const message of sent) assert.ok(Buffer.byteLength(JSON.stringify(message)) < 8_000_000);
});
