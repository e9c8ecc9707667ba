import { z } from "@hono/zod-openapi";
import { liveStateSchema, liveWorkerSchema, logLineSchema } from "./contract/live.ts";
import { problemSchema } from "./contract/problem.ts";
import { runRowSchema } from "./contract/runs.ts";
import { planPreviewSchema, sessionSchema, startFormSchema } from "./contract/session.ts";
import { loadFormSchema, stopFormSchema } from "./contract/steering.ts";
import { trendSchema } from "./contract/trends.ts";

/* The schemas of the contract, by their names in the OpenAPI document. */

export const startForm = startFormSchema.openapi("StartForm");
export const stopForm = stopFormSchema.openapi("StopForm");
export const loadForm = loadFormSchema.openapi("LoadForm");
export const liveStateForm = liveStateSchema.openapi("LiveState");
export const session = sessionSchema.openapi("Session");
export const planPreview = planPreviewSchema.openapi("PlanPreview");
export const worker = liveWorkerSchema.openapi("Worker");
export const logLine = logLineSchema.openapi("LogLine");
export const runRow = runRowSchema.openapi("Run");
export const testTrend = trendSchema.openapi("Trend");

export const runParams = z.object({
  id: z
    .string()
    .min(1)
    .max(100)
    .openapi({ param: { name: "id", in: "path" }, example: "20261125-170912-3fa9" }),
});

/** Describes a JSON response. */
export function jsonResponse<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { "application/json": { schema } } };
}

const problemContent = { "application/problem+json": { schema: problemSchema.openapi("Problem") } };

export const invalid = { 400: { description: "the request is not valid", content: problemContent } } as const;
export const refused = {
  ...invalid,
  403: { description: "a page of another site cannot change anything", content: problemContent },
} as const;
export const notFound = { 404: { description: "not found", content: problemContent } } as const;
export const conflict = { 409: { description: "not possible in the current state", content: problemContent } } as const;
export const unfit = { 422: { description: "the request does not fit the test", content: problemContent } } as const;
export const unavailable = {
  503: { description: "not available now; try again later", content: problemContent },
} as const;
/** The error responses to a request for stored runs. */
export const notStored = {
  ...invalid,
  ...notFound,
  422: { description: "not possible with this run; `detail` says why", content: problemContent },
  ...unavailable,
} as const;
