import { lookup } from "node:dns";
import type { request as httpRequest } from "node:http";
import type { LookupFunction } from "node:net";
import { exitCodes, MusterError } from "../../core/errors.ts";
import { parseAddress } from "../../core/hosts/address.ts";
import { isMetadata, plainHost } from "../../core/hosts/host-rules.ts";
import { basicAuthorization } from "../../core/url-credentials.ts";

/** The largest response that a source may send. */
const mostResponseBytes = 10_000_000;

/** Thrown when a source of observed metrics gives no value. The message is one line without credentials. */
export class ObservationError extends MusterError {
  readonly code = "not-observed";
  readonly exitCode = exitCodes.invalid;
}

/**
 * Reads the body of a URL as text, on a connection of its own. Redirects are not followed.
 * @throws ObservationError for a status other than 200, a body that is too large, and the address of a cloud metadata
 * service; errors of the connection as Node.js throws them
 */
export async function readText(
  text: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string> {
  const url = new URL(text);
  requireNoMetadata(url.hostname, plainHost(url.hostname));
  const authorization = basicAuthorization(url);
  const given = Object.keys(headers).some((name) => name.toLowerCase() === "authorization");
  const all = authorization === null || given ? headers : { ...headers, authorization };
  url.username = "";
  url.password = "";
  // Import node:http only when a test observes something: it is slow to import.
  const { request }: { request: typeof httpRequest } = await import(
    url.protocol === "https:" ? "node:https" : "node:http"
  );
  return await new Promise((resolve, reject) => {
    const options = { agent: false, headers: { accept: "*/*", ...all }, signal, lookup: guardedLookup };
    const sent = request(url, options, (response) => {
      const { statusCode = 0 } = response;
      if (statusCode !== 200) {
        response.destroy();
        reject(new ObservationError(`status ${statusCode}${redirectNote(statusCode)}`));
        return;
      }
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > mostResponseBytes) {
          response.destroy();
          reject(new ObservationError(`the response is larger than ${mostResponseBytes / 1_000_000} MB`));
        } else chunks.push(chunk);
      });
      response.on("error", reject);
      response.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    });
    sent.on("error", reject);
    sent.end();
  });
}

function redirectNote(status: number): string {
  return status >= 300 && status < 400 ? " (redirects are not followed)" : "";
}

/** Looks up a host, and refuses the addresses of cloud metadata services, whatever name resolves to them. */
const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) {
      callback(error, []);
      return;
    }
    try {
      for (const { address } of addresses) requireNoMetadata(hostname, address);
    } catch (refusal) {
      callback(refusal as NodeJS.ErrnoException, []);
      return;
    }
    const [first] = addresses;
    if (options.all === true || first === undefined) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

function requireNoMetadata(host: string, address: string): void {
  const parsed = parseAddress(address);
  if (parsed === null || !isMetadata(parsed)) return;
  throw new ObservationError(`${host} is the address of a cloud metadata service, which is never read`);
}
