import { ConfigurationError } from "../../core/errors.ts";
import type { HarEntry } from "./har.ts";

/** What a user did, as it was recorded. */
export interface RecordedSession {
  readonly origin: string;
  readonly steps: readonly RecordedStep[];
  /** Recorded, but of other origins, or pictures, styles and the like. */
  readonly leftOut: number;
}

export interface RecordedStep {
  /** How long the user did nothing before. */
  readonly pauseMs: number;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** What to count it under: the path with `:id` for what looks like one. */
  readonly name: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: RecordedBody;
  readonly status: number;
}

export type RecordedBody =
  | { readonly kind: "none" }
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "text"; readonly text: string };

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const passiveTypes = new Set([
  "image",
  "stylesheet",
  "script",
  "font",
  "media",
  "manifest",
  "texttrack",
  "ping",
  "preflight",
]);
const passiveContent = /^(?:image|font|audio|video)\/|^text\/css|javascript/;
/** Set by the browser or by muster, not by the application. */
const ownHeaders =
  /^(?::.*|accept(?:-.*)?|cache-control|connection|content-length|cookie|dnt|host|if-.*|keep-alive|origin|pragma|priority|referer|sec-.*|te|upgrade-.*|user-agent)$/;
const idSegment = /^(?:\d+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,})$/i;
/** Shorter ones are the browser's work. */
const shortestPauseMs = 500;

/**
 * Chooses what a user did from all that a browser sent.
 * @param options origin: that of the first document by default; everything: pictures and the like too
 */
export function recordedSession(
  entries: readonly HarEntry[],
  { origin, everything }: { readonly origin: string | null; readonly everything: boolean },
): RecordedSession {
  const chosen = origin ?? originOf(entries.find((entry) => !isPassive(entry))) ?? originOf(entries[0]);
  const kept = entries.filter((entry) => {
    return originOf(entry) === chosen && methods.has(entry.request.method) && (everything || !isPassive(entry));
  });
  if (chosen === null || kept.length === 0) {
    throw new ConfigurationError(`nothing was recorded${chosen === null ? "" : ` of ${chosen}`} that could be a test`);
  }
  let idleSince = Number.POSITIVE_INFINITY;
  const steps = kept.map((entry) => {
    const startMs = Date.parse(entry.startedDateTime);
    const idleMs = startMs - idleSince;
    idleSince = Math.max(Number.isFinite(idleSince) ? idleSince : 0, startMs + Math.max(0, entry.time));
    return stepOf(entry, idleMs >= shortestPauseMs ? Math.round(idleMs / 100) * 100 : 0);
  });
  return { origin: chosen, steps, leftOut: entries.length - kept.length };
}

function stepOf({ request, response }: HarEntry, pauseMs: number): RecordedStep {
  const { pathname, search } = new URL(request.url);
  const body = bodyOf(request.postData);
  const isImplied = (name: string) => ownHeaders.test(name) || (name === "content-type" && body.kind !== "text");
  return {
    pauseMs,
    method: request.method,
    path: pathname + search,
    name: pathname
      .split("/")
      .map((segment) => (idSegment.test(segment) ? ":id" : segment))
      .join("/"),
    headers: request.headers
      .map(({ name, value }) => ({ name: name.toLowerCase(), value }))
      .filter(({ name }) => !isImplied(name)),
    body,
    status: response.status,
  };
}

function bodyOf(data: HarEntry["request"]["postData"]): RecordedBody {
  if (data?.text === undefined || data.text === "") return { kind: "none" };
  // Of this name an object literal makes something else.
  if (/^application\/(?:.*\+)?json\b/.test(data.mimeType) && !data.text.includes("__proto__")) {
    try {
      return { kind: "json", value: JSON.parse(data.text) };
    } catch {
      // Sent as it was.
    }
  }
  return { kind: "text", text: data.text };
}

function isPassive({ _resourceType, response }: HarEntry): boolean {
  if (_resourceType !== undefined) return passiveTypes.has(_resourceType);
  return passiveContent.test(response.content?.mimeType ?? "");
}

function originOf(entry: HarEntry | undefined): string | null {
  const url = entry !== undefined && URL.canParse(entry.request.url) ? new URL(entry.request.url) : null;
  return url !== null && /^https?:$/.test(url.protocol) ? url.origin : null;
}
