// The server of bench/upload.ts, in a process of its own. It takes bodies of any size and answers 200 when one is complete; GET sends as many
// zeros as the first argument says. Tells its parent its port.

import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";

const downloadBytes = Number(process.argv[2] ?? 0);
const piece = Buffer.alloc(256 * 1024);

function send(response: ServerResponse): void {
  let left = downloadBytes;
  response.setHeader("content-length", left);
  const more = () => {
    while (left > 0) {
      const next = left >= piece.length ? piece : piece.subarray(0, left);
      left -= next.length;
      if (!response.write(next)) return;
    }
    response.end();
  };
  response.on("drain", more);
  more();
}

const server = createServer((request, response) => {
  if (request.method === "GET" && request.url === "/download") {
    send(response);
    return;
  }
  request.resume();
  request.on("end", () => response.end());
});
server.requestTimeout = 0;
server.listen(0, "127.0.0.1", 4_096, () => process.send?.((server.address() as AddressInfo).port));
process.once("disconnect", () => process.exit());
