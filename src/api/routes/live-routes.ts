import type { ServerResponse } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { RunSession } from "../../runner/run-session.ts";
import type { LiveFeed } from "../live/live-feed.ts";
import { liveWorkers } from "../live/live-workers.ts";
import type { LogLines } from "../live/log-lines.ts";
import { ProblemError } from "../problem.ts";
import { invalid, jsonResponse, logLine, unavailable, worker } from "../schemas.ts";
import { takesGzip } from "../static-files.ts";

const getLive = createRoute({
  method: "get",
  path: "/api/live",
  summary: "Live events, as server-sent events",
  description:
    "The events state, workers, plan and result are snapshots; window, event and log are history and have ids. " +
    "A client that reconnects with Last-Event-ID gets the events that it missed, or `reset` if it missed too many.",
  request: {
    query: z.object({ after: z.string().max(40).optional().openapi({ description: "as the header Last-Event-ID" }) }),
  },
  responses: {
    200: { description: "a stream that stays open", content: { "text/event-stream": { schema: z.string() } } },
    ...invalid,
    ...unavailable,
  },
});

const getWorkers = createRoute({
  method: "get",
  path: "/api/workers",
  summary: "The workers of the active run, or the workers that wait for a run",
  responses: { 200: jsonResponse(z.array(worker), "the workers") },
});

const getLogs = createRoute({
  method: "get",
  path: "/api/logs",
  summary: "The latest log lines of the master and the workers, oldest first",
  request: { query: z.object({ node: z.string().max(40).optional().openapi({ example: "worker 3" }) }) },
  responses: { 200: jsonResponse(z.array(logLine).readonly(), "at most 1,000 lines"), ...invalid },
});

/** Adds the routes for the live stream, the workers and the log lines. */
export function addLiveRoutes(app: OpenAPIHono, session: RunSession, feed: LiveFeed, lines: LogLines): void {
  app.openapi(getLogs, (context) => context.json([...lines.latest(context.req.valid("query").node ?? null)], 200));
  app.openapi(getLive, (context) => {
    if (feed.isFull)
      throw new ProblemError(503, "too-many-readers", "too many clients are connected to the live stream");
    const { outgoing } = context.env as HttpBindings;
    // The end of a session also ends its live streams.
    const streams = context.get("visitor").session?.streams;
    const stop = () => outgoing.destroy();
    streams?.add(stop);
    outgoing.once("close", () => streams?.delete(stop));
    feed.connect(
      outgoing as ServerResponse,
      context.req.header("last-event-id") ?? context.req.valid("query").after ?? null,
      takesGzip(context),
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
