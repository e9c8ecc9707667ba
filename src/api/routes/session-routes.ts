import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { RunSession } from "../../runner/run-session.ts";
import { visitorText } from "../access/visitors.ts";
import { startAnswerSchema } from "../contract/session.ts";
import { bodyNeeded } from "../guard.ts";
import { liveState } from "../live/live-state.ts";
import { conflict, jsonResponse, planPreview, refused, session as sessionForm, startForm, unfit } from "../schemas.ts";
import { type OfferedTest, previewOf } from "../session-facts.ts";

const formBody = { required: true, content: { "application/json": { schema: startForm } } } as const;

const getState = createRoute({
  method: "get",
  path: "/api/state",
  summary: "The state of the master, and its test",
  responses: { 200: jsonResponse(sessionForm, "the state and the test") },
});

const postPlan = createRoute({
  method: "post",
  path: "/api/plan",
  summary: "Preview the plan of a run; starts nothing",
  request: { body: formBody },
  middleware: bodyNeeded,
  responses: { 200: jsonResponse(planPreview, "the plan"), ...refused, ...unfit },
});

const postRun = createRoute({
  method: "post",
  path: "/api/runs",
  summary: "Start a run",
  request: { body: formBody },
  middleware: bodyNeeded,
  responses: { 201: jsonResponse(startAnswerSchema, "the run has started"), ...refused, ...conflict, ...unfit },
});

/** Adds the routes for the state of the master, the preview of a plan, and the start of a run. */
export function addSessionRoutes(app: OpenAPIHono, session: RunSession, offer: OfferedTest): void {
  app.openapi(getState, (context) => {
    const { role, session: login } = context.get("visitor");
    const visitor = { role, isLoggedIn: login !== null };
    return context.json({ version: session.version, visitor, ...offer.facts, ...liveState(session) }, 200);
  });
  app.openapi(postPlan, async (context) => {
    const test = await session.resolve(offer.optionsOf(context.req.valid("json")));
    return context.json(previewOf(test), 200);
  });
  app.openapi(postRun, async (context) => {
    const by = visitorText(context.get("visitor"));
    const id = await session.start(offer.optionsOf(context.req.valid("json")), by);
    return context.json({ id }, 201, { location: `/api/runs/${id}` });
  });
}
