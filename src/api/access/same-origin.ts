import type { Context } from "hono";
import { ProblemError } from "../problem.ts";

/** Checks that the request does not come from a page of another origin. @throws ProblemError if it does */
export function requireSameOrigin(context: Context): void {
  const origin = context.req.header("origin");
  if (isForeign(context) || (origin !== undefined && hostOf(origin) !== context.req.header("host"))) {
    throw new ProblemError(
      403,
      "cross-origin",
      `a page of ${origin ?? "another site"} cannot change anything on this server`,
    );
  }
}

/** Checks that the request does not come from a page of another site. @throws ProblemError if it does */
export function requireSameSite(context: Context): void {
  if (isForeign(context))
    throw new ProblemError(403, "cross-origin", "a page of another site cannot read from this server");
}

/** Whether the browser states that the request comes from a page of another site. Another port of this machine is "same-site". */
function isForeign(context: Context): boolean {
  const site = context.req.header("sec-fetch-site");
  return site !== undefined && site !== "same-origin" && site !== "none";
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
