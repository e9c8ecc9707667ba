import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { TestServer } from "../fixture.ts";

export interface DigestSettings {
  readonly algorithm?: string;
  readonly qop?: string | null;
  readonly userhash?: boolean;
  /** How many requests a nonce is good for. */
  readonly usesOfNonce?: number;
  /** Sends the nonce of the next request with each response. */
  readonly sendsNext?: boolean;
  /** Further challenges, before that of Digest. */
  readonly others?: string;
}

const hashNames: Readonly<Record<string, string>> = { MD5: "md5", "SHA-256": "sha256", "SHA-512-256": "sha512-256" };

/** What a client has to send as `response` (RFC 7616, 3.4.1), from the fields that it has sent. */
export function digestResponse(
  fields: Readonly<Record<string, string>>,
  { user, password, method, body = "" }: { user: string; password: string; method: string; body?: string },
): string {
  const algorithm = fields.algorithm ?? "MD5";
  const h = (text: string) =>
    createHash(hashNames[algorithm.replace("-sess", "")] ?? "none")
      .update(text)
      .digest("hex");
  const { realm, nonce, uri, qop, nc, cnonce } = fields;
  let a1 = `${user}:${realm}:${password}`;
  if (algorithm.endsWith("-sess")) a1 = `${h(a1)}:${nonce}:${cnonce}`;
  const a2 = qop === "auth-int" ? `${method}:${uri}:${h(body)}` : `${method}:${uri}`;
  return qop === undefined ? h(`${h(a1)}:${nonce}:${h(a2)}`) : h(`${h(a1)}:${nonce}:${nc}:${cnonce}:${qop}:${h(a2)}`);
}

/** A server that lets nobody in who does not know the password, and refuses a repeated count of requests. */
export async function digestServer(user: string, password: string, settings: DigestSettings = {}) {
  const { algorithm, qop = "auth", userhash = false, usesOfNonce = 1_000, sendsNext = false, others = "" } = settings;
  const realm = 'the "realm", of all';
  const uses = new Map<string, number>();
  const statuses: number[] = [];
  const newNonce = () => {
    const nonce = `${randomBytes(9).toString("base64")}=="`;
    uses.set(nonce, 0);
    return nonce;
  };
  /** Whether the fields prove that their sender knows the password. */
  const isRight = (request: IncomingMessage, fields: Readonly<Record<string, string>>, body: string) =>
    fields.response === digestResponse(fields, { user, password, method: request.method ?? "", body }) &&
    fields.realm === realm &&
    fields.uri === request.url &&
    fields.opaque === "o/p" &&
    fields.qop === (qop === null ? undefined : qop.split(",")[0]) &&
    userOf(fields) === (userhash ? userHash(user, realm, algorithm) : user);
  /** Counts a use of the nonce. Returns false if it is not known, used up, or used with this count before. */
  const use = ({ nonce = "", nc = "" }: Readonly<Record<string, string>>) => {
    const before = uses.get(nonce);
    const isNext = qop === null || Number.parseInt(nc, 16) === (before ?? 0) + 1;
    if (before === undefined || !isNext || before >= usesOfNonce) return false;
    uses.set(nonce, before + 1);
    return true;
  };
  const challenge = (isStale: boolean) =>
    [
      `${others}Digest realm=${quoted(realm)}`,
      ...(qop === null ? [] : [`qop="${qop}"`]),
      ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
      `nonce=${quoted(newNonce())}`,
      'opaque="o/p"',
      ...(userhash ? ["userhash=true"] : []),
      ...(isStale ? ["stale=TRUE"] : []),
    ].join(", ");
  const server = await TestServer.http((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const fields = fieldsOf(request.headers.authorization ?? "");
      const knows = isRight(request, fields, Buffer.concat(chunks).toString());
      const status = knows && use(fields) ? 200 : 401;
      statuses.push(status);
      if (status === 401) response.setHeader("www-authenticate", challenge(knows));
      else if (sendsNext) response.setHeader("authentication-info", `nextnonce=${quoted(newNonce())}, qop=auth`);
      response.writeHead(status).end(status === 200 ? "in" : "out");
    });
  });
  return { server, statuses };
}

/** The fields of `Digest username="a", nc=00000001`. */
function fieldsOf(header: string): Record<string, string> {
  const found = header.matchAll(/([\w*]+)=(?:"((?:[^"\\]|\\.)*)"|([^,\s]+))/g);
  return Object.fromEntries(
    [...found].map(([, name = "", inQuotes, plain]) => [name, inQuotes?.replace(/\\(.)/g, "$1") ?? plain ?? ""]),
  );
}

function userOf(fields: Readonly<Record<string, string>>): string | undefined {
  const extended = fields["username*"];
  return extended === undefined ? fields.username : decodeURIComponent(extended.replace(/^UTF-8''/, ""));
}

function userHash(user: string, realm: string, algorithm = "MD5"): string {
  return createHash(hashNames[algorithm] ?? "none")
    .update(`${user}:${realm}`)
    .digest("hex");
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
