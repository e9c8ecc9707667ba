import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { RunSession } from "../../runner/run-session.ts";

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
