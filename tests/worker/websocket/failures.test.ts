import assert from "node:assert/strict";
import { test } from "node:test";
import type { WebSocket } from "ws";
import type { WebSocketClose } from "../../../src/scenario/definition/protocols/websocket.ts";
import { unusedPort } from "../../support/unused-port.ts";
import { TestServer, withTimeout } from "../http/fixture.ts";
import { EchoServer } from "./echo-server.ts";
import { iterated, type Vu } from "./iterated.ts";

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "none",
    (error: { code?: string }) => error.code ?? String(error),
  );

const statusOf: Readonly<Record<string, string>> = {
  "/private": "401 Unauthorized",
  "/busy": "503 Service Unavailable",
  "/bad": "101 Switching Protocols\r\nupgrade: websocket",
};

test("a refused upgrade, a refused connection and a silent server are failures by kind", withTimeout, async () => {
  await using refusing = await TestServer.raw((socket) =>
    socket.once("data", (request) => {
      const path = /^GET (\S+)/.exec(String(request))?.[1] ?? "";
      const status = statusOf[path];
      if (status !== undefined) socket.end(`HTTP/1.1 ${status}\r\nconnection: upgrade\r\nset-cookie: why=1\r\n\r\n`);
    }),
  );
  const codes: string[] = [];
  const { rows, errors } = await iterated(async (vu) => {
    const open = async (url: string, timeout = "5s") => codes.push(await codeOf(vu.websocket(url, { timeout })));
    await open("/private");
    await open("/busy");
    await open("/bad");
    await open("/silent", "50ms");
    await open(`ws://127.0.0.1:${await unusedPort()}/`);
    assert.equal(vu.http.cookies.get("why"), "1");
  }, refusing.url);
  assert.deepEqual(codes.slice(0, 2), ["MUSTER_UPGRADE_REFUSED", "MUSTER_UPGRADE_REFUSED"]);
  assert.deepEqual(codes.slice(3), ["MUSTER_TIMEOUT", "ECONNREFUSED"]);
  assert.deepEqual(
    errors.map((error) => error.replace(/:\d+/g, ":PORT")),
    [
      "WS connect /private | 4xx | the server answered 401 Unauthorized to the upgrade",
      "WS connect /busy | 5xx | the server answered 503 Service Unavailable to the upgrade",
      "WS connect /bad | protocol | Invalid Sec-WebSocket-Accept header",
      "WS connect /silent | timeout | no open socket within 50 ms",
      "WS connect http://127.0.0.1:PORT/ | refused | connect ECONNREFUSED 127.0.0.1:PORT",
    ],
  );
  assert.ok(rows.every(([, requests, failures]) => requests === 1 && failures === 1));
});

/** Opens a socket whose server does `onAsk` when it is asked. */
async function asking(onAsk: (socket: WebSocket) => void, code: (vu: Vu) => unknown) {
  await using server = await EchoServer.start((socket) => socket.on("message", () => onAsk(socket)));
  return await iterated(code, server.url);
}

test("a close that is not normal fails what waits, and counts once in the totals", withTimeout, async () => {
  let seen: WebSocketClose | null = null;
  const { rows, errors, metrics, totals } = await asking(
    (socket) => socket.close(1011, "out of disk"),
    async (vu) => {
      const socket = await vu.websocket("/");
      const closed = socket.waitForClose();
      const [ask, again] = [socket.ask("x"), socket.ask("y")];
      assert.deepEqual([await codeOf(ask), await codeOf(again)], ["MUSTER_WEBSOCKET", "MUSTER_WEBSOCKET"]);
      seen = await closed;
      assert.equal(await codeOf(socket.ask("z")), "MUSTER_WEBSOCKET");
      assert.throws(() => socket.send("z"), /the socket is closed \(1011 internal error: out of disk\)/);
    },
  );
  assert.deepEqual(seen, { code: 1011, reason: "out of disk" });
  assert.deepEqual(rows, [
    ["WS ask /", 3, 3],
    ["WS close /", 1, 1],
    ["WS connect /", 1, 0],
    ["(WS) session /", 1, 0],
  ]);
  assert.deepEqual(errors, [
    "WS close / | reset | the server closed the socket: 1011 internal error: out of disk",
    "WS ask / | reset | the socket was closed: 1011 internal error: out of disk",
    "WS ask / | reset | the socket is closed (1011 internal error: out of disk)",
  ]);
  assert.equal(metrics['websocket_closes{code:"1011"}'], 1);
  // The end of the socket has no time.
  assert.deepEqual([totals.merged().requests, totals.merged().serviceTime.count], [5, 4]);
});

