import assert from "node:assert/strict";
import { test } from "node:test";
import type { UserWebSocket, WebSocketMessage } from "../../../src/scenario/definition/protocols/websocket.ts";
import { withTimeout } from "../http/fixture.ts";
import { EchoServer } from "./echo-server.ts";
import { iterated } from "./iterated.ts";

test("connect, ask, send and receive are counted, and the socket closes with its user", withTimeout, async () => {
  await using server = await EchoServer.start();
  let left: UserWebSocket | null = null;
  const { rows, totals, metrics, user } = await iterated(async (vu) => {
    const socket = await vu.websocket("/chat?room=1");
    left = socket;
    assert.equal(socket.isOpen, true);
    const answer = await socket.ask({ id: 7 }, { answer: (message) => message.json<{ id: number }>().id === 7 });
    assert.equal(answer.text(), '{"id":7}');
    socket.send("hello");
    assert.equal((await socket.receive()).text(), "hello");
    const binary = await socket.ask(new Uint8Array([1, 2, 3]), { name: "bytes" });
    assert.deepEqual([binary.isBinary, [...binary.body]], [true, [1, 2, 3]]);
    assert.ok((await socket.ping()) > 0);
  }, server.url);
  assert.deepEqual(user.exceptions, []);
  assert.deepEqual(rows, [
    ["WS ask /chat", 1, 0],
    ["WS bytes", 1, 0],
    ["WS connect /chat", 1, 0],
    ["WS ping /chat", 1, 0],
    ["(WS) session /chat", 1, 0],
  ]);
  assert.equal(totals.merged().requests, 4);
  assert.deepEqual(metrics, {
    messages_in: 3,
    messages_out: 3,
    websocket_closes: 1,
    'websocket_closes{code:"1001"}': 1,
  });
  const connect = totals.endpoint("WS", "connect /chat");
  assert.ok(connect.phases.of(1).requests === 1 && connect.phases.of(4).requests === 1, "connect and waiting");
  assert.ok(connect.bytesIn > 100 + 5 && connect.bytesOut > 100 + 5, `${connect.bytesIn}, ${connect.bytesOut}`);
  const session = totals.endpoint("(WS)", "session /chat");
  assert.deepEqual([session.bytesIn, session.bytesOut], [8 + 5 + 3, 8 + 5 + 3]);
  assert.deepEqual(server.closes, [1001]);
  assert.equal(server.messages, 3);
  assert.deepEqual((left as UserWebSocket | null)?.closed, { code: 1001, reason: "" });
  assert.equal(server.requests[0]?.url, "/chat?room=1");
});

test("a message goes to the first wait that accepts it; others are kept for later", withTimeout, async () => {
  await using server = await EchoServer.start((socket) => {
    for (const text of ["a", "b", "c"]) socket.send(text);
    socket.on("message", (data) => {
      socket.send("noise");
      socket.send(`re ${String(data)}`);
    });
  });
  const seen: string[] = [];
  const { errors } = await iterated(async (vu) => {
    const onMessage = (message: WebSocketMessage) => seen.push(message.text());
    const socket = await vu.websocket(server.url.replace("http", "ws"), { maxKeptMessages: 3, onMessage });
    const text = async (wait: Promise<WebSocketMessage>) => (await wait).text();
    assert.equal(await text(socket.receive((message) => message.text() === "b")), "b");
    const isAnswer = (message: WebSocketMessage) => message.text().startsWith("re");
    const [one, two] = [socket.ask("1", { answer: isAnswer }), socket.ask("2", { answer: isAnswer })];
    assert.deepEqual([await text(one), await text(two)], ["re 1", "re 2"]);
    // The oldest of four kept messages has made room.
    assert.deepEqual([await text(socket.receive()), await text(socket.receive())], ["c", "noise"]);
  }, server.url);
  assert.deepEqual(errors, []);
  assert.deepEqual(seen, ["a", "b", "c", "noise", "re 1", "noise", "re 2"]);
});

test("a subprotocol, headers and cookies of the user reach the server", withTimeout, async () => {
  await using server = await EchoServer.start(undefined, {
    handleProtocols: (offered) => [...offered].at(-1) ?? false,
    onRequest: (_, response) => response.setHeader("set-cookie", "sid=1").end(),
  });
  server.server.on("headers", (headers) => headers.push("set-cookie: seen=yes"));
  const { errors } = await iterated(
    async (vu) => {
      await vu.http.get("/login");
      const socket = await vu.websocket("/", { protocols: ["a", "b"], headers: { "x-own": "2", origin: "http://o" } });
      assert.equal(socket.protocol, "b");
      assert.deepEqual(await socket.close(4000, "done"), { code: 4000, reason: "done" });
      assert.equal(vu.http.cookies.get("seen"), "yes");
    },
    server.url,
    { headers: { "x-test": "1" } },
  );
  assert.deepEqual(errors, []);
  const { cookie, origin, "x-own": own, "x-test": ofTest } = server.requests[0]?.headers ?? {};
  assert.deepEqual([cookie, origin, own, ofTest], ["sid=1", "http://o", "2", "1"]);
  assert.deepEqual(server.closes, [4000]);
});
