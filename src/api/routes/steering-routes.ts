import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { LoadControl } from "../../master/load/load-control.ts";
import type { CurrentRun, RunSession } from "../../runner/run-session.ts";
import { liveState } from "../live/live-state.ts";
import type { LiveWatch } from "../live/live-watch.ts";
import { ProblemError } from "../problem.ts";
import { conflict, json, liveStateForm, loadForm, notFound, refused, runParams, stopForm } from "../schemas.ts";

const stands = { 200: json(liveStateForm, "how it stands now"), ...refused, ...notFound, ...conflict } as const;

const postStop = createRoute({
  method: "post",
  path: "/api/runs/{id}/stop",
  summary: "End the load: running iterations may finish, or are cut off",
  request: { params: runParams, body: { required: true, content: { "application/json": { schema: stopForm } } } },
  responses: stands,
});

const postPause = createRoute({
  method: "post",
  path: "/api/runs/{id}/pause",
  summary: "No users and no arrivals until it is resumed; the plan stands still",
  request: { params: runParams },
  responses: stands,
});

const postResume = createRoute({
  method: "post",
  path: "/api/runs/{id}/resume",
  summary: "Go on where the plan stood",
  request: { params: runParams },
  responses: stands,
});

const postReset = createRoute({
  method: "post",
  path: "/api/runs/{id}/reset-statistics",
  summary: "Have the live statistics begin anew; what is kept of the run stays whole",
  request: { params: runParams },
  responses: stands,
});

const patchLoad = createRoute({
  method: "patch",
  path: "/api/runs/{id}/load",
  summary: "Change the users of a closed load or the rate of an open one",
  request: { params: runParams, body: { required: true, content: { "application/json": { schema: loadForm } } } },
  responses: stands,
});

const postDrain = createRoute({
  method: "post",
  path: "/api/workers/{number}/drain",
  summary: "Take one worker out of the run: the others take over its load",
  request: { params: z.object({ number: z.coerce.number().int().positive().openapi({ type: "integer" }) }) },
  responses: stands,
});

const drainRefusals = {
  "no-load": "no load runs now",
  "not-running": "this worker does not run any load",
  "too-few-left": "the run needs at least as many workers as it has (--min-workers)",
} as const;

/** What steers a run that goes on. */
export function addSteeringRoutes(app: OpenAPIHono, session: RunSession, watch: LiveWatch): void {
  app.openapi(postStop, (context) => {
    const { master } = activeRun(session, context.req.valid("param").id);
    master.endLoad(context.req.valid("json").mode === "at-once");
    return context.json(liveState(session), 200);
  });
  app.openapi(postPause, (context) => {
    const control = controlOf(session, context.req.valid("param").id);
    if (!control.isPaused && !control.pause()) throw conflictOf("not-pausable", "this load cannot be paused");
    return context.json(liveState(session), 200);
  });
  app.openapi(postResume, (context) => {
    controlOf(session, context.req.valid("param").id).resume();
    return context.json(liveState(session), 200);
  });
  app.openapi(postReset, (context) => {
    activeRun(session, context.req.valid("param").id);
    watch.resetStatistics();
    return context.json(liveState(session), 200);
  });
  app.openapi(patchLoad, (context) => {
    const control = controlOf(session, context.req.valid("param").id);
    const { users, ratePerSecond = 0, overMs = null, scenario } = context.req.valid("json");
    const isChanged =
      users === undefined
        ? control.changeRate(ratePerSecond, scenario, overMs ?? 0)
        : control.rampUsers(users, overMs, scenario);
    if (isChanged) return context.json(liveState(session), 200);
    const of = scenario === undefined ? "this load has" : `scenario ${scenario} has`;
    throw conflictOf("no-such-load", `${of} no ${users === undefined ? "rate" : "users"} to change`);
  });
  app.openapi(postDrain, (context) => {
    const { number } = context.req.valid("param");
    const answer = session.current?.master.drain(number) ?? "no-load";
    if (answer === "unknown-worker") throw new ProblemError(404, answer, `there is no worker ${number} in this run`);
    if (answer !== "told") throw conflictOf(answer, drainRefusals[answer]);
    return context.json(liveState(session), 200);
  });
}

/** @throws ProblemError when it is not the run that goes on. */
function activeRun({ current }: RunSession, id: string): CurrentRun {
  if (current?.definition.runId !== id) throw new ProblemError(404, "run-unknown", `run ${id} is not carried out here`);
  if (current.result !== null) throw conflictOf("run-over", `run ${id} is over`);
  return current;
}

function controlOf(session: RunSession, id: string): LoadControl {
  const { control } = activeRun(session, id).master;
  if (control === null) throw conflictOf("no-load", "its load does not run now");
  return control;
}

function conflictOf(code: string, detail: string): ProblemError {
  return new ProblemError(409, code, detail);
}
