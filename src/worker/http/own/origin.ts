import { isIP } from "node:net";
import { InvalidRequest } from "../request/invalid-request.ts";

/** The number of origins that are kept: URLs may come from a file or from responses, and name ever new ones. */
export const maxOrigins = 1_000;

/** The scheme, host and port that a connection goes to. */
export interface Origin {
  readonly isSecure: boolean;
  readonly host: string;
  readonly port: number;
  /** The server name in the TLS handshake; null for an IP address. */
  readonly serverName: string | null;
  /** The header line "host: example.com:8080\r\n". */
  readonly hostLine: string;
}

/** `text`: such as "https://example.com:8443". */
export function parseOrigin(text: string): Origin {
  const { protocol, hostname, host, port } = new URL(text);
  if (protocol !== "http:" && protocol !== "https:")
    throw new InvalidRequest(`${protocol} is neither http: nor https:`);
  const isSecure = protocol === "https:";
  const bare = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
  return {
    isSecure,
    host: bare,
    port: port === "" ? (isSecure ? 443 : 80) : Number(port),
    serverName: isIP(bare) === 0 ? bare : null,
    hostLine: `host: ${host}\r\n`,
  };
}
