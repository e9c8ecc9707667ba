import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { ProblemError } from "./problem.ts";

const cookieName = "muster_token";
/** A week: longer than any run. */
const cookieSeconds = 7 * 24 * 3_600;
/** Probes have no token, and name the host by whatever address they use. */
const openPaths = new Set(["/healthz", "/readyz"]);

/**
 * Who may ask. Without a token only this machine can reach the server, and the host that a browser names must be this
 * machine too: a name that somebody else's DNS has rebound to 127.0.0.1 is refused. With a token, whoever has it.
 */
export function admission(token: string | null): MiddlewareHandler {
  const secret = token === null ? null : digest(token);
  return async (context, next) => {
    if (openPaths.has(context.req.path)) return await next();
    if (secret === null) requireLoopback(context.req.header("host") ?? "");
    else if (!isKnown(context, secret)) return enter(context, secret);
    return await next();
  };
}

/** It has shown the token, or the cookie that it got for it. */
function isKnown(context: Context, secret: Buffer): boolean {
  const bearer = /^Bearer (.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
  if (bearer !== undefined && isSame(digest(bearer), secret)) return true;
  const cookie = getCookie(context, cookieName);
  return cookie !== undefined && isSame(Buffer.from(cookie, "hex"), secret);
}

/** `?token=` becomes a cookie and leaves the address; a person without one is asked for it. */
function enter(context: Context, secret: Buffer): Response | Promise<Response> {
  const url = new URL(context.req.url);
  const given = url.searchParams.get("token");
  if (context.req.method === "GET" && given !== null && isSame(digest(given), secret)) {
    const options = { path: "/", httpOnly: true, sameSite: "Strict", maxAge: cookieSeconds } as const;
    setCookie(context, cookieName, secret.toString("hex"), options);
    url.searchParams.delete("token");
    return context.redirect(`${url.pathname}${url.search}`, 303);
  }
  context.header("www-authenticate", "Bearer");
  if (context.req.header("accept")?.includes("text/html") === true) return context.html(loginPage(given !== null), 401);
  throw new ProblemError(401, "token", "the token is wrong or missing: send Authorization: Bearer TOKEN");
}

/** A change must come from the page itself, or from no page at all. */
export const sameOrigin: MiddlewareHandler = async (context, next) => {
  const { method } = context.req;
  if (method === "GET" || method === "HEAD") return await next();
  const origin = context.req.header("origin");
  const site = context.req.header("sec-fetch-site");
  const isForeign = site !== undefined && site !== "same-origin" && site !== "none";
  if (isForeign || (origin !== undefined && hostOf(origin) !== context.req.header("host"))) {
    throw new ProblemError(403, "cross-origin", `a page of ${origin ?? "another site"} may not change anything here`);
  }
  const type = context.req.header("content-type");
  if (hasBody(context) && !/^application\/json\s*(;|$)/i.test(type ?? "")) {
    throw new ProblemError(415, "content-type", `expected content-type application/json, not ${type ?? "none"}`);
  }
  return await next();
};

/** For requests that mean nothing without a body: an empty one is not an empty form. */
export const bodyNeeded: MiddlewareHandler = async (context, next) => {
  if (!hasBody(context)) throw new ProblemError(400, "invalid-request", "json: a body is needed, at least {}");
  return await next();
};

function hasBody(context: Context): boolean {
  return context.req.header("transfer-encoding") !== undefined || Number(context.req.header("content-length")) > 0;
}

function requireLoopback(host: string): void {
  const name = host
    .replace(/:\d+$/, "")
    .replace(/^\[|\]$/g, "")
    .toLowerCase();
  const isLocal = name === "localhost" || name.endsWith(".localhost") || name === "::1";
  if (isLocal || (isIP(name) === 4 && name.startsWith("127."))) return;
  throw new ProblemError(
    421,
    "host",
    `this is not the server of ${name === "" ? "no host" : name}: use localhost, or set a token (--web-token)`,
  );
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** Takes the same time whatever the difference. */
function isSame(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Asks for the token; the answer comes back as `?token=` and becomes a cookie. Nothing but HTML: it needs no script. */
function loginPage(isWrong: boolean): string {
  const hint = isWrong ? "<p><strong>That was not it.</strong></p>" : "";
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>muster</title>
<h1>muster</h1>
<p>This page needs the token that the master was started with (<code>--web-token</code>).</p>
${hint}
<form action="/"><label>Token <input name="token" type="password" autocomplete="current-password" required autofocus></label> <button>Open</button></form>
</html>
`;
}
