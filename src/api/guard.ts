import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { ProblemError } from "./problem.ts";

const cookieName = "muster_token";
/** A week: longer than any run. */
const cookieSeconds = 7 * 24 * 3_600;
/** The paths of health probes, which have no token and send any Host header. */
const openPaths = new Set(["/healthz", "/readyz"]);

/**
 * Admits a request or refuses it. Without a token only this machine can reach the server, and the Host header must name this
 * machine too, which refuses DNS names that were rebound to 127.0.0.1. With a token, every request that presents it is admitted.
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

/** Whether a request presents the token, as a bearer token or in the cookie. */
function isKnown(context: Context, secret: Buffer): boolean {
  const bearer = /^Bearer (.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
  if (bearer !== undefined && isSame(digest(bearer), secret)) return true;
  const cookie = getCookie(context, cookieName);
  return cookie !== undefined && isSame(Buffer.from(cookie, "hex"), secret);
}

/** Answers a request without the token. `?token=` moves from the URL to a cookie, a browser gets the login page, and other clients get 401. */
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

/** Refuses changes that a page of another origin requests (cross-site request forgery), and bodies that are not JSON. */
export const sameOrigin: MiddlewareHandler = async (context, next) => {
  const { method } = context.req;
  if (method === "GET" || method === "HEAD") return await next();
  const origin = context.req.header("origin");
  const site = context.req.header("sec-fetch-site");
  const isForeign = site !== undefined && site !== "same-origin" && site !== "none";
  if (isForeign || (origin !== undefined && hostOf(origin) !== context.req.header("host"))) {
    throw new ProblemError(
      403,
      "cross-origin",
      `a page of ${origin ?? "another site"} cannot change anything on this server`,
    );
  }
  const type = context.req.header("content-type");
  if (hasBody(context) && !/^application\/json\s*(;|$)/i.test(type ?? "")) {
    throw new ProblemError(415, "content-type", `expected content-type application/json, not ${type ?? "none"}`);
  }
  return await next();
};

/** Refuses a request without a body, which is not the same as an empty form. */
export const bodyNeeded: MiddlewareHandler = async (context, next) => {
  if (!hasBody(context)) throw new ProblemError(400, "invalid-request", "json: the request needs a body, at least {}");
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
    `host ${name === "" ? "(none)" : name} is not allowed: use localhost, or set a token (--web-token)`,
  );
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** Compares two digests in constant time. */
function isSame(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** The login page, which sends the token as `?token=`. It needs no script. */
function loginPage(isWrong: boolean): string {
  const hint = isWrong ? "<p><strong>The token is wrong.</strong></p>" : "";
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
