import { createHash, randomBytes } from "node:crypto";
import type { Authentication, Authenticator } from "../definition/authentication.ts";
import type { HttpResponse } from "../definition/http.ts";
import type { PendingRequest } from "../definition/request-hooks.ts";
import { requireCredentials } from "./basic-auth.ts";
import { type DigestChallenge, digestChallengeIn, nextNonceIn } from "./digest-challenge.ts";

/**
 * HTTP Digest authentication (RFC 7616): MD5, SHA-256 and SHA-512-256, with `auth`, `auth-int` or neither. The first request
 * of a user gets a challenge (status 401), which counts as a request of its own but not as a failure. Later requests use its
 * nonce until the server sends another one.
 * @throws InvalidValue if user or password is not a string
 */
export function digestAuth(user: string, password: string): Authentication {
  requireCredentials("digestAuth", user, password);
  return { forUser: () => new DigestUser(user, password) };
}

class DigestUser implements Authenticator {
  readonly #user: string;
  readonly #password: string;
  /** The latest challenge; null before the first. */
  #challenge: DigestChallenge | null = null;
  /** The number of requests with the nonce of the challenge. */
  #count = 0;
  /** The nonce of this client, chosen again for each nonce of the server. */
  #clientNonce = "";

  constructor(user: string, password: string) {
    this.#user = user;
    this.#password = password;
  }

  authorize(request: PendingRequest): void {
    if (this.#challenge !== null) request.headers.set("authorization", this.#answer(this.#challenge, request));
  }

  challenged({ status, headers }: HttpResponse, request: PendingRequest): boolean {
    if (status !== 401) {
      const next = nextNonceIn(headers["authentication-info"]);
      if (next !== null && this.#challenge !== null) this.#use({ ...this.#challenge, nonce: next });
      return false;
    }
    const challenge = digestChallengeIn(headers["www-authenticate"]);
    if (challenge === null) return false;
    const sent = request.headers.get("authorization") ?? "";
    // The nonce was right, so the user or the password is wrong, unless another request has got a newer nonce in the
    // meantime.
    const isRefused = sent.startsWith("Digest ") && !challenge.isStale && this.#isOfLatest(sent);
    if (challenge.nonce !== this.#challenge?.nonce) this.#use(challenge);
    return !isRefused;
  }

  #isOfLatest(sent: string): boolean {
    return this.#challenge !== null && sent.includes(`nonce=${quoted(this.#challenge.nonce)}`);
  }

  #use(challenge: DigestChallenge): void {
    this.#challenge = challenge;
    this.#count = 0;
    this.#clientNonce = randomBytes(16).toString("hex");
  }

  /** Returns the value of the header `authorization` (RFC 7616, 3.4). */
  #answer(challenge: DigestChallenge, { method, url, body }: PendingRequest): string {
    const { realm, nonce, opaque, algorithm, hash, isPerSession, qop, hashesUser } = challenge;
    const hashOf = (...texts: readonly string[]) => createHash(hash).update(texts.join(":")).digest("hex");
    const { pathname, search } = new URL(url);
    const uri = pathname + search;
    const clientNonce = this.#clientNonce;
    const ofUser = hashOf(this.#user, realm, this.#password);
    const secret = isPerSession ? hashOf(ofUser, nonce, clientNonce) : ofUser;
    const ofRequest = qop === "auth-int" ? hashOf(method, uri, hashOfBody(hash, body)) : hashOf(method, uri);
    const count = (++this.#count).toString(16).padStart(8, "0");
    const protection = qop === null ? [] : [count, clientNonce, qop];
    const fields = [
      hashesUser ? `username=${quoted(hashOf(this.#user, realm))}` : userField(this.#user),
      `realm=${quoted(realm)}`,
      `nonce=${quoted(nonce)}`,
      `uri=${quoted(uri)}`,
      `response="${hashOf(secret, nonce, ...protection, ofRequest)}"`,
      ...(algorithm === null ? [] : [`algorithm=${algorithm}`]),
      ...(opaque === null ? [] : [`opaque=${quoted(opaque)}`]),
      ...(qop === null ? [] : [`qop=${qop}`, `nc=${count}`]),
      ...(qop === null && !isPerSession ? [] : [`cnonce="${clientNonce}"`]),
      ...(hashesUser ? ["userhash=true"] : []),
    ];
    return `Digest ${fields.join(", ")}`;
  }
}

/** Returns the field with the name of the user. A name with characters outside of ASCII is percent-encoded (RFC 8187). */
function userField(user: string): string {
  return /^[\x20-\x7e]*$/.test(user)
    ? `username=${quoted(user)}`
    : `username*=UTF-8''${encodeURIComponent(user).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)}`;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

function hashOfBody(hash: DigestChallenge["hash"], body: PendingRequest["body"]): string {
  const hasher = createHash(hash);
  if (body !== null && typeof body === "object" && "segments" in body) {
    for (const segment of body.segments) hasher.update(segment);
  } else if (body !== null) hasher.update(body);
  return hasher.digest("hex");
}
