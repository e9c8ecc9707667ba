import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { OpenAPIHono } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import type { Logger } from "pino";
import type { RunSession } from "../runner/run-session.ts";
import { GuessLimit } from "./access/guess-limit.ts";
import type { RoleTokens } from "./access/roles.ts";
import type { Sessions } from "./access/sessions.ts";
import type { Archive } from "./archive/archive.ts";
import { admission, sameOrigin } from "./guard.ts";
import type { LiveFeed } from "./live/live-feed.ts";
import type { LiveWatch } from "./live/live-watch.ts";
import type { LogLines } from "./live/log-lines.ts";
import { issueProblem, ProblemError, problem, problemOf } from "./problem.ts";
import { addLiveRoutes } from "./routes/live-routes.ts";
import { addHealthRoutes, addPageRoutes } from "./routes/page-routes.ts";
import { addSessionRoutes } from "./routes/session-routes.ts";
import { addSteeringRoutes } from "./routes/steering-routes.ts";
import { addStoredRoutes } from "./routes/stored-routes.ts";
import type { OfferedTest } from "./session-facts.ts";
import { readStaticFiles } from "./static-files.ts";

/** The maximum size of a request body; every form is smaller. */
const maxBodyBytes = 64 * 1024;
/** The Content-Security-Policy of the page, which loads nothing from other origins. */
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

export interface ApiOptions {
  readonly session: RunSession;
  readonly offer: OfferedTest;
  readonly archive: Archive;
  readonly lines: LogLines;
  readonly feed: LiveFeed;
  readonly watch: LiveWatch;
  readonly log: Logger;
  /** The tokens that requests must present. If there are none, only requests from this machine are admitted. */
  readonly tokens: RoleTokens;
  readonly sessions: Sessions;
  /** Called with the connection of each request that was admitted. */
  readonly onAdmitted: (socket: Socket) => void;
}

/** Creates the HTTP application without a socket: admission, routes, and error responses. */
export function createApi(options: ApiOptions): OpenAPIHono {
  const { session, offer, archive, lines, feed, watch, log, tokens, sessions, onAdmitted } = options;
  const app = new OpenAPIHono({
    defaultHook: (result, context) => {
      return result.success ? undefined : problem(context, issueProblem(result.error, result.target));
    },
  });
  app.use(async (context, next) => {
    await next();
    const { headers } = context.res;
    if (!headers.has("content-security-policy")) headers.set("content-security-policy", pagePolicy);
    if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
    headers.set("x-content-type-options", "nosniff");
    headers.set("referrer-policy", "no-referrer");
    // No further data of an unknown client is read.
    if (!context.get("visitor")) headers.set("connection", "close");
  });
  const nowMs = () => performance.now();
  const guesses = new GuessLimit(nowMs, (ms) => delay(ms, undefined, { ref: false }));
  const admit = admission({ tokens, sessions, guesses, log, onAdmitted });
  app.use(bodyLimit({ maxSize: maxBodyBytes, onError: tooLarge }), admit, sameOrigin);
  addHealthRoutes(app, session);
  addSessionRoutes(app, session, offer);
  addSteeringRoutes(app, session, watch);
  addLiveRoutes(app, session, feed, lines);
  addStoredRoutes(app, session, archive, feed);
  app.doc31("/api/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "muster",
      version: session.version,
      description: "Start, watch and control the runs of one master.",
    },
  });
  addPageRoutes(app, readStaticFiles());
  app.notFound((context) =>
    problem(context, new ProblemError(404, "not-found", `not found: ${context.req.method} ${context.req.path}`)),
  );
  app.onError((error, context) => {
    const found = problemOf(error);
    if (found.status === 500) log.error({ err: error }, `${context.req.method} ${context.req.path} failed`);
    return problem(context, found);
  });
  return app;
}

function tooLarge(): never {
  throw new ProblemError(413, "too-large", `the request body is larger than ${maxBodyBytes / 1_024} KiB`);
}
