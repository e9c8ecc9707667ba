import { createHash, createHmac } from "node:crypto";
import { TestServer } from "../fixture.ts";

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest();
/** What may stay as it is (RFC 3986, 2.3). */
const isUnreserved = (byte: number) => /[\w.~-]/.test(String.fromCharCode(byte)) && byte < 0x80;

function encoded(bytes: Iterable<number>): string {
  return [...bytes]
    .map((byte) =>
      isUnreserved(byte) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    )
    .join("");
}

function unescaped(text: string): Buffer {
  return Buffer.from(
    text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  );
}

type Headers = Readonly<Record<string, string[] | undefined>>;

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly service: string;
}

/**
 * Lets in only requests that are signed with the key, by the rules of AWS as they are written down, at most five minutes ago.
 * It reads each from the wire: nothing here is shared with what signs.
 * @param answer makes the answer to a request from its headers and its body
 */
export async function sigV4Server(
  accessKeyId: string,
  secretAccessKey: string,
  region: string,
  service: string,
  answer: (headers: Headers, body: string) => string = () => "signed",
) {
  const refusals: string[] = [];
  const known = { accessKeyId, secretAccessKey, region, service };
  const server = await TestServer.http((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headersDistinct } = request;
      const body = Buffer.concat(chunks);
      const refusal = refusalOf(known, method, url, headersDistinct, body);
      if (refusal !== null) refusals.push(refusal);
      response.writeHead(refusal === null ? 200 : 403).end(refusal ?? answer(headersDistinct, body.toString()));
    });
  });
  return { server, refusals };
}

function refusalOf(known: Credentials, method: string, url: string, headers: Headers, body: Buffer): string | null {
  const { region, service } = known;
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request,\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/;
  const [, key, day = "", ofRegion, ofService, signedHeaders = "", signature] =
    form.exec(headers.authorization?.join() ?? "") ?? [];
  if (key !== known.accessKeyId || ofRegion !== region || ofService !== service)
    return "unknown key, region or service";
  const date = headers["x-amz-date"]?.join() ?? "";
  if (date.slice(0, 8) !== day || !isOfNow(date)) return "the date is too old";
  const names = signedHeaders.split(";");
  const required = Object.keys(headers).filter((name) => name === "host" || name.startsWith("x-amz-"));
  for (const name of required) if (!names.includes(name)) return `${name} is not signed`;
  const [path = "", query = ""] = url.split("?", 2);
  const bodyHash = sha256(body);
  if (!isOfBody(headers, bodyHash, service)) return "there is no hash of the body, or another";
  const canonical = [
    method,
    canonicalPath(path, service),
    canonicalQuery(query),
    ...names.map((name) => `${name}:${headers[name]?.map((one) => one.trim().replace(/ +/g, " ")).join(",")}`),
    "",
    signedHeaders,
    bodyHash,
  ].join("\n");
  const text = ["AWS4-HMAC-SHA256", date, `${day}/${region}/${service}/aws4_request`, sha256(canonical)].join("\n");
  const signingKey = hmac(hmac(hmac(hmac(`AWS4${known.secretAccessKey}`, day), region), service), "aws4_request");
  return hmac(signingKey, text).toString("hex") === signature ? null : `another signature, of ${canonical}`;
}

function isOfNow(date: string): boolean {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date)?.map(Number) ?? [];
  return Math.abs(Date.now() - Date.UTC(y ?? 0, (mo ?? 0) - 1, d, h, mi, s)) < 300_000;
}

function isOfBody(headers: Headers, bodyHash: string, service: string): boolean {
  const stated = headers["x-amz-content-sha256"]?.join();
  return stated === undefined ? service !== "s3" : stated === bodyHash;
}

function canonicalPath(path: string, service: string): string {
  const segments = path.split("/");
  return segments.map((one) => encoded(service === "s3" ? unescaped(one) : Buffer.from(one))).join("/");
}

/** Sorted by name and then by value, each by code points. */
function canonicalQuery(query: string): string {
  const pairs = (query === "" ? [] : query.split("&")).map((pair) => {
    const [name = "", ...rest] = pair.split("=");
    return `${encoded(unescaped(name))}\0${encoded(unescaped(rest.join("=")))}`;
  });
  return pairs.sort().join("&").replaceAll("\0", "=");
}
