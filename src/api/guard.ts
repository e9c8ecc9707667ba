import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import type { Context, MiddlewareHandler } from "hono";
import { mayAct, type Role, roleFor, roles } from "./access/roles.ts";
import { requireSameOrigin, requireSameSite } from "./access/same-origin.ts";
import { type AdmissionOptions, addressOf, loginPath, logoutPath, socketOf, Visitors } from "./access/visitors.ts";
import { ProblemError } from "./problem.ts";

/** The paths of health probes. Probes have no token and send any Host header. */
const openPaths = new Set(["/healthz", "/readyz"]);

/**
 * Admits or rejects a request. Without a token, only this machine can reach the server, and the Host header must also name this
 * machine, which rejects DNS names that were rebound to 127.0.0.1. With tokens, a request is admitted if it presents one, or the cookie
 * of a session, and if the role of the token allows the request.
 */
export function admission(options: AdmissionOptions): MiddlewareHandler {
  const secrets = roles.toReversed().flatMap((role) => {
    const token = options.tokens[role];
    return token === null ? [] : [{ role, secret: digest(token) }];
  });
  const roleOf = (given: string): Role | null => {
    const presented = digest(given);
    // All are compared, so that the time does not reveal which one matched.
    const found = secrets.filter(({ secret }) => timingSafeEqual(presented, secret));
    return found[0]?.role ?? null;
  };
  const visitors = new Visitors(options, roleOf);
  const admit = (context: Context) => {
    const socket = socketOf(context);
    if (socket !== undefined) options.onAdmitted(socket);
  };
  return async (context, next) => {
    if (openPaths.has(context.req.path)) return await next();
    if (secrets.length === 0) {
      requireLoopback(context.req.header("host") ?? "");
      if (context.req.path === logoutPath || context.req.path === loginPath) return context.redirect("/", 303);
      admit(context);
      context.set("visitor", { role: "start", address: addressOf(context), session: null });
      return await next();
    }
    const found = await visitors.find(context);
    if (found instanceof Response) return found;
    admit(context);
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

/**
 * Rejects changes that a page of another origin requests (cross-site request forgery), and bodies that are not JSON. Reads of the API are
 * rejected too: the other page could not see the response, but could make the master render reports.
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

/** Rejects a request without a body, which is not the same as an empty form. */
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

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
