import type { WebSocketClose } from "../../scenario/definition/protocols/websocket.ts";

/** A socket is not open, or closed while the test waited for something on it. */
export class WebSocketError extends Error {
  readonly code = "MUSTER_WEBSOCKET";
  /** How the socket was closed; null if it is not closed. */
  readonly closed: WebSocketClose | null;

  constructor(message: string, closed: WebSocketClose | null) {
    super(message);
    this.name = "WebSocketError";
    this.closed = closed;
  }
}

/** The meanings of the close codes in RFC 6455, 7.4.1, and in its registry at IANA. */
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

/** Whether the code means that the server closed the socket as planned. */
export function isNormalClose(code: number): boolean {
  return code === 1000 || code === 1001 || code === 1005;
}

/** Describes a close: "1011 internal error: out of disk", without the reason if there is none. */
export function describeClose({ code, reason }: WebSocketClose): string {
  const meaning = meanings[code];
  return `${code}${meaning === undefined ? "" : ` ${meaning}`}${reason === "" ? "" : `: ${reason}`}`;
}
