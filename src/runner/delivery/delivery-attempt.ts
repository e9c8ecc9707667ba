import { printable } from "../../core/readable-text.ts";
import { redactText } from "../../core/redaction/redact.ts";
import { type Attempt, type DeliveryTarget, retryableStatuses } from "./delivery-target.ts";

/** In bytes. A receiver answers with a few; more are not read. */
const longestAnswer = 65_536;
/** What a message quotes of an answer, in characters. */
const longestQuote = 200;
/** In ms: a longer `Retry-After` is taken for this. */
const longestRetryAfterMs = 300_000;

/**
 * Sends a body once. Redirects are not followed: the credentials are for this address only.
 * @param signal aborts the attempt
 * @returns the outcome; never rejects
 */
export async function attempt(
  { url, headers, isRetryable, refusedIn, isQuotable = true }: DeliveryTarget,
  body: Uint8Array<ArrayBuffer>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Attempt> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    const answer = await readAnswer(response);
    const { status, statusText, ok } = response;
    if (ok) return { kind: "delivered", refused: refusedIn?.(answer) ?? null };
    const fault = isQuotable ? describeStatus(status, statusText, answer) : `HTTP ${status}`;
    const isWorthIt = isRetryable?.(status) ?? retryableStatuses.includes(status);
    if (!isWorthIt) return { kind: "refused", fault };
    const afterMs = retryAfterMs(response.headers.get("retry-after"));
    return { kind: "failed", fault, afterMs, mayBeBody: afterMs === null && status !== 429 };
  } catch (error) {
    return { kind: "failed", fault: describeFault(error, timeoutMs), afterMs: null, mayBeBody: false };
  }
}

async function readAnswer({ body }: Response): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  if (body === null) return new Uint8Array();
  // Leaving the loop cancels the body, and with it the connection.
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    pieces.push(piece);
    length += piece.length;
    if (length > longestAnswer) break;
  }
  return Buffer.concat(pieces).subarray(0, longestAnswer);
}

function describeStatus(status: number, statusText: string, answer: Uint8Array): string {
  const text = printable(redactText(new TextDecoder().decode(answer.subarray(0, 2 * longestQuote)))).trim();
  const quoted = text === "" ? "" : `: ${text.slice(0, longestQuote)}`;
  return `HTTP ${status}${statusText === "" ? "" : ` ${printable(statusText).slice(0, longestQuote)}`}${quoted}`;
}

/** Describes why an attempt failed. `fetch` hides the reason in the cause of its error. */
function describeFault(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${timeoutMs / 1_000} s`;
  const cause = error.cause instanceof Error ? error.cause : error;
  const { code } = cause as NodeJS.ErrnoException;
  return code ?? printable(redactText(cause.message)).slice(0, longestQuote);
}

/** Returns the time that a response asks to wait (RFC 9110, 10.2.3), in ms; null if it does not ask. */
function retryAfterMs(header: string | null): number | null {
  const after = header?.trim() ?? "";
  if (after === "") return null;
  const ms = /^\d{1,10}$/.test(after) ? Number(after) * 1_000 : Date.parse(after) - Date.now();
  return Number.isNaN(ms) ? null : Math.min(longestRetryAfterMs, Math.max(0, ms));
}
