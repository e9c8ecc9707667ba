import { printable } from "../../../core/readable-text.ts";
import { redactText } from "../../../core/redaction/redact.ts";
import { cutTo } from "../../../report/text/text-width.ts";
import { describeClose } from "../../../worker/websocket/closing.ts";
import type { SocketEvent } from "../../../worker/websocket/socket-event.ts";
import { bodyLines, lineWidth, type RequestTextOptions } from "./request-text.ts";

const marks = { sent: "»", received: "«", closed: "·" } as const;

/** Describes a message or the close of a WebSocket in lines, with secrets masked. */
export function socketLines(event: SocketEvent, { style, full }: RequestTextOptions): string[] {
  const name = cutTo(printable(redactText(event.name)), lineWidth / 2);
  const line = (what: string) => style.muted(`  ${marks[event.kind]} ${name} ${what}`);
  if (event.kind === "closed") return [line(`closed: ${printable(redactText(describeClose(event.close)))}`)];
  const { payload, isBinary } = event;
  const lines = bodyLines(payload, isBinary ? undefined : typeOf(payload), full);
  return [line(payload.length === 0 ? `${event.kind}, empty` : event.kind), ...lines];
}

/** Returns the content type that decides how secrets are masked: JSON for a text that begins like JSON. */
function typeOf(payload: Uint8Array): string {
  const first = String.fromCharCode(payload[0] ?? 0);
  return first === "{" || first === "[" ? "application/json" : "text/plain";
}
