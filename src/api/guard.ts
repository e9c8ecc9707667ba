import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import type { HttpBindings } from "@hono/node-server";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { Logger } from "pino";
import { LineBudget } from "../core/line-budget.ts";
import type { GuessLimit } from "./access/guess-limit.ts";
import { loginPage } from "./access/login-page.ts";
import { mayAct, type Role, type RoleTokens, roleFor, roles } from "./access/roles.ts";
import { type BrowserSession, longestMs, type Sessions } from "./access/sessions.ts";
import { ProblemError } from "./problem.ts";

const cookieName = "muster_session";
/** The paths of health probes, which have no token and send any Host header. */
const openPaths = new Set(["/healthz", "/readyz"]);
const loginPath = "/login";
/** The log lines about wrong tokens: this many at once, and this many per second. */
const loggedGuesses = { burst: 10, perSecond: 0.1 };

/** Who makes a request. */
export interface Visitor {
  readonly role: Role;
  /** The address of the client, or of the proxy before it. */
  readonly address: string;
  /** Null for a client that sends its token with each request, and without tokens. */
  readonly session: BrowserSession | null;
}

declare module "hono" {
  interface ContextVariableMap {
    visitor: Visitor;
  }
}

export interface AdmissionOptions {
  /** Without any, requests from this machine only are admitted, and may do everything. */
  readonly tokens: RoleTokens;
  readonly sessions: Sessions;
  readonly guesses: GuessLimit;
  readonly log: Logger;
}

/** Says in one line who somebody is: `role steer, address 127.0.0.1, session 3`. */
export function visitorText({ role, address, session }: Visitor): string {
  return `role ${role}, address ${address}${session === null ? "" : `, session ${session.number}`}`;
}

/**
 * Admits a request or refuses it. Without a token only this machine can reach the server, and the Host header must name this
 * machine too, which refuses DNS names that were rebound to 127.0.0.1. With tokens, every request that presents one, or the cookie of a
 * session, is admitted to what the role of the token may do.
 */
export function admission(options: AdmissionOptions): MiddlewareHandler {
  const secrets = roles.toReversed().flatMap((role) => {
    const token = options.tokens[role];
    return token === null ? [] : [{ role, secret: digest(token) }];
  });
  const roleOf = (given: string): Role | null => {
    const presented = digest(given);
    // All are compared, so that the time does not say which one it was.
    const found = secrets.filter(({ secret }) => timingSafeEqual(presented, secret));
    return found[0]?.role ?? null;
  };
  const guard = new Guard(options, roleOf);
  return async (context, next) => {
    if (openPaths.has(context.req.path)) return await next();
    if (secrets.length === 0) {
      requireLoopback(context.req.header("host") ?? "");
      if (context.req.path === "/logout" || context.req.path === loginPath) return context.redirect("/", 303);
      context.set("visitor", { role: "start", address: addressOf(context), session: null });
      return await next();
    }
    const found = await guard.visitorOf(context);
    if (found instanceof Response) return found;
    const { method, path } = context.req;
    const wanted = roleFor(method, path);
    if (!mayAct(found.role, wanted)) {
      throw new ProblemError(
        403,
        "role",
        `${method} ${path} needs the role ${wanted}; this token has the role ${found.role}`,
      );
    }
    context.set("visitor", found);
    return await next();
  };
}

class Guard {
  readonly #options: AdmissionOptions;
  readonly #roleOf: (given: string) => Role | null;
  readonly #logged = new LineBudget(() => performance.now(), loggedGuesses.burst, loggedGuesses.perSecond);
  #unlogged = 0;

  constructor(options: AdmissionOptions, roleOf: (given: string) => Role | null) {
    this.#options = options;
    this.#roleOf = roleOf;
  }

