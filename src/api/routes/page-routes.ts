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
  responses: { 200: text("it is") },
});

const getReady = createRoute({
  method: "get",
  path: "/readyz",
  summary: "Whether a run can be carried out: enough workers are here",
  responses: { 200: text("it can"), 503: text("not yet") },
});

/** For those who watch over containers: they need no token. */
export function addHealthRoutes(app: OpenAPIHono, session: RunSession): void {
  app.openapi(getHealth, (context) => context.text("ok\n", 200));
  app.openapi(getReady, (context) => {
    const { current, waitingWorkers, expectWorkers } = session;
    const isActive = current !== null && current.result === null;
    if (isActive || waitingWorkers.length >= expectWorkers) return context.text("ready\n", 200);
    return context.text(`waiting for workers: ${waitingWorkers.length} of ${expectWorkers}\n`, 503);
  });
}

/** The page: its files under /assets, and itself for whatever a person may have in the address bar. */
export function addPageRoutes(app: OpenAPIHono, files: ReadonlyMap<string, StaticFile>): void {
  app.get("/assets/:name", (context) => {
    const file = files.get(context.req.param("name"));
    if (file === undefined) throw new ProblemError(404, "not-found", `there is no ${context.req.path} here`);
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
  // Asked for each time, and mostly not sent: so that a browser never keeps the page of an older muster.
  const headers = { "content-type": type, etag, "cache-control": "no-cache", vary: "accept-encoding" };
  if (context.req.header("if-none-match")?.split(/,\s*/).includes(etag) === true)
    return context.body(null, 304, headers);
  if (!takesGzip(context)) return context.body(bytes, 200, headers);
  return context.body(gzipped, 200, { ...headers, "content-encoding": "gzip" });
}
