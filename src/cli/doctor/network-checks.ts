import { once } from "node:events";
import { createServer } from "node:net";
import { milliseconds } from "../../report/numbers.ts";
import { bad, doubtful, type Finding, good } from "./finding.ts";

const answerTimeoutMs = 5_000;
const farClockMs = 5_000;

/** Whether a port of this machine can be listened on. */
export async function port(number: number, what: string): Promise<Finding> {
  const server = createServer();
  try {
    server.listen(number, "127.0.0.1");
    await once(server, "listening");
    return good(`port ${number}`, `free, for ${what}`);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === "EADDRINUSE" ? "in use" : (error as Error).message;
    return doubtful(`port ${number}`, `${reason}; it is for ${what}`, "end what listens there, or choose another port");
  } finally {
    server.close();
  }
}

/** Whether the service answers at all, and whether its clock is ours. Any status is an answer. */
export async function service(host: string): Promise<Finding[]> {
  const url = URL.canParse(host) ? new URL(host) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return [bad("service", `"${host}" is no URL`, "give it as http://… or https://…")];
  }
  const start = performance.now();
  try {
    const answer = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(answerTimeoutMs) });
    const tookMs = performance.now() - start;
    await answer.body?.cancel();
    const found = `${host} answers ${answer.status} in ${milliseconds(tookMs)} ms`;
    return [good("service", found), ...clock(answer.headers.get("date"), Date.now())];
  } catch (error) {
    return [bad("service", `${host} does not answer: ${reasonOf(error)}`, "start it, or correct --host")];
  }
}

/** Nothing when the service does not say what time it is. */
export function clock(date: string | null, nowMs: number): Finding[] {
  const thereMs = Date.parse(date ?? "");
  if (Number.isNaN(thereMs)) return [];
  const offMs = Math.abs(nowMs - thereMs);
  // The header has whole seconds.
  if (offMs < farClockMs) return [good("clock", "as the service's")];
  const found = `${Math.round(offMs / 1_000)} s from the service's`;
  return [
    doubtful("clock", found, "muster's figures do not suffer; comparing them with the service's logs does: use NTP"),
  ];
}

/** fetch hides the reason in causes; several addresses have one each. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  const inner = cause instanceof AggregateError ? cause.errors[0] : cause;
  return inner instanceof Error ? inner.message : (error as Error).message;
}
