import type { WebSocketClose } from "../../scenario/definition/protocols/websocket.ts";

/** A socket is not open, or closed while the test waited for something on it. */
export class WebSocketError extends Error {
  readonly code = "MUSTER_WEBSOCKET";
  /** How the socket was closed; null if it was not. */
  readonly closed: WebSocketClose | null;

  constructor(message: string, closed: WebSocketClose | null) {
    super(message);
    this.name = "WebSocketError";
    this.closed = closed;
  }
}

/** What the codes of RFC 6455, 7.4.1, and its registry at IANA mean. */
const meanings: Readonly<Record<number, string>> = {
  1000: "normal",
  1001: "going away",
  1002: "protocol error",
  1003: "unsupported data",
  1005: "no code",
  1006: "no close frame",
  1007: "invalid data",
  1008: "policy violation",
  1009: "message too big",
  1010: "missing extension",
  1011: "internal error",
  1012: "service restart",
  1013: "try again later",
  1014: "bad gateway",
};

/** Whether a server that closes a socket with this code has ended it as planned. */
export function isNormalClose(code: number): boolean {
  return code === 1000 || code === 1001 || code === 1005;
}

/** "1011 internal error: out of disk", without the reason if there is none. */
export function describeClose({ code, reason }: WebSocketClose): string {
  const meaning = meanings[code];
  return `${code}${meaning === undefined ? "" : ` ${meaning}`}${reason === "" ? "" : `: ${reason}`}`;
}
