import type { Context } from "hono";

/** Whether the answer may be compressed (RFC 9110, 12.5.3). */
export function takesGzip(context: Context): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(context.req.header("accept-encoding") ?? "");
}
