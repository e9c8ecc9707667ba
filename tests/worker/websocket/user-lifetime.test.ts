import assert from "node:assert/strict";
import { test } from "node:test";
import type { UserWebSocket } from "../../../src/scenario/definition/protocols/websocket.ts";
import { RunTotals } from "../../../src/stats/run-totals.ts";
import { reportOf } from "../../stats/recorder-events.ts";
import { eventually, within, withTimeout } from "../http/fixture.ts";
import { selfSigned } from "../http/self-signed.ts";
import { stoppingAfter, TestUser } from "../user/test-user.ts";
import { EchoServer } from "./echo-server.ts";
import { iterated } from "./iterated.ts";

test("a socket that onStart has opened serves all iterations, and onStop", withTimeout, async () => {
  await using server = await EchoServer.start();
  let socket: UserWebSocket | null = null;
  const user = new TestUser(
    {
      onStart: async (vu) => {
        socket = await vu.websocket("/");
      },
      tasks: { ask: stoppingAfter(3, () => socket?.ask("x")) },
      onStop: async () => {
        await socket?.ask("bye");
      },
    },
    server.url,
  );
  await within(user.run(), "the user ends");
  assert.deepEqual([server.requests.length, server.messages, server.closes], [1, 4, [1001]]);
  assert.equal(user.recorder.completedIterations, 3);
});

test(
  "what a socket does that onStop has opened is no load, its session and an abnormal end too",
  withTimeout,
  async () => {
    await using server = await EchoServer.start((socket) => {
      socket.on("message", () => socket.terminate());
    });
    using user = new TestUser(
      {
        tasks: { wait: stoppingAfter(1, () => {}) },
        onStop: async (vu) => void (await (await vu.websocket("/")).ask("x").catch(() => {})),
      },
      server.url,
    );
    await within(user.run(), "the user ends");
    const recorded = user.recorder.endpoints
      .filter(({ requests }) => requests > 0)
      .map(({ method, name }) => [method, name]);
    assert.ok(recorded.some(([, name]) => name === "close /") && recorded.some(([, name]) => name === "session /"));
    for (const [method, name] of recorded) assert.match(method ?? "", /@onStop$/, `${name}`);
  },
);

test("an abort interrupts what waits, without a failure, and closes the socket", withTimeout, async () => {
  await using server = await EchoServer.start((socket) => {
    socket.on("message", () => {});
  });
  using user = new TestUser({ tasks: { ask: async (vu) => (await vu.websocket("/")).ask("x") } }, server.url);
  const ended = user.run();
  await eventually(() => server.messages === 1, "the question is there");
  user.user.abort();
  await within(ended, "the user ends");
  const { interruptedIterations, failedIterations, errors } = user.recorder;
  assert.deepEqual([interruptedIterations, failedIterations, errors.size], [1, 0, 0]);
  await eventually(() => server.closes.length === 1, "the socket is closed");
  assert.deepEqual(server.closes, [1001]);
});

test(
  "a server that does not confirm the close, or not the upgrade, does not hold up an aborted user",
  withTimeout,
  async () => {
    await using server = await EchoServer.start((socket) => socket.pause());
    using user = new TestUser({ tasks: { ask: async (vu) => (await vu.websocket("/")).ask("x") } }, server.url);
    const ended = user.run();
    await eventually(() => server.requests.length === 1, "the socket is open");
    user.user.abort();
    await within(ended, "the user ends", 20_000);
  },
);

test("an ask that the test does not await is told, and its failure does not end the process", withTimeout, async () => {
  await using server = await EchoServer.start((socket) => socket.on("message", () => socket.terminate()));
  const { user, metrics } = await iterated(async (vu) => {
    void (await vu.websocket("/")).ask("x");
  }, server.url);
  assert.equal(user.recorder.unawaited.get("only"), 1);
  assert.match(user.warnings[0] ?? "", /only.* ended before its requests/);
  assert.equal(metrics.websocket_closes, 1);
});

test("wss: uses the TLS settings of the user", withTimeout, async () => {
  await using server = await EchoServer.start(undefined, { secure: selfSigned });
  const refused = await iterated((vu) => vu.websocket("/"), server.url);
  assert.match(refused.errors[0] ?? "", /^WS connect \/ \| tls \| self-signed certificate/);
  const { rows, totals } = await iterated(async (vu) => (await vu.websocket("/")).ask("x"), server.url, {
    tls: { ca: selfSigned.cert },
  });
  assert.deepEqual(rows[1], ["WS connect /", 1, 0]);
  assert.equal(totals.endpoint("WS", "connect /").phases.of(2).requests, 1, "the TLS phase");
});

test("compression is offered if the test wants it", withTimeout, async () => {
  await using server = await EchoServer.start(undefined, { perMessageDeflate: { threshold: 0 } });
  const text = "muster ".repeat(1_000);
  const { errors } = await iterated(async (vu) => {
    assert.equal((await (await vu.websocket("/", { compression: true })).ask(text)).text(), text);
    await vu.websocket("/");
  }, server.url);
  assert.deepEqual(errors, []);
  const offers = server.requests.map(({ headers }) => headers["sec-websocket-extensions"]);
  assert.deepEqual([offers[0]?.startsWith("permessage-deflate"), offers[1]], [true, undefined]);
});

test(
  "in an open load, the first measured wait of an iteration counts from when that was due",
  withTimeout,
  async () => {
    await using server = await EchoServer.start();
    let socket: UserWebSocket | null = null;
    const user = new TestUser(
      {
        onStart: async (vu) => {
          socket = await vu.websocket("/");
        },
        tasks: {
          ask: async (vu) => {
            vu.stop();
            await socket?.ask("first");
            await socket?.ask("second", { name: "second" });
          },
        },
      },
      server.url,
    );
    user.recorder.expectOpenLoad();
    await user.user.open();
    const nowMs = performance.now();
    user.user.http.beginIteration(nowMs - 60_000, nowMs);
    await user.user.iterate();
    await user.user.close(true);
    const totals = new RunTotals();
    totals.add(reportOf(user.recorder));
    const [first, second] = [totals.endpoint("WS", "ask /"), totals.endpoint("WS", "second")];
    assert.ok(first.responseTime.minMicros >= 60_000_000 && first.serviceTime.maxMicros < 60_000_000);
    assert.ok(second.responseTime.maxMicros < 60_000_000);
  },
);
