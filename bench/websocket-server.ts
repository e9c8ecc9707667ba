// The server of bench/websocket.ts, in a process of its own: sends each message back after 50 to 150 ms, evenly distributed, and keeps how
// long that really was: a timer of a busy process is late. Tells its parent its port, and all that it has counted when asked.

import process from "node:process";
import { type WebSocket, WebSocketServer } from "ws";
import { CumulativeHistogram } from "../src/stats/histogram/cumulative-histogram.ts";
import { IntervalHistogram } from "../src/stats/histogram/interval-histogram.ts";

const leastMs = 50;
const spreadMs = 100;

/** What the server has counted so far. */
export interface ServerCounts {
  readonly received: number;
  readonly sent: number;
  readonly open: number;
  /** The delays in ms at 50, 95 and 99 %. */
  readonly delaysMs: readonly number[];
}

let received = 0;
let sent = 0;
const delays = new IntervalHistogram();

function answer(socket: WebSocket, data: Buffer, sinceMs: number): void {
  if (socket.readyState !== socket.OPEN) return;
  delays.record((performance.now() - sinceMs) * 1_000);
  sent++;
  socket.send(data, { binary: false });
}

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, backlog: 5_000, perMessageDeflate: false });
server.on("connection", (socket) => {
  socket.on("error", () => socket.terminate());
  socket.on("message", (data: Buffer) => {
    const sinceMs = performance.now();
    // Each hundred messages have all delays once.
    const delayMs = leastMs + ((received++ * 37) % 100) * (spreadMs / 100);
    setTimeout(() => answer(socket, data, sinceMs), delayMs);
  });
});
server.once("listening", () => {
  const address = server.address();
  process.send?.(typeof address === "object" ? address?.port : 0);
});
process.on("message", () => {
  const all = new CumulativeHistogram();
  all.add(delays);
  const delaysMs = all.percentilesMicros([50, 95, 99]).map((micros) => micros / 1_000);
  process.send?.({ received, sent, open: server.clients.size, delaysMs } satisfies ServerCounts);
});
process.once("disconnect", () => process.exit());
