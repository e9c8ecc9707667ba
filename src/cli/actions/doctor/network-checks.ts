import { once } from "node:events";
import { createServer } from "node:net";
import { milliseconds } from "../../../report/numbers.ts";
import { type Host, parseHost, shownHost, shownHostText } from "../../../scenario/definition/host.ts";
import { bad, doubtful, type Finding, good } from "./finding.ts";

const startAdvice = "start it, or correct --host";
/** Node.js's error codes for certificates that are not trusted or belong to another host. */
const badCertificate = /^(?:DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|ERR_TLS_CERT_)/;
const answerTimeoutMs = 5_000;
const farClockMs = 5_000;

/** Checks that this process can listen on a port. */
export async function checkPort(number: number, what: string): Promise<Finding> {
  const server = createServer();
  try {
    server.listen(number, "127.0.0.1");
    await once(server, "listening");
    return good(`port ${number}`, `free, for ${what}`);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === "EADDRINUSE" ? "in use" : (error as Error).message;
    return doubtful(
      `port ${number}`,
      `${reason}; it is for ${what}`,
      "end the process that listens there, or choose another port",
    );
  } finally {
    server.close();
  }
}

/** Checks that the service answers, with any status, and that its clock agrees with that of this machine. */
export async function service(host: string): Promise<Finding[]> {
  const base = baseOf(host);
  if (base === null) {
    return [bad("service", `"${shownHostText(host)}" is not a base URL`, "give it as http://… or https://…")];
  }
  const shown = shownHost(base);
  const headers = base.authorization === null ? {} : { authorization: base.authorization };
  const start = performance.now();
  try {
    const answer = await fetch(shown, { headers, redirect: "manual", signal: AbortSignal.timeout(answerTimeoutMs) });
    const tookMs = performance.now() - start;
    await answer.body?.cancel();
    const found = `${shown} answers ${answer.status} in ${milliseconds(tookMs)} ms`;
    return [good("service", found), ...clock(answer.headers.get("date"), Date.now())];
  } catch (error) {
    const { message, code = "" } = reasonOf(error);
    if (!badCertificate.test(code)) return [bad("service", `${shown} does not answer: ${message}`, startAdvice)];
    const found = `Node.js does not trust the certificate of ${shown}: ${message}`;
    return [doubtful("service", found, "a test names its authority in tls.ca; --insecure accepts any certificate")];
  }
}

function baseOf(host: string): Host | null {
  try {
    return parseHost(host);
  } catch {
    return null;
  }
}

/** Compares the clocks; no finding when the service does not send the header `date`. */
export function clock(date: string | null, nowMs: number): Finding[] {
  const thereMs = Date.parse(date ?? "");
  if (Number.isNaN(thereMs)) return [];
  const offMs = Math.abs(nowMs - thereMs);
  // The header has whole seconds.
  if (offMs < farClockMs) return [good("clock", "agrees with the service's")];
  const found = `${Math.round(offMs / 1_000)} s off the service's`;
  return [
    doubtful("clock", found, "this does not affect measurements, but comparisons with logs of the service: use NTP"),
  ];
}

/**
 * Returns the reason why fetch failed. fetch puts it into the cause of its error; with several addresses, the cause has an
 * error for each.
 */
function reasonOf(error: unknown): NodeJS.ErrnoException {
  const { cause } = error as { cause?: unknown };
  const inner = cause instanceof AggregateError ? cause.errors[0] : cause;
  return inner instanceof Error ? inner : (error as Error);
}
