import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { takesGzip } from "../encoding.ts";
import { ProblemError } from "../problem.ts";
import type { StaticFile } from "../static-files.ts";

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
