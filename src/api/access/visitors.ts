import type { Socket } from "node:net";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { Logger } from "pino";
import { LineBudget } from "../../core/line-budget.ts";
import { ProblemError } from "../problem.ts";
import type { GuessLimit } from "./guess-limit.ts";
import type { Role, RoleTokens } from "./roles.ts";
import { requireSameOrigin } from "./same-origin.ts";
import { type BrowserSession, longestSessionMs, type Sessions } from "./sessions.ts";

const cookieName = "muster_session";
export const loginPath = "/login";
export const logoutPath = "/logout";
/** The limit of log lines about wrong tokens: a burst, and a rate per second. */
const loggedGuesses = { burst: 10, perSecond: 0.1 };

/** The sender of a request. */
export interface Visitor {
  readonly role: Role;
  /** The address of the client, or of the proxy in front of it. */
  readonly address: string;
  /** The session; null for a client that sends its token with each request, and if the page has no tokens. */
  readonly session: BrowserSession | null;
}

declare module "hono" {
  interface ContextVariableMap {
    visitor: Visitor;
  }
}

export interface AdmissionOptions {
  /** The tokens of the page. If there are none, only requests from this machine are admitted, and they may do everything. */
  readonly tokens: RoleTokens;
  readonly sessions: Sessions;
  readonly guesses: GuessLimit;
  readonly log: Logger;
  readonly onAdmitted: (socket: Socket) => void;
}

/** Describes a visitor in one line: `role steer, address 127.0.0.1, session 3`. */
export function visitorText({ role, address, session }: Visitor): string {
  return `role ${role}, address ${address}${session === null ? "" : `, session ${session.number}`}`;
}

/** Identifies the visitor of each request, and lets browsers log in and out. */
export class Visitors {
  readonly #options: AdmissionOptions;
  readonly #roleOf: (given: string) => Role | null;
  readonly #logged = new LineBudget(() => performance.now(), loggedGuesses.burst, loggedGuesses.perSecond);
  #unlogged = 0;

  constructor(options: AdmissionOptions, roleOf: (given: string) => Role | null) {
    this.#options = options;
    this.#roleOf = roleOf;
  }

  /** Returns the visitor of the request, or the response to an unknown one. */
  async find(context: Context): Promise<Visitor | Response> {
    const { sessions } = this.#options;
    const { method, path } = context.req;
    const address = addressOf(context);
    const bearer = /^Bearer (.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
    if (bearer !== undefined) {
      const role = await this.#check(address, bearer);
      if (role !== null) return { role, address, session: null };
    }
    const cookie = getCookie(context, cookieName);
    if (method === "POST" && path === logoutPath) return this.#leave(context, cookie);
    const session = sessions.find(cookie);
    const isEntry = path === loginPath || (method === "GET" && context.req.query("token") !== undefined);
    if (session !== null && !isEntry) return { role: session.role, address, session };
    return await this.#enter(context, address, bearer !== undefined);
  }

  /**
   * Handles a request without a valid token. `?token=` and the form of the login page start a session, a browser gets the login page, and
   * other clients get 401.
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
        maxAge: longestSessionMs / 1_000,
      });
      url.searchParams.delete("token");
      // A path that begins with two slashes would be a URL of another host.
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

  /** Returns the role of a token; null if the token is wrong. @throws ProblemError if there are too many guesses */
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

export function addressOf(context: Context): string {
  return socketOf(context)?.remoteAddress ?? "unknown";
}

export function socketOf({ env }: Context): Socket | undefined {
  return (env as Partial<HttpBindings> | undefined)?.incoming?.socket;
}

/** The login page. It needs no script. */
function loginPage(isWrong: boolean): string {
  const hint = isWrong ? "<p><strong>The token is wrong.</strong></p>" : "";
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>muster</title>
<h1>muster</h1>
<p>This page needs a token that the master was started with (<code>--web-token</code>, <code>--web-steer-token</code> or <code>--web-look-token</code>).</p>
${hint}
<form action="/login" method="post"><label>Token <input name="token" type="password" autocomplete="current-password" required autofocus></label> <button>Open</button></form>
</html>
`;
}
