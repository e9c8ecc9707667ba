/** The server closed the connection before its response was complete. */
export class ConnectionClosed extends Error {
  readonly code = "MUSTER_CLOSED";
}
