import { isSecretField, isSecretParameter } from "../../../../core/redaction/secret-names.ts";
import { oneLine } from "../loose-json.ts";
import type { HarEntry } from "./har.ts";
import type { HarAnswer } from "./har-answer.ts";
import { headerValue } from "./har-headers.ts";
import { type RecordedBody, recordedContent } from "./recorded-body.ts";
import { type RecordedHeader, recordedHeaders, sendable } from "./recorded-headers.ts";

/** The part of a body that is searched for secrets, in characters. */
const longestSearch = 1_000_000;

/** Returns the names of fields that seem to contain secrets. The test sends their recorded values, and its notes list the names. */
function secretFieldsOf(url: URL, body: RecordedBody): string[] {
  const names = [...[...url.searchParams.keys()].filter(isSecretParameter), ...namesIn(body).filter(isSecretField)];
  return [...new Set(names.map((name) => oneLine(name, 40)))];
}

function namesIn(body: RecordedBody): string[] {
  if (body.kind === "form") return body.fields.map(({ name }) => name);
  if (body.kind !== "json" && body.kind !== "text") return [];
  const text = body.text.slice(0, longestSearch);
  // The names in JSON, in multipart bodies, and in forms.
  const found = text.matchAll(/"([^"\\]{1,60})"\s*:|\bname="([^"\r\n]{1,60})"|(?:^|&)([\w.[\]%-]{1,60})=/g);
  return [...found].map(([, json, part, field]) => json ?? part ?? field ?? "");
}

export interface RecordedStep {
  /** The pause of the user before the request. */
  readonly pauseMs: number;
  /** One of the origins of the session. */
  readonly origin: string;
  readonly method: string;
  /** The path with its query. */
  readonly path: string;
  /** The endpoint name: the path with `:id` in place of what looks like an id. */
  readonly name: string;
  readonly headers: readonly RecordedHeader[];
  readonly body: RecordedBody;
  /** The code of further options of the request. */
  readonly moreOptions: readonly string[];
  /** The status code; null when no response was recorded. */
  readonly status: number | null;
  /** The response of the service. */
  readonly answer: HarAnswer;
  readonly startedMs: number;
  /** Whether the request was sent with cookies. */
  readonly hasCookies: boolean;
  /** Whether the recording does not contain the body exactly as it was sent. */
  readonly isIncomplete: boolean;
  /** The names of fields of the query and the body that seem to contain secrets. */
  readonly secretFields: readonly string[];
}

const idSegment = /^(?:\d+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,})$/i;
/** The shortest pause that the test repeats. The browser causes shorter ones. */
const shortestPauseMs = 500;
/** The limit to which longer pauses are cut. In a longer one the user was away, or a time in the recording is wrong. */
const longestPauseMs = 3_600_000;

/** Returns the requests as the test sends them, each with the pause before it. */
export function recordedSteps(entries: readonly HarEntry[]): RecordedStep[] {
  let idleSinceMs = entries[0]?.startedMs ?? 0;
  return entries.map((entry) => {
    const idleMs = Math.min(entry.startedMs - idleSinceMs, longestPauseMs);
    idleSinceMs = Math.max(idleSinceMs, entry.startedMs + entry.timeMs);
    return stepOf(entry, idleMs >= shortestPauseMs ? Math.round(idleMs / 100) * 100 : 0);
  });
}

export function stepOf(entry: HarEntry, pauseMs: number): RecordedStep {
  const { url, method, headers, post, status } = entry;
  const { body, contentType, isIncomplete } = recordedContent(post, headerValue(headers, "content-type").trim());
  // Recorders decompress text, so that the encoding applies only to bytes.
  const encoding = body.kind === "bytes" ? headerValue(headers, "content-encoding") : "";
  const ofBody = { "content-type": contentType ?? "", "content-encoding": encoding };
  return {
    pauseMs,
    origin: url.origin,
    method,
    path: url.pathname + url.search,
    name: url.pathname
      .split("/")
      .map((segment) => (idSegment.test(segment) ? ":id" : segment))
      .join("/"),
    headers: [...headersOfBody(ofBody), ...recordedHeaders(entry)],
    body,
    moreOptions: [],
    status,
    answer: entry.answer,
    startedMs: entry.startedMs,
    hasCookies: headerValue(headers, "cookie") !== "",
    isIncomplete,
    secretFields: secretFieldsOf(url, body),
  };
}

function headersOfBody(headers: Readonly<Record<string, string>>): RecordedHeader[] {
  return Object.entries(headers)
    .map(([name, value]) => ({ name, value: sendable(value), isSecret: false }))
    .filter(({ value }) => value !== "");
}
