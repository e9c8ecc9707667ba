import type { LiveState, LogLine } from "../../api/contract/live.ts";
import type { Problem } from "../../api/contract/problem.ts";
import type { RunFile, RunRow } from "../../api/contract/runs.ts";
import type { PlanPreview, Session, StartAnswer, StartForm } from "../../api/contract/session.ts";
import type { LoadForm, StopForm } from "../../api/contract/steering.ts";
import type { TestTrend } from "../../api/contract/trends.ts";
import type { RunReport } from "../../report/page/model.ts";
import type { ShownComparison } from "../data/comparison.ts";

const timeoutMs = 30_000;

/** A request that the master rejected. Its `message` is shown to the user. */
export class RequestProblem extends Error {
  readonly status: number;
  /** The invalid field of the form; null if there is none. */
  readonly field: string | null;

  constructor(status: number, message: string, field: string | null) {
    super(message);
    this.status = status;
    this.field = field;
  }
}

/** The requests of the page. They throw a `RequestProblem` if the master rejects them, and a DOMException after 30 s. */
export const api = {
  session: () => call<Session>("GET", "/api/state"),
  plan: (request: StartForm) => call<PlanPreview>("POST", "/api/plan", request),
  start: (request: StartForm) => call<StartAnswer>("POST", "/api/runs", request),
  stop: (id: string, mode: StopForm["mode"]) => call<LiveState>("POST", `${runPath(id)}/stop`, { mode }),
  pause: (id: string) => call<LiveState>("POST", `${runPath(id)}/pause`),
  resume: (id: string) => call<LiveState>("POST", `${runPath(id)}/resume`),
  resetStatistics: (id: string) => call<LiveState>("POST", `${runPath(id)}/reset-statistics`),
  changeLoad: (id: string, change: LoadForm) => call<LiveState>("PATCH", `${runPath(id)}/load`, change),
  drain: (worker: number) => call<LiveState>("POST", `/api/workers/${worker}/drain`),
  logs: () => call<readonly LogLine[]>("GET", "/api/logs"),
  runs: () => call<readonly RunRow[]>("GET", "/api/runs"),
  trends: () => call<readonly TestTrend[]>("GET", "/api/trends"),
  compare: (a: string, b: string) =>
    call<ShownComparison>("GET", `/api/compare?a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`),
  report: (id: string, maxWindows: number) => call<RunReport>("GET", `${runPath(id)}/report?maxWindows=${maxWindows}`),
};

export function filePath(id: string, kind: RunFile): string {
  return `${runPath(id)}/files/${kind}`;
}

function runPath(id: string): string {
  return `/api/runs/${encodeURIComponent(id)}`;
}

async function call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(path, {
    method,
    signal: AbortSignal.timeout(timeoutMs),
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  }).catch((error: unknown) => {
    // The messages of browsers for this error differ, and do not help the user: "Failed to fetch", "Load failed".
    throw error instanceof TypeError ? new RequestProblem(0, "the master cannot be reached", null) : error;
  });
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as Answer;
}

async function problemOf(response: Response): Promise<RequestProblem> {
  const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
  const text = problem.detail ?? `the master answered ${response.status}`;
  return new RequestProblem(response.status, text, problem.field ?? null);
}