test("a connection that ends, a frame that is not valid and a large message are failures", withTimeout, async () => {
  const { errors } = await asking(
    (socket) => socket.terminate(),
    async (vu) => {
      const socket = await vu.websocket("/cut");
      await codeOf(socket.ask("x"));
      assert.equal(socket.closed?.code, 1006);
    },
  );
  const rawOf = (socket: WebSocket) => (socket as unknown as { _socket: { write(bytes: Uint8Array): void } })._socket;
  const bad = await asking(
    // An opcode that does not exist.
    (socket) => rawOf(socket).write(Buffer.from([0x83, 0])),
    async (vu) => {
      const socket = await vu.websocket("/bad");
      await codeOf(socket.ask("x"));
      await socket.waitForClose();
    },
  );
  const large = await asking(
    (socket) => socket.send("x".repeat(101)),
    async (vu) => {
      const socket = await vu.websocket("/large", { maxMessageBytes: 100 });
      await codeOf(socket.ask("x"));
    },
  );
  assert.deepEqual(
    [errors, bad.errors, large.errors].map(([first]) => first),
    [
      "WS close /cut | reset | the server closed the socket: 1006 no close frame",
      "WS close /bad | protocol | Invalid WebSocket frame: invalid opcode 3",
      "WS close /large | protocol | Max payload size exceeded",
    ],
  );
});

test("a wait has a time limit, and one without a name is not recorded", withTimeout, async () => {
  const { rows, errors, user } = await asking(
    () => {},
    async (vu) => {
      const socket = await vu.websocket("/");
      assert.equal(await codeOf(socket.ask("x", { timeout: "30ms" })), "MUSTER_TIMEOUT");
      assert.equal(await codeOf(socket.receive({ timeout: "30ms", name: "price" })), "MUSTER_TIMEOUT");
      await socket.receive({ timeout: "30ms" });
    },
  );
  assert.deepEqual(errors.slice(0, 2), [
    "WS ask / | timeout | no answer within 30 ms",
    "WS price | timeout | no message within 30 ms",
  ]);
  assert.match(errors[2] ?? "", /^only \| exception \| .*no message within 30 ms/);
  assert.deepEqual([rows.length, user.recorder.failedIterations], [4, 1]);
});

test("mistakes are refused by name", withTimeout, async () => {
  await using server = await EchoServer.start();
  await iterated(async (vu) => {
    const open = (options: object) => vu.websocket("/", options);
    await assert.rejects(open({ timeot: "5s" }), /unknown option "timeot"; did you mean timeout\?/);
    await assert.rejects(open({ timeout: "5" }), /vu\.websocket\("\/"\): timeout: /);
    await assert.rejects(open({ protocols: ["a b"] }), /protocols is the string "a b"; expected names/);
    await assert.rejects(open({ compression: "yes" }), /compression is the string "yes"; expected true or false/);
    await assert.rejects(vu.websocket(7 as unknown as string), /the URL is the number 7; expected a path/);
    await assert.rejects(vu.websocket("ftp://x/"), /neither http: nor https:/);
    const socket = await open({});
    assert.throws(() => socket.send(7 as unknown as string), /the message is the number 7; expected a string, bytes/);
    assert.throws(() => socket.ask(Promise.resolve() as unknown as string), /the message is a promise/);
    assert.throws(() => socket.close(1006), /code is the number 1006; expected 1000, 1001 or 3000 to 4999/);
    const answer = () => {
      throw new Error("no JSON");
    };
    await assert.rejects(socket.ask("x", { answer }), /no JSON/);
    assert.equal(socket.isOpen, true);
  }, server.url);
});

test("a service behind a proxy is refused, and connectTo is followed", withTimeout, async () => {
  await using server = await EchoServer.start();
  const before = process.env.HTTP_PROXY;
  process.env.HTTP_PROXY = "http://127.0.0.1:1";
  try {
    const { errors, rows } = await iterated(
      async (vu) => {
        await vu.websocket("ws://chat.test/");
        await vu.websocket("/");
      },
      "http://elsewhere.test",
      { connectTo: { "chat.test:80": server.url.replace("http://", "") } },
    );
    assert.deepEqual(rows, [
      ["WS connect http://chat.test/", 1, 0],
      ["(WS) session http://chat.test/", 1, 0],
    ]);
    assert.match(errors[0] ?? "", /only HTTP requests go through the proxy 127\.0\.0\.1:1; NO_PROXY names hosts/);
  } finally {
    if (before === undefined) delete process.env.HTTP_PROXY;
    else process.env.HTTP_PROXY = before;
  }
  assert.equal(server.requests[0]?.headers.host, "chat.test");
});
