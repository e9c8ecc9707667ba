import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { RunSession } from "../../runner/run-session.ts";
import { ProblemError } from "../problem.ts";
import { type StaticFile, takesGzip } from "../static-files.ts";

const text = (description: string) => ({ description, content: { "text/plain": { schema: z.string() } } });

const getHealth = createRoute({
  method: "get",
  path: "/healthz",
  summary: "Whether the process is alive",
  responses: { 200: text("alive") },
});

const getReady = createRoute({
  method: "get",
  path: "/readyz",
  summary: "Whether enough workers have joined for a run",
  responses: { 200: text("ready"), 503: text("waiting for workers") },
});

/** Adds the health endpoints for probes of containers; they need no token. */
export function addHealthRoutes(app: OpenAPIHono, session: RunSession): void {
  app.openapi(getHealth, (context) => context.text("ok\n", 200));
  app.openapi(getReady, (context) => {
    const { current, waitingWorkers, expectWorkers } = session;
    const isActive = current !== null && current.result === null;
    if (isActive || waitingWorkers.length >= expectWorkers) return context.text("ready\n", 200);
    return context.text(`waiting for workers: ${waitingWorkers.length} of ${expectWorkers}\n`, 503);
  });
}

/** Adds the page: its files under /assets, and the page itself at every other path that a browser requests. */
export function addPageRoutes(app: OpenAPIHono, files: ReadonlyMap<string, StaticFile>): void {
  app.get("/assets/:name", (context) => {
    const file = files.get(context.req.param("name"));
    if (file === undefined)
      throw new ProblemError(404, "not-found", `not found: ${context.req.method} ${context.req.path}`);
    return sendFile(context, file);
  });
  app.get("*", async (context, next) => {
    const isForPeople = context.req.path === "/" || context.req.header("accept")?.includes("text/html") === true;
    const page = files.get("index.html");
    if (!isForPeople || page === undefined || context.req.path.startsWith("/api/")) return await next();
    return sendFile(context, page);
  });
}

function sendFile(context: Context, { type, etag, bytes, gzipped }: StaticFile): Response {
  // The browser revalidates the file at each use, so that it never shows the page of an older version.
  const headers = { "content-type": type, etag, "cache-control": "no-cache", vary: "accept-encoding" };
  if (context.req.header("if-none-match")?.split(/,\s*/).includes(etag) === true)
    return context.body(null, 304, headers);
  if (!takesGzip(context)) return context.body(bytes, 200, headers);
  return context.body(gzipped, 200, { ...headers, "content-encoding": "gzip" });
}