  /** Who makes the request, or the answer to somebody who is not known. */
  async visitorOf(context: Context): Promise<Visitor | Response> {
    const { sessions } = this.#options;
    const { method, path } = context.req;
    const address = addressOf(context);
    const bearer = /^Bearer (.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
    if (bearer !== undefined) {
      const role = await this.#check(address, bearer);
      if (role !== null) return { role, address, session: null };
    }
    const cookie = getCookie(context, cookieName);
    if (method === "POST" && path === "/logout") return this.#leave(context, cookie);
    const session = sessions.find(cookie);
    const isEntry = path === loginPath || (method === "GET" && context.req.query("token") !== undefined);
    if (session !== null && !isEntry) return { role: session.role, address, session };
    return await this.#enter(context, address, bearer !== undefined);
  }

  /**
   * Answers a request without a token. `?token=` and the form of the login page begin a session, a browser gets the login page, and other
   * clients get 401.
   */
  async #enter(context: Context, address: string, isWrong: boolean): Promise<Response> {
    const { method, path } = context.req;
    const url = new URL(context.req.url);
    const isForm = method === "POST" && path === loginPath;
    if (isForm) requireSameOrigin(context);
    const form = isForm ? new URLSearchParams((await context.req.text()).slice(0, 10_000)).get("token") : null;
    const given = form ?? (method === "GET" ? url.searchParams.get("token") : null);
    const role = given === null ? null : await this.#check(address, given);
    if (role !== null) {
      setCookie(context, cookieName, this.#options.sessions.begin(role), {
        ...cookieOptions(context),
        maxAge: longestMs / 1_000,
      });
      url.searchParams.delete("token");
      // A path that begins with two slashes would name another host.
      return context.redirect(isForm ? "/" : `/${url.pathname.replace(/^[/\\]+/, "")}${url.search}`, 303);
    }
    context.header("www-authenticate", "Bearer");
    if (isForm || context.req.header("accept")?.includes("text/html") === true)
      return await context.html(loginPage(isWrong || given !== null), 401);
    throw new ProblemError(401, "token", "the token is wrong or missing: send Authorization: Bearer TOKEN");
  }

  #leave(context: Context, cookie: string | undefined): Response {
    requireSameOrigin(context);
    this.#options.sessions.end(cookie);
    setCookie(context, cookieName, "", { ...cookieOptions(context), maxAge: 0 });
    return context.redirect("/", 303);
  }

  /** The role of a token; null if it is wrong. @throws ProblemError when there are too many guesses */
  async #check(address: string, given: string): Promise<Role | null> {
    const passed = await this.#options.guesses.pass(address, () => this.#roleOf(given));
    if (passed === null) {
      this.#logGuess(address);
      throw new ProblemError(429, "too-many-guesses", "too many wrong tokens: try again in a second");
    }
    if (passed.found === null) this.#logGuess(address);
    return passed.found;
  }

  #logGuess(address: string): void {
    if (!this.#logged.take()) {
      this.#unlogged++;
      return;
    }
    const others = this.#unlogged === 0 ? "" : `; ${this.#unlogged} before it were not logged`;
    this.#unlogged = 0;
    this.#options.log.warn(`wrong token for the web page from ${address}${others}`);
  }
}

function cookieOptions(context: Context) {
  const isSecure =
    new URL(context.req.url).protocol === "https:" || context.req.header("x-forwarded-proto") === "https";
  return { path: "/", httpOnly: true, sameSite: "Strict", secure: isSecure } as const;
}

function addressOf({ env }: Context): string {
  return (env as Partial<HttpBindings> | undefined)?.incoming?.socket.remoteAddress ?? "unknown";
}

/**
 * Refuses changes that a page of another origin requests (cross-site request forgery), and bodies that are not JSON. Reads of the API are
 * refused too: another page learns nothing by them, but could make the master render reports.
 */
export const sameOrigin: MiddlewareHandler = async (context, next) => {
  const { method, path } = context.req;
  if (method === "GET" || method === "HEAD") {
    if (path.startsWith("/api/")) requireSameSite(context);
    return await next();
  }
  requireSameOrigin(context);
  const type = context.req.header("content-type");
  if (hasBody(context) && !/^application\/json\s*(;|$)/i.test(type ?? "")) {
    throw new ProblemError(415, "content-type", `expected content-type application/json, not ${type ?? "none"}`);
  }
  return await next();
};

function requireSameOrigin(context: Context): void {
  const origin = context.req.header("origin");
  if (isForeign(context) || (origin !== undefined && hostOf(origin) !== context.req.header("host"))) {
    throw new ProblemError(
      403,
      "cross-origin",
      `a page of ${origin ?? "another site"} cannot change anything on this server`,
    );
  }
}

function requireSameSite(context: Context): void {
  if (isForeign(context))
    throw new ProblemError(403, "cross-origin", "a page of another site cannot read from this server");
}

/** What browsers say of the page that makes a request; another port of this machine is "same-site". */
function isForeign(context: Context): boolean {
  const site = context.req.header("sec-fetch-site");
  return site !== undefined && site !== "same-origin" && site !== "none";
}

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
