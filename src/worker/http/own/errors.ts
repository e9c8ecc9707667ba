/** The server closed the connection before its response was complete. */
export class ConnectionClosed extends Error {
  readonly code = "MUSTER_CLOSED";
}

/** What the server sent is not an HTTP/1.1 response, or not one that only has one meaning. */
export class HttpParseError extends Error {
  readonly code = "MUSTER_PROTOCOL";
}
