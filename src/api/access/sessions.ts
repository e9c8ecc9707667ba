import { createHash, randomBytes } from "node:crypto";
import type { Role } from "./roles.ts";

/** A session that was not used for this long has ended. An open live stream is use. */
export const sessionIdleMs = 12 * 3_600_000;
/** A session ends this long after its login, whatever it does: longer than most runs. */
export const longestSessionMs = 7 * 24 * 3_600_000;
/** The maximum number of sessions. Above it, the session that was not used for the longest time ends. */
export const mostSessions = 1_000;
const sweepMs = 30_000;

/** The session of a logged-in browser. */
export interface BrowserSession {
  /** The number of the login, from 1. It names the session in the log of a run. */
  readonly number: number;
  readonly role: Role;
  readonly startedMs: number;
  usedMs: number;
  /** Functions that end the open streams of the session, one for each stream. */
  readonly streams: Set<() => void>;
}

/** The sessions of browsers. A cookie is a random secret; only its digest is kept. */
export class Sessions {
  readonly #nowMs: () => number;
  readonly #byDigest = new Map<string, BrowserSession>();
  readonly #sweep: NodeJS.Timeout;
  #last = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#sweep = setInterval(() => this.sweep(), sweepMs).unref();
  }

  /** Starts a session. Returns the secret for its cookie. */
  begin(role: Role): string {
    const [oldest] = [...this.#byDigest].sort(([, a], [, b]) => a.usedMs - b.usedMs);
    if (oldest !== undefined && this.#byDigest.size >= mostSessions) this.#end(oldest[0]);
    const secret = randomBytes(32).toString("base64url");
    const nowMs = this.#nowMs();
    const session = { number: ++this.#last, role, startedMs: nowMs, usedMs: nowMs, streams: new Set<() => void>() };
    this.#byDigest.set(digestOf(secret), session);
    return secret;
  }

  /** Returns the session of a cookie, and counts this as use; null if the session has ended or never existed. */
  find(secret: string | undefined): BrowserSession | null {
    if (secret === undefined || secret.length > 100) return null;
    const digest = digestOf(secret);
    const found = this.#byDigest.get(digest);
    if (found === undefined) return null;
    if (this.#hasEnded(found)) {
      this.#end(digest);
      return null;
    }
    found.usedMs = this.#nowMs();
    return found;
  }

  /** Ends the session of a cookie and its open streams. */
  end(secret: string | undefined): void {
    if (secret !== undefined) this.#end(digestOf(secret));
  }

  /** Ends the sessions that have expired. */
  sweep(): void {
    for (const [digest, session] of this.#byDigest) {
      if (session.streams.size > 0) session.usedMs = this.#nowMs();
      if (this.#hasEnded(session)) this.#end(digest);
    }
  }

  close(): void {
    clearInterval(this.#sweep);
  }

  #hasEnded({ startedMs, usedMs }: BrowserSession): boolean {
    const nowMs = this.#nowMs();
    return nowMs - startedMs >= longestSessionMs || nowMs - usedMs >= sessionIdleMs;
  }

  #end(digest: string): void {
    const session = this.#byDigest.get(digest);
    this.#byDigest.delete(digest);
    for (const stop of session?.streams ?? []) stop();
  }
}

/** Returns the digest of a secret. A lookup by digest takes the same time for any unknown secret. */
function digestOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
