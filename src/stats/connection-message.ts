/** Matches a line of OpenSSL's error queue: thread:error:code:library:function:reason:file:line:data. */
const openSslError =
  /(?:\b[0-9A-F]{8,16}:)?(error:[0-9A-F]{8}:[^:\n]{0,100}:[^:\n]{0,100}:[^:\n]{0,200}):(?:[A-Z]:)?[^:\n]{1,200}\.[a-z]{1,3}:\d{1,6}:([^\n]{0,200})/g;

/** Matches ` - Local (127.0.0.1:51342)`, which Node.js appends if the socket was bound. */
const localEnd = / - Local \([^()]{0,80}\)/g;

/** Matches the addresses in undici's ConnectTimeoutError; their order changes for a name with several addresses. */
const attempted = /\(attempted address(?:es)?: [^()]{0,500}, timeout: /g;

/**
 * Removes the parts of a network error's message that belong to a single connection: OpenSSL's thread and source position,
 * the local address, and the attempted addresses.
 */
export function withoutConnection(message: string): string {
  const text = message.includes("error:") ? message.replace(openSslError, withoutPosition) : message;
  return text.replace(localEnd, "").replace(attempted, "(timeout: ").trimEnd();
}

function withoutPosition(_line: string, error: string, data: string): string {
  return data.trim() === "" ? error : `${error}:${data.trim()}`;
}
