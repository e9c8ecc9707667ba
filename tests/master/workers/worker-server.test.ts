import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { WebSocket } from "ws";
import { WorkerServer } from "../../../src/master/workers/worker-server.ts";
import { introduce, isOfIntroduction } from "../../protocol/introduce.ts";
import { patienceMs } from "../../support/wait-until.ts";
import { selfSigned } from "../../worker/http/self-signed.ts";

for (const tls of [undefined, selfSigned]) {
  const over = tls === undefined ? "TCP" : "TLS";
  test(`over ${over}, a server that is closed has told its workers what they were told last`, {
    timeout: patienceMs,
  }, async (t) => {
    const log = pino({ level: "silent" });
    const server = new WorkerServer({
      host: "127.0.0.1",
      port: 0,
      token: "t",
      log,
      ...(tls ? { tls: { first: tls, watch: () => () => {} } } : {}),
    });
    const received = Promise.withResolvers<{ send(text: string): void; close(): void }>();
    server.open({ admit: () => null, receive: (socket) => received.resolve(socket) });
    const port = await server.listen();
    const worker = new WebSocket(`${tls === undefined ? "ws" : "wss"}://127.0.0.1:${port}`, { ca: selfSigned.cert });
    t.after(() => worker.terminate());
    const heard: string[] = [];
    worker.on("message", (data) => {
      if (!isOfIntroduction(JSON.parse(String(data)))) heard.push(String(data));
    });
    introduce(worker, { token: "t" }, () => {
      worker.send(JSON.stringify({ type: "hello", id: "w", host: "h", pid: 7, version: "1", session: null }));
    });
    const socket = await received.promise;
    socket.send('{"type":"quit"}');
    socket.close();
    // The process of a master ends as soon as this is over.
    await server.close();
    assert.deepEqual(heard, ['{"type":"quit"}']);
  });
}
