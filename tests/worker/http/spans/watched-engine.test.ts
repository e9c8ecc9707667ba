import assert from "node:assert/strict";
import { test } from "node:test";
import type { FailedRequest } from "../../../../src/stats/evidence/failed-request.ts";
import type { ClientRules } from "../../../../src/worker/http/client.ts";
import { engineNamed } from "../../../../src/worker/http/engines.ts";
import { RequestWatch } from "../../../../src/worker/http/spans/request-watch.ts";
import { parseTraceparent, TraceIds } from "../../../../src/worker/http/spans/trace-ids.ts";
import { type EndedRequest, watchedEngine } from "../../../../src/worker/http/spans/watched-engine.ts";
import { type Echo, echo, TestClient, TestServer, withTimeout } from "../fixture.ts";

interface Watched {
  readonly client: TestClient;
  readonly ended: EndedRequest[];
}

/** A client of user 5 whose requests are watched; it is at 2.5 s of the run. */
function watchedClient(base: string, engine: "own" | "undici", traceSample: number): Watched & Disposable {
  const ended: EndedRequest[] = [];
  const user = { index: 5 } as ClientRules["user"] & object;
  const slowest = { takes: () => true, add: (slow: object) => client.recorder.slowest.add(slow as never) };
  const recorder = { slowest } as never;
  const ids = new TraceIds("run", 1, 1);
  const rules = { ids, traceSample, recorder, rows: null, sinceStartMs: () => 2_500 };
  const watch = new RequestWatch(rules, { scenario: "default", className: "User" });
  const watcher = {
    begin: watch.begin.bind(watch),
    ended: (one: EndedRequest) => {
      ended.push({ ...one, exchange: one.exchange });
      watch.ended(one);
    },
  };
  const client = new TestClient(base, watchedEngine(engineNamed(engine), watcher), undefined, {
    user,
    sinceStartMs: () => 2_500,
  });
  return { client, ended, [Symbol.dispose]: () => client[Symbol.dispose]() };
}

for (const engine of ["own", "undici"] as const) {
  test(`${engine} sends a traceparent of its own with each request, besides its headers`, withTimeout, async () => {
    await using server = await TestServer.http(echo);
    using watched = watchedClient(server.url, engine, 0.5);
    const { http } = watched.client;
    const seen = new Map<string, boolean>();
    for (let at = 0; at < 40; at++) {
      const response =
        at % 2 === 0
          ? await http.get("/plain")
          : await http.post("/jobs", { json: { at }, headers: { "x-kept": "yes" } });
      const { headers, body } = response.json<Echo>();
      const parsed = parseTraceparent(headers.traceparent ?? "");
      assert.ok(parsed !== null, String(headers.traceparent));
      seen.set(parsed.traceId, parsed.isSampled);
      if (at % 2 === 1) assert.deepEqual([headers["x-kept"], body], ["yes", `{"at":${at}}`]);
      assert.equal(watched.ended.at(-1)?.span.traceId, parsed.traceId);
    }
    assert.equal(seen.size, 40);
    const sampled = [...seen.values()].filter(Boolean).length;
    assert.ok(sampled > 5 && sampled < 35, `${sampled} of 40`);
    assert.equal(watched.ended.length, 40);
    assert.equal(server.sockets.length, 1);
  });

  test(`${engine}: a failed request is kept as it was sent, with its trace id`, withTimeout, async () => {
    const logged: string[] = [];
    await using server = await TestServer.http((request, response) => {
      logged.push(parseTraceparent(String(request.headers.traceparent))?.traceId ?? "");
      response.writeHead(503).end("busy");
    });
    using watched = watchedClient(server.url, engine, 1);
    await watched.client.http.get("/jobs");
    const [sample] = samplesOf(watched.client);
    assert.deepEqual([sample?.traceId], logged);
    assert.match(sample?.request ?? "", new RegExp(`^traceparent: 00-${logged[0]}-[0-9a-f]{16}-01$`, "m"));
    const [ended] = watched.ended;
    assert.deepEqual([ended?.status, ended?.span.failure?.kind], [503, "5xx"]);
    // Nothing of it stays with the exchange, which the next request uses.
    assert.equal(ended?.exchange.span, null);
  });
}

test("a traceparent that the test sets is sent as it is, and its trace id is kept", withTimeout, async () => {
  await using server = await TestServer.http((request, response) => {
    response.writeHead(500).end(String(request.headers.traceparent));
  });
  using watched = watchedClient(server.url, "own", 1);
  const own = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
  const response = await watched.client.http.get("/jobs", { headers: { Traceparent: own } });
  assert.equal(response.text(), own);
  assert.equal(samplesOf(watched.client)[0]?.traceId, own.slice(3, 35));
  assert.equal(watched.ended[0]?.span.isSampled, false);
});

test(
  "a request without a response has a trace id; one that was aborted with its user is not recorded",
  withTimeout,
  async () => {
    await using server = await TestServer.raw((socket) => socket.once("data", () => socket.destroy()));
    using watched = watchedClient(server.url, "own", 1);
    await watched.client.http.post("/jobs", { json: {} });
    const [sample] = samplesOf(watched.client);
    assert.deepEqual([watched.ended[0]?.status, watched.ended[0]?.span.failure?.kind], [0, "reset"]);
    assert.match(sample?.traceId ?? "", /^[0-9a-f]{32}$/);
    await using silent = await TestServer.http(() => {});
    using stopped = watchedClient(silent.url, "own", 1);
    const open = stopped.client.http.get("/jobs");
    stopped.client.http.abort();
    await assert.rejects(Promise.resolve(open));
    assert.deepEqual(stopped.ended, []);
  },
);

test("of the sampled requests, the slowest three of each endpoint are reported, once each", withTimeout, async () => {
  const statuses = [200, 200, 404, 200, 200];
  await using server = await TestServer.http((_, response) => response.writeHead(statuses.shift() ?? 200).end());
  using watched = watchedClient(server.url, "own", 1);
  const { http, recorder } = watched.client;
  for (let at = 0; at < 5; at++) await http.get("/jobs");
  await http.get("/other");
  const slowest = [...recorder.slowest.ofInterval.each()];
  assert.deepEqual(
    slowest.map(({ name }) => name),
    ["/jobs", "/jobs", "/jobs", "/other"],
  );
  for (const { user, worker, atMs, traceId, responseMs } of slowest) {
    assert.deepEqual([user, worker, atMs], [5, 0, 2_500]);
    assert.ok(watched.ended.some(({ span }) => span.traceId === traceId));
    assert.ok(responseMs > 0);
  }
});

test(
  "the bodies and the end of a streamed response reach the test, and the request is watched to its end",
  withTimeout,
  async () => {
    await using server = await TestServer.http((_, response) => response.end("one\ntwo\n"));
    using watched = watchedClient(server.url, "own", 1);
    const response = await watched.client.http.get("/stream", { stream: true });
    const lines: string[] = [];
    for await (const line of response.lines()) lines.push(line);
    assert.deepEqual(lines, ["one", "two"]);
    assert.equal(watched.ended.length, 1);
    assert.equal(watched.ended[0]?.status, 200);
  },
);

function samplesOf({ recorder }: TestClient): readonly FailedRequest[] {
  return [...recorder.errors.values()].flatMap(({ samples = [] }) => samples);
}
