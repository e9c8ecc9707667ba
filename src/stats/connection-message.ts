/** A line of OpenSSL's error queue: thread:error:code:library:function:reason:file:line:data. */
const openSslError =
  /(?:\b[0-9A-F]{8,16}:)?(error:[0-9A-F]{8}:[^:\n]{0,100}:[^:\n]{0,100}:[^:\n]{0,200}):(?:[A-Z]:)?[^:\n]{1,200}\.[a-z]{1,3}:\d{1,6}:([^\n]{0,200})/g;

/** ` - Local (127.0.0.1:51342)`, which Node.js appends when the socket was bound. */
const localEnd = / - Local \([^()]{0,80}\)/g;

/** Of undici's ConnectTimeoutError; a name that resolves to several addresses gives them in changing order. */
const attempted = /\(attempted address(?:es)?: [^()]{0,500}, timeout: /g;

/**
 * The message of a network error without what belongs to this connection alone: OpenSSL's thread and place in its source,
 * the local address, the addresses that were tried.
 */
export function withoutConnection(message: string): string {
  const told = message.includes("error:") ? message.replace(openSslError, lasting) : message;
  return told.replace(localEnd, "").replace(attempted, "(timeout: ").trimEnd();
}

function lasting(_line: string, error: string, data: string): string {
  return data.trim() === "" ? error : `${error}:${data.trim()}`;
}
