import { createHash, createHmac } from "node:crypto";
import type { PendingRequest } from "../definition/request-hooks.ts";

/** The credentials of an AWS identity. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The token of temporary credentials. */
  readonly sessionToken?: string;
}

/** The parts of a request that are signed. */
export interface SignedParts {
  readonly method: string;
  /** The path as it is sent, percent-encoded. */
  readonly path: string;
  /** The query as it is sent, without the question mark. */
  readonly query: string;
  /** All headers, also `host` and `x-amz-date`. Headers that proxies change are not signed. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The SHA-256 of the body in hex, or `UNSIGNED-PAYLOAD`. */
  readonly bodyHash: string;
}

/** The region and the service for which a signature is valid. */
export interface SigningScope {
  readonly region: string;
  readonly service: string;
}

/** Headers that are not signed, because clients and proxies add or change them. */
const unsigned =
  /^(?:authorization|cache-control|connection|content-length|expect|from|keep-alive|max-forwards|pragma|referer|te|trailer|transfer-encoding|upgrade|user-agent|x-amzn-trace-id|proxy-.*|sec-.*)$/;

/**
 * Returns the value of the header `authorization` of AWS Signature Version 4 (AWS, "Create a signed AWS API request").
 * @param date the time as in `x-amz-date`: `20150830T123600Z`
 */
export function signatureV4(
  parts: SignedParts,
  date: string,
  scope: SigningScope,
  credentials: AwsCredentials,
): string {
  const { accessKeyId, secretAccessKey } = credentials;
  const [canonical, signedHeaders] = canonicalRequest(parts, scope.service);
  const day = date.slice(0, 8);
  const credentialScope = `${day}/${scope.region}/${scope.service}/aws4_request`;
  const text = `AWS4-HMAC-SHA256\n${date}\n${credentialScope}\n${sha256(canonical)}`;
  const signature = createHmac("sha256", signingKey(secretAccessKey, day, scope))
    .update(text)
    .digest("hex");
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${credentialScope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
}

/** Returns a time, given in ms since 1970, as in `x-amz-date`. */
export function amzDate(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/[-:]|\.\d+/g, "");
}

export function hashOfBody(body: PendingRequest["body"]): string {
  if (body === null) return sha256("");
  if (typeof body === "string" || body instanceof Uint8Array) return sha256(body);
  const hash = createHash("sha256");
  for (const segment of body.segments) hash.update(segment);
  return hash.digest("hex");
}

/** Encodes all but the unreserved characters of RFC 3986. */
function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function canonicalRequest({ method, path, query, headers, bodyHash }: SignedParts, service: string) {
  const byName = new Map<string, string>();
  for (const [name, value] of headers) {
    const inLowerCase = name.toLowerCase();
    if (unsigned.test(inLowerCase)) continue;
    const before = byName.get(inLowerCase);
    const trimmed = value.trim().replace(/\s+/g, " ");
    byName.set(inLowerCase, before === undefined ? trimmed : `${before},${trimmed}`);
  }
  const sorted = [...byName].toSorted(([a], [b]) => order(a, b));
  const signedHeaders = sorted.map(([name]) => name).join(";");
  const lines = sorted.map(([name, value]) => `${name}:${value}\n`).join("");
  const canonical = `${method}\n${canonicalPath(path, service)}\n${canonicalQuery(query)}\n${lines}\n${signedHeaders}\n${bodyHash}`;
  return [canonical, signedHeaders] as const;
}

/** Returns the path as it is signed. All services except S3 encode the sent path once more, and merge slashes. */
function canonicalPath(path: string, service: string): string {
  if (service === "s3") return path.split("/").map(decoded).map(encodeStrictly).join("/");
  return path.replace(/\/+/g, "/").split("/").map(encodeStrictly).join("/");
}

function canonicalQuery(query: string): string {
  if (query === "") return "";
  const pairs = query.split("&").map((pair) => {
    const mark = pair.indexOf("=");
    const [name, value] = mark < 0 ? [pair, ""] : [pair.slice(0, mark), pair.slice(mark + 1)];
    return [encodeStrictly(decoded(name)), encodeStrictly(decoded(value))] as const;
  });
  return pairs
    .toSorted(([a, valueA], [b, valueB]) => order(a, b) || order(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/** Compares by code units, not by language. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Decodes percent-encoding; returns a text that is not valid unchanged. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The latest key: it changes once a day, and with the credentials. */
let latestKey: { readonly of: string; readonly key: Buffer } = { of: "", key: Buffer.alloc(0) };

function signingKey(secret: string, day: string, { region, service }: SigningScope): Buffer {
  const of = [secret, day, region, service].join("\n");
  if (latestKey.of !== of) {
    const key = [day, region, service, "aws4_request"].reduce<string | Buffer>(
      (before, text) => createHmac("sha256", before).update(text).digest(),
      `AWS4${secret}`,
    );
    latestKey = { of, key: key as Buffer };
  }
  return latestKey.key;
}

function sha256(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}
