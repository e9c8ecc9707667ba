import { STATUS_CODES } from "node:http";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type * as z from "zod";
import { MusterError } from "../core/errors.ts";
import type { Problem } from "./contract/problem.ts";

/** An error that is sent as a problem response (RFC 9457). */
export class ProblemError extends Error {
  readonly status: ContentfulStatusCode;
  readonly code: string;
  readonly field: string | null;

  constructor(status: ContentfulStatusCode, code: string, detail: string, field: string | null = null) {
    super(detail);
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

/** The response to a request that failed. */
export function problem(context: Context, { status, code, message: detail, field }: ProblemError): Response {
  const title = STATUS_CODES[status] ?? "Error";
  const body: Problem = { type: "about:blank", title, status, code, detail, ...(field === null ? {} : { field }) };
  return context.body(JSON.stringify(body), status, { "content-type": "application/problem+json" });
}

/** Converts an error to a problem. Any unknown error becomes a 500 without its message. */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof HTTPException) {
    const isJson = error.status === 400;
    return new ProblemError(error.status, isJson ? "not-json" : "http", error.message || "the request was refused");
  }
  if (error instanceof MusterError) {
    return new ProblemError(statusOf(error.code), error.code, error.message);
  }
  return new ProblemError(500, "defect", "a defect in muster; the log has the details");
}

function statusOf(code: string): ContentfulStatusCode {
  if (code === "run-active") return 409;
  if (code === "store-run-unknown") return 404;
  return code.startsWith("store-") ? 503 : 422;
}

/** Converts the first issue of a validation to a problem with its field. @param where the part of the request, such as "json" or "query" */
export function issueProblem({ issues }: Pick<z.ZodError, "issues">, where: string): ProblemError {
  const issue = issues[0];
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const path = [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])].map(String).join(".");
  const what = unknown === undefined ? (issue?.message ?? "invalid") : "unknown field";
  return new ProblemError(400, "invalid-request", path === "" ? `${where}: ${what}` : `${path}: ${what}`, path || null);
}
