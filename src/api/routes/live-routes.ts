import type { ServerResponse } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { RunSession } from "../../runner/run-session.ts";
import type { LiveFeed } from "../live/live-feed.ts";
import { liveWorkers } from "../live/live-workers.ts";
import type { LogLines } from "../live/log-lines.ts";
import { ProblemError } from "../problem.ts";
import { invalid, json, logLine, unavailable, worker } from "../schemas.ts";

const getLive = createRoute({
  method: "get",
  path: "/api/live",
  summary: "What happens, as server-sent events",
  description:
    "Events: state, workers and result say how things stand; window, event and log are history and have ids. " +
    "After a reconnect with Last-Event-ID what was missed follows, or `reset` when too much was.",
  request: {
    query: z.object({ after: z.string().max(40).optional().openapi({ description: "as the header Last-Event-ID" }) }),
  },
  responses: {
    200: { description: "without an end", content: { "text/event-stream": { schema: z.string() } } },
    ...invalid,
    ...unavailable,
  },
});

const getWorkers = createRoute({
  method: "get",
  path: "/api/workers",
  summary: "The workers of the run that goes on, or those that wait for one",
  responses: { 200: json(z.array(worker), "each worker") },
});

const getLogs = createRoute({
  method: "get",
  path: "/api/logs",
  summary: "The latest lines that master and workers have logged, the oldest first",
  request: { query: z.object({ node: z.string().max(40).optional().openapi({ example: "worker 3" }) }) },
  responses: { 200: json(z.array(logLine).readonly(), "at most 1,000 lines"), ...invalid },
});

export function addLiveRoutes(app: OpenAPIHono, session: RunSession, feed: LiveFeed, lines: LogLines): void {
  app.openapi(getLogs, (context) => context.json([...lines.latest(context.req.valid("query").node ?? null)], 200));
  app.openapi(getLive, (context) => {
    if (feed.isFull) throw new ProblemError(503, "too-many-readers", "too many browsers listen already");
    const { outgoing } = context.env as HttpBindings;
    feed.connect(
      outgoing as ServerResponse,
      context.req.header("last-event-id") ?? context.req.valid("query").after ?? null,
    );
    return RESPONSE_ALREADY_SENT as never;
  });
  app.openapi(getWorkers, (context) =>
    context.json(
      liveWorkers(session, performance.now()).map((one) => ({ ...one })),
      200,
    ),
  );
}
