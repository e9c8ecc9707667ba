/** The server closed the connection before its response was complete. */
export class ConnectionClosed extends Error {
  readonly code = "MUSTER_CLOSED";
}

/** The server sent something that is not an HTTP/1.1 response, or that can be read in more than one way. */
export class HttpParseError extends Error {
  readonly code = "MUSTER_PROTOCOL";
}
