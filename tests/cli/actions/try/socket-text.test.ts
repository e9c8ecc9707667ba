import assert from "node:assert/strict";
import { test } from "node:test";
import { socketLines } from "../../../../src/cli/actions/try/socket-text.ts";
import { plainStyle } from "../../../../src/report/text/style.ts";
import type { SocketEvent } from "../../../../src/worker/websocket/socket-event.ts";

test("messages and closes of a socket are shown with their payload, without secrets", () => {
  const told = (event: SocketEvent) => socketLines(event, { style: plainStyle, full: false });
  const name = "/chat";
  const message = (kind: "sent" | "received", text: string | Uint8Array) =>
    told({ kind, name, payload: Buffer.from(text as string), isBinary: typeof text !== "string" });
  assert.deepEqual(message("sent", '{"say":"hi","password":"pa55word"}'), [
    "  » /chat sent",
    '      {"say":"hi","password":"***"}',
  ]);
  assert.deepEqual(message("received", "welcome"), ["  « /chat received", "      welcome"]);
  assert.deepEqual(message("received", new Uint8Array([0, 1, 0xff])), [
    "  « /chat received",
    "      (3 B of binary data)",
  ]);
  assert.deepEqual(message("sent", ""), ["  » /chat sent, empty"]);
  const close = { code: 1011, reason: "token=t0ken-of-ann" };
  assert.deepEqual(told({ kind: "closed", name, close }), ["  · /chat closed: 1011 internal error: token=***"]);
});
