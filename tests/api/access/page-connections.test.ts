import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import pino from "pino";
import { PageConnections } from "../../../src/api/access/page-connections.ts";
import { waitUntil } from "../../support/wait-until.ts";

const longMs = 600_000;

/** A server that admits requests for /known. */
async function page(t: TestContext, timeoutMs: number) {
  const lines: string[] = [];
  const log = pino({ level: "warn" }, { write: (line: string) => lines.push(JSON.parse(line).msg) });
  const server = createServer((request: IncomingMessage, response) => {
    if (request.url === "/known") connections.admit(request.socket);
    request.resume().once("end", () => response.end("ok"));
  });
  const connections = new PageConnections(server, log, timeoutMs);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    connections.close();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const open = (): Socket => {
    const socket = connect(port, "127.0.0.1").on("error", () => {});
    t.after(() => socket.destroy());
    return socket;
  };
  return { open, lines };
}

/** Resolves when the connection has ended, by an error or not. */
function end(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

async function answerTo(socket: Socket, path: string, body = ""): Promise<string> {
  socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  const [data] = await once(socket, "data");
  return String(data).slice(0, 12);
}

test("a connection without an admitted request is closed when its time is over, and others stay", async (t) => {
  const { open, lines } = await page(t, 300);
  const known = open();
  assert.equal(await answerTo(known, "/known"), "HTTP/1.1 200");
  const [silent, unknown] = [open().resume(), open()];
  const closed = [end(silent), end(unknown)];
  assert.equal(await answerTo(unknown, "/unknown"), "HTTP/1.1 200");
  unknown.resume();
  await Promise.all(closed);
  assert.equal(await answerTo(known, "/known"), "HTTP/1.1 200");
  assert.deepEqual(lines, Array(2).fill("refused a connection to the web page: timeout: 127.0.0.1"));
});

test("there are never more than 256 connections without an admitted request, and log lines are few", async (t) => {
  const { open, lines } = await page(t, longMs);
  const known = open();
  assert.equal(await answerTo(known, "/known"), "HTTP/1.1 200");
  let closed = 0;
  for (let count = 0; count < 300; count++)
    open()
      .resume()
      .once("close", () => closed++);
  await waitUntil("the oldest to make room", () => closed === 300 - 256);
  assert.equal(await answerTo(known, "/known"), "HTTP/1.1 200");
  assert.equal(await answerTo(open(), "/known"), "HTTP/1.1 200", "somebody who comes later");
  assert.equal(lines.length, 10);
});

test("a connection that sends more than any login is closed", async (t) => {
  const { open, lines } = await page(t, longMs);
  const body = "x".repeat(200_000);
  const [known, unknown] = [open(), open()];
  const closed = end(unknown);
  for (let sent = 0; sent < 3; sent++) assert.equal(await answerTo(known, "/known", body), "HTTP/1.1 200");
  assert.equal(await answerTo(unknown, "/unknown", body), "HTTP/1.1 200");
  await Promise.all([closed, answerTo(unknown, "/unknown", body).catch(() => {})]);
  assert.deepEqual(lines, ["refused a connection to the web page: too-much: 127.0.0.1"]);
});
