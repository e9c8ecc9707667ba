import { printable, readableText } from "../../../core/readable-text.ts";
import { redactBody, redactHeader, redactText } from "../../../core/redaction/redact.ts";
import { phaseNames } from "../../../core/request-phase.ts";
import { bytes as byteCount, milliseconds } from "../../../report/numbers.ts";
import type { Style } from "../../../report/text/style.ts";
import { cutTo, widthOf } from "../../../report/text/text-width.ts";
import { bodyBeginning, type HeaderLine, headerOf } from "../../../worker/http/trace/message-parts.ts";
import type { TracedRequest } from "../../../worker/http/trace/traced-request.ts";
import { describeStatus } from "./status-text.ts";

/** The width of the headlines, in columns. The lines of heads and bodies are not cut to it. */
export const lineWidth = 100;
/** The part of a body that is shown, in bytes. */
const shownBodyBytes = 2_048;
/** The part of the body of a request that `--full` shows and a HAR file contains, in bytes. */
export const mostBodyBytes = 10_000_000;
const indent = "    ";

/** The options of the text about a request. */
export interface RequestTextOptions {
  readonly style: Style;
  /** Whether bodies are shown whole. */
  readonly full: boolean;
}

/** Describes in lines what a request sent and received, with secrets masked. */
export function requestLines(traced: TracedRequest, { style, full }: RequestTextOptions): string[] {
  const { request, response } = traced;
  const sent = [redactText(traced.startLine), ...traced.requestHeaders.map(headerText)];
  const lines = [headline(traced, style)];
  if (response?.error != null)
    lines.push(style.failed(`${indent}failed: ${printable(redactText(response.error.message))}`));
  lines.push(...sent.map((line) => style.muted(`${indent}> ${printable(line)}`)));
  lines.push(
    ...bodyLines(bodyBeginning(request.body, mostBodyBytes), headerOf(traced.requestHeaders, "content-type"), full),
  );
  if (response !== null && response.status > 0) {
    const received = [describeStatus(response.status), ...traced.responseHeaders.map(headerText)];
    lines.push(...received.map((line) => style.muted(`${indent}< ${printable(line)}`)));
    lines.push(...bodyLines(receivedBytes(traced), headerOf(traced.responseHeaders, "content-type"), full));
  }
  lines.push(style.muted(indent + timingText(traced)));
  return lines;
}

/** Describes a request in one line: the result, the request, its name if that differs, its group, the status, the time and the place. */
export function headline({ request, response, name, group, place, times }: TracedRequest, style: Style): string {
  const isOk = response?.ok === true;
  const status = response === null ? "interrupted" : response.status === 0 ? "no response" : String(response.status);
  const isNamed = !(request.path.split("?", 1)[0] ?? "").endsWith(name);
  const named = `${isNamed ? ` (${name})` : ""}${group === "" ? "" : ` in ${group}`}`;
  const facts = `${cutTo(printable(redactText(named)), lineWidth / 3)}  ${status}  ${milliseconds(times.serviceMs)} ms`;
  return resultLine(isOk, `${request.method} ${request.path}`, facts, place, style);
}

/** Returns a line about a request or a measure: "  ✓ WHAT FACTS      PLACE". `given` becomes WHAT, and is cut to fit. */
export function resultLine(isOk: boolean, given: string, facts: string, place: string, style: Style): string {
  const where = place === "" ? "" : `  ${place}`;
  const room = Math.max(30, lineWidth - 4 - widthOf(facts) - widthOf(where));
  const what = cutTo(printable(redactText(given)), room);
  const padding = " ".repeat(Math.max(0, lineWidth - 4 - widthOf(what) - widthOf(facts) - widthOf(where)));
  const mark = isOk ? style.passed("✓") : style.failed("✗");
  const shown = isOk ? what : style.failed(what);
  return `  ${mark} ${style.strong(shown)}${isOk ? facts : style.failed(facts)}${padding}${style.muted(where)}`;
}

function headerText([name, value]: HeaderLine): string {
  return `${name}: ${redactHeader(name, value)}`;
}

/** Returns the lines of a body or a message; binary data is described, not shown. */
export function bodyLines(body: Uint8Array, contentType: string | undefined, full: boolean): string[] {
  if (body.length === 0) return [];
  const shownBytes = full ? body.length : shownBodyBytes;
  const text = readableText(body.subarray(0, shownBytes));
  if (text === null) return [`${indent}  (${byteCount(body.length)} of ${contentType ?? "binary data"})`];
  const lines = redactBody(text, contentType).trimEnd().split(/\r?\n/);
  const rest = body.length - shownBytes;
  return [
    ...lines.map((line) => `${indent}  ${printable(line.replaceAll("\t", "  "))}`),
    ...(rest > 0 ? [`${indent}  … ${byteCount(rest)} more; --full shows them`] : []),
  ];
}

/** Returns the decompressed body of a response; for a streamed response, its first 64 KB as received. */
export function receivedBytes({ response, streamed }: TracedRequest): Uint8Array {
  if (streamed !== null) return streamed;
  try {
    return response?.body ?? new Uint8Array();
  } catch (error) {
    return Buffer.from(`(the body cannot be read: ${(error as Error).message})`);
  }
}

/** Returns the phases that took time and the bytes on the socket: "connect 0.41 ms · waiting 2.10 ms, 71 B out, 1.2 kB in". */
function timingText({ times, bytesIn, bytesOut, isResent }: TracedRequest): string {
  const phases = phaseNames.flatMap((name, position) => {
    const phaseMs = times.phaseMs(position) ?? 0;
    return phaseMs >= 0.005 ? [`${name} ${milliseconds(phaseMs)} ms`] : [];
  });
  const time = times.sentMs === 0 ? "not sent" : phases.length === 0 ? "under 0.01 ms" : phases.join(" · ");
  const resent = isResent ? ", sent again on a new connection" : "";
  const reused = times.sentMs !== 0 && times.connectMs === 0 ? ", connection reused" : "";
  return `${time}, ${byteCount(bytesOut)} out, ${byteCount(bytesIn)} in${resent === "" ? reused : resent}`;
}
