import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { resultSchema } from "../../report/result/result-schema.ts";
import type { RunSession } from "../../runner/run-session.ts";
import type { Archive } from "../archive/archive.ts";
import type { RunningResult } from "../archive/archive-question.ts";
import { type RunFile, resultSections, runFiles } from "../contract/runs.ts";
import type { LiveFeed } from "../live/live-feed.ts";
import { invalid, jsonResponse, notStored, runParams, runRow, testTrend, unavailable } from "../schemas.ts";
import { takesGzip } from "../static-files.ts";

const compress = promisify(gzip);
const worthCompressing = 8 * 1024;

const fileNames = Object.keys(runFiles) as [RunFile, ...RunFile[]];
/**
 * The Content-Security-Policy of a report, which is one file with an inline script. The sandbox gives it a separate origin, which cannot
 * use the API.
 */
const reportPolicy =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; sandbox allow-scripts allow-downloads";

const getRuns = createRoute({
  method: "get",
  path: "/api/runs",
  summary: "Stored runs, newest first",
  request: {
    query: z.object({
      limit: z.coerce.number().int().min(1).max(1_000).default(100).openapi({ type: "integer", default: 100 }),
    }),
  },
  responses: { 200: jsonResponse(z.array(runRow), "the runs"), ...invalid, ...unavailable },
});

const getTrends = createRoute({
  method: "get",
  path: "/api/trends",
  summary: "The history of each test and profile: its runs, their levels and noise bands",
  request: {
    query: z.object({
      limit: z.coerce.number().int().min(1).max(1_000).default(300).openapi({
        type: "integer",
        default: 300,
        description: "the number of newest runs that are looked at",
      }),
    }),
  },
  responses: {
    200: jsonResponse(z.array(testTrend), "the histories, that of the newest run first"),
    ...invalid,
    ...unavailable,
  },
});

const getResult = createRoute({
  method: "get",
  path: "/api/runs/{id}",
  summary: "The result of a run; of an active run, the result so far",
  request: { params: runParams },
  responses: { 200: jsonResponse(resultSchema, "as result.json"), ...notStored },
});

const getSection = createRoute({
  method: "get",
  path: "/api/runs/{id}/{section}",
  summary: "A section of the result of a run",
  request: { params: runParams.extend({ section: z.enum(resultSections) }) },
  responses: { 200: jsonResponse(z.array(z.looseObject({})), "as in result.json"), ...notStored },
});

const getReport = createRoute({
  method: "get",
  path: "/api/runs/{id}/report",
  summary: "The data of the report of a run, with its time series",
  request: {
    params: runParams,
    query: z.object({
      maxWindows: z.coerce.number().int().min(10).max(3_600).optional().openapi({
        type: "integer",
        description: "the maximum number of windows; successive windows are merged to meet it",
      }),
    }),
  },
  responses: {
    200: jsonResponse(z.looseObject({ schema: z.literal("muster-report/1") }), "the data of the report"),
    ...notStored,
  },
});

const getFile = createRoute({
  method: "get",
  path: "/api/runs/{id}/files/{file}",
  summary: "A report file of a run",
  request: { params: runParams.extend({ file: z.enum(fileNames) }) },
  responses: {
    200: {
      description: "the file",
      content: Object.fromEntries(
        Object.values(runFiles).map(({ type }) => [type.split(";")[0], { schema: z.string() }]),
      ),
    },
    ...notStored,
  },
});

const getComparison = createRoute({
  method: "get",
  path: "/api/compare",
  summary: "Compare run b with run a",
  request: { query: z.object({ a: z.string().min(1), b: z.string().min(1) }) },
  responses: {
    200: jsonResponse(z.looseObject({ schema: z.literal("muster-comparison/1") }), "the comparison"),
    ...notStored,
  },
});

/** Adds the routes for stored runs. */
export function addStoredRoutes(app: OpenAPIHono, session: RunSession, archive: Archive, feed: LiveFeed): void {
  app.openapi(getRuns, async (context) => {
    const { limit } = context.req.valid("query");
    return send(context, await archive.ask({ kind: "runs", limit, live: activeResult(session) }));
  });
  app.openapi(getTrends, async (context) => {
    const { limit } = context.req.valid("query");
    return send(context, await archive.ask({ kind: "trends", limit, live: activeResult(session) }));
  });
  app.openapi(getComparison, async (context) => {
    const { a: before, b: after } = context.req.valid("query");
    return send(context, await archive.ask({ kind: "compare", before, after }));
  });
  app.openapi(getReport, async (context) => {
    const { id } = context.req.valid("param");
    // The id is read before the report: an event in between is then in the report and in the stream, which is harmless.
    context.header("muster-live-id", feed.lastId);
    const { maxWindows = null } = context.req.valid("query");
    return send(context, await archive.ask({ kind: "report", id, maxWindows, live: activeResult(session, id) }));
  });
  app.openapi(getFile, async (context) => {
    const { id, file } = context.req.valid("param");
    const { type, suffix } = runFiles[file];
    const bytes = await archive.ask({ kind: "file", id, file, live: activeResult(session, id) });
    const isShown = file === "html";
    if (isShown) context.header("content-security-policy", reportPolicy);
    context.header(
      "content-disposition",
      `${isShown ? "inline" : "attachment"}; filename="${encodeURIComponent(id)}${suffix}"`,
    );
    return send(context, bytes, type);
  });
  app.openapi(getResult, async (context) => {
    const { id } = context.req.valid("param");
    return send(context, await archive.ask({ kind: "result", id, section: null, live: activeResult(session, id) }));
  });
  app.openapi(getSection, async (context) => {
    const { id, section } = context.req.valid("param");
    return send(context, await archive.ask({ kind: "result", id, section, live: activeResult(session, id) }));
  });
}

/** Returns the result so far of the active run; null if there is none, or if `id` is another run. */
function activeResult(session: RunSession, id: string | null = null): RunningResult | null {
  const { current } = session;
  if (current === null || current.result !== null || (id !== null && id !== current.definition.runId)) return null;
  const { closedToMs } = current.master.collector.recent;
  return { id: current.definition.runId, result: session.resultOf(current), wholeToMs: closedToMs };
}

/** Sends an answer of the archive unchanged, compressed if it is large. It is not validated against the schema of the route. */
async function send(context: Context, bytes: Uint8Array<ArrayBuffer>, type = "application/json"): Promise<never> {
  const headers = { "content-type": type, vary: "accept-encoding" };
  if (bytes.length < worthCompressing || !takesGzip(context)) return context.body(bytes, 200, headers) as never;
  const gzipped = await compress(bytes, { level: 4 });
  return context.body(new Uint8Array(gzipped), 200, { ...headers, "content-encoding": "gzip" }) as never;
}
