import type { Expectation, HttpResponse } from "../../scenario/http.ts";
import { describeThrown } from "../../scenario/test-frames.ts";
import type { Failure } from "./failure.ts";

// By import, node:http makes all that it exports, undici too: 45 ms of CPU at every start.
const { STATUS_CODES } = process.getBuiltinModule("node:http");

/** Null when the response is what was expected. */
export function judge(response: HttpResponse, expect: Expectation | undefined): Failure | null {
  const { status } = response;
  if (expect === undefined) {
    if (status < 400) return null;
    return { kind: status < 500 ? "4xx" : "5xx", message: `${status} ${STATUS_CODES[status] ?? ""}`.trim() };
  }
  if (typeof expect !== "function") {
    const wanted = typeof expect === "number" ? [expect] : expect;
    if (wanted.includes(status)) return null;
    return { kind: "check", message: `expected status ${wanted.join(" or ")}, got ${status}` };
  }
  try {
    const verdict: unknown = expect(response);
    if (verdict === true) return null;
    return { kind: "check", message: typeof verdict === "string" ? verdict : "the expectation was not met" };
  } catch (error) {
    return { kind: "check", message: `the expectation threw: ${describeThrown(error)}` };
  }
}
