import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { refusal } from "../../master/control-answer.ts";
import type { LoadControl } from "../../master/load/load-control.ts";
import type { CurrentRun, RunSession } from "../../runner/run-session.ts";
import { visitorText } from "../access/visitors.ts";
import { liveState } from "../live/live-state.ts";
import type { LiveWatch } from "../live/live-watch.ts";
import { ProblemError } from "../problem.ts";
import { conflict, jsonResponse, liveStateForm, loadForm, notFound, refused, runParams, stopForm } from "../schemas.ts";

const stateOrProblem = {
  200: jsonResponse(liveStateForm, "the new state"),
  ...refused,
  ...notFound,
  ...conflict,
} as const;

const postStop = createRoute({
  method: "post",
  path: "/api/runs/{id}/stop",
  summary: "Stop the load; running iterations can finish or are aborted",
  request: { params: runParams, body: { required: true, content: { "application/json": { schema: stopForm } } } },
  responses: stateOrProblem,
});

const postPause = createRoute({
  method: "post",
  path: "/api/runs/{id}/pause",
  summary: "Pause the load and its plan until it is resumed",
  request: { params: runParams },
  responses: stateOrProblem,
});

const postResume = createRoute({
  method: "post",
  path: "/api/runs/{id}/resume",
  summary: "Resume the load at the point of the plan where it was paused",
  request: { params: runParams },
  responses: stateOrProblem,
});

const postReset = createRoute({
  method: "post",
  path: "/api/runs/{id}/reset-statistics",
  summary: "Reset the live statistics; the stored result still covers the whole run",
  request: { params: runParams },
  responses: stateOrProblem,
});

const patchLoad = createRoute({
  method: "patch",
  path: "/api/runs/{id}/load",
  summary: "Change the users of a closed load or the rate of an open one",
  request: { params: runParams, body: { required: true, content: { "application/json": { schema: loadForm } } } },
  responses: stateOrProblem,
});

const postDrain = createRoute({
  method: "post",
  path: "/api/workers/{number}/drain",
  summary: "Drain a worker: it leaves the run and the others take over its load",
  request: { params: z.object({ number: z.coerce.number().int().positive().openapi({ type: "integer" }) }) },
  responses: stateOrProblem,
});

const drainRefusals = {
  "no-load": "no load is running",
  "not-running": "the worker has no load",
  "too-few-left": "the run cannot continue with fewer workers (--min-workers)",
} as const;

/** Adds the routes that control the active run. Each request that takes effect is added to the events of the run, with its visitor. */
export function addSteeringRoutes(app: OpenAPIHono, session: RunSession, watch: LiveWatch): void {
  const audit = (context: Context, action: string) => {
    const text = `${action} on the page: ${visitorText(context.get("visitor"))}`;
    session.current?.master.noteAction(text);
  };
  app.openapi(postStop, (context) => {
    const { master } = activeRun(session, context.req.valid("param").id);
    const isAtOnce = context.req.valid("json").mode === "at-once";
    master.endLoad(isAtOnce);
    audit(context, isAtOnce ? "stopped at once" : "stopped");
    return context.json(liveState(session), 200);
  });
  app.openapi(postPause, (context) => {
    const answer = controlOf(session, context.req.valid("param").id).pause();
    if (answer.kind === "refused") throw conflictOf(answer.reason, "this load cannot be paused");
    audit(context, "paused");
    return context.json(liveState(session), 200);
  });
  app.openapi(postResume, (context) => {
    const answer = controlOf(session, context.req.valid("param").id).resume();
    if (answer.kind === "changed") audit(context, "resumed");
    return context.json(liveState(session), 200);
  });
  app.openapi(postReset, (context) => {
    activeRun(session, context.req.valid("param").id);
    watch.resetStatistics();
    audit(context, "statistics reset");
    return context.json(liveState(session), 200);
  });
  app.openapi(patchLoad, (context) => {
    const control = controlOf(session, context.req.valid("param").id);
    const { users, ratePerSecond = 0, overMs = null, scenario } = context.req.valid("json");
    const answer =
      users === undefined
        ? control.changeRate(ratePerSecond, scenario, overMs ?? 0)
        : control.rampUsers(users, overMs, scenario);
    if (answer.kind === "changed") {
      audit(context, users === undefined ? `rate changed to ${ratePerSecond}/s` : `users changed to ${users}`);
      return context.json(liveState(session), 200);
    }
    const of = scenario === undefined ? "this load has" : `scenario ${scenario} has`;
    throw conflictOf(answer.reason, `${of} no ${users === undefined ? "rate" : "users"} to change`);
  });
  app.openapi(postDrain, (context) => {
    const { number } = context.req.valid("param");
    const answer = session.current?.master.drain(number) ?? refusal("no-load");
    if (answer.kind === "changed") {
      audit(context, `worker ${number} drained`);
      return context.json(liveState(session), 200);
    }
    const { reason } = answer;
    if (reason === "unknown-worker") throw new ProblemError(404, reason, `the run has no worker ${number}`);
    throw conflictOf(reason, drainRefusals[reason]);
  });
}

/** Returns the active run. @throws ProblemError if its id is not `id` */
function activeRun({ current }: RunSession, id: string): CurrentRun {
  if (current?.definition.runId !== id)
    throw new ProblemError(404, "run-unknown", `run ${id} is not the current run of this master`);
  if (current.result !== null) throw conflictOf("run-over", `run ${id} is over`);
  return current;
}

function controlOf(session: RunSession, id: string): LoadControl {
  const { control } = activeRun(session, id).master;
  if (control === null) throw conflictOf("no-load", "the load of the run is not running");
  return control;
}

function conflictOf(code: string, detail: string): ProblemError {
  return new ProblemError(409, code, detail);
}
