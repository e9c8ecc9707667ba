import { ConfigurationError } from "../../../../core/errors.ts";
import { type LooseObject, listOf, numberOf, objectOf, oneLine, textOf } from "../loose-json.ts";
import { answerOf, type HarAnswer } from "./har-answer.ts";
import { notHar } from "./har-file.ts";
import { type HarHeader, headersOf, headerValue } from "./har-headers.ts";
import { type HarPost, postOf } from "./har-post.ts";

export interface HarEntry {
  /** Milliseconds since 1970; an entry without a valid time has the time of the previous entry. */
  readonly startedMs: number;
  /** The duration of the request in ms; 0 when it is not known. */
  readonly timeMs: number;
  /** The id of the page; empty if the entry has none. */
  readonly page: string;
  /** The resource type in lower case: "document", "xhr", …; empty when the exporter does not record it. */
  readonly resourceType: string;
  readonly method: string;
  /** The URL with its query, without its fragment. */
  readonly url: URL;
  readonly headers: readonly HarHeader[];
  readonly post: HarPost | null;
  /** The status code; null when no response was recorded. */
  readonly status: number | null;
  /** The content type of the response, in lower case and without parameters. */
  readonly mimeType: string;
  /** The target of a redirect; empty for other responses. */
  readonly redirect: string;
  readonly answer: HarAnswer;
  readonly isSocket: boolean;
  /** Whether the browser answered the request from its cache. */
  readonly isCached: boolean;
  readonly isServiceWorkers: boolean;
  /** Whether the browser or an extension blocked the request. */
  readonly isBlocked: boolean;
}

export interface HarPage {
  readonly id: string;
  /** The URL of the page, if the exporter records it. */
  readonly url: URL | null;
}

/** The used parts of an HTTP Archive 1.2, in chronological order: http://www.softwareishard.com/blog/har-12-spec/ */
export interface Har {
  readonly entries: readonly HarEntry[];
  readonly pages: readonly HarPage[];
  /** The number of entries without a valid URL. */
  readonly unreadable: number;
}

/** Parses the JSON of a HAR file. @throws ConfigurationError when it is not a HAR file, or contains no request */
export function readHar(file: string, json: unknown): Har {
  const log = objectOf(objectOf(json)?.["log"]) ?? objectOf(json);
  if (!Array.isArray(log?.["entries"])) throw notHar(file, whatElse(objectOf(json)));
  const found = log["entries"];
  if (found.length === 0) throw new ConfigurationError(`${oneLine(file)} contains no request: its log has no entries`);
  let latestMs = 0;
  const entries = found.flatMap((value) => {
    const entry = entryOf(objectOf(value), latestMs);
    if (entry !== null) latestMs = entry.startedMs;
    return entry ?? [];
  });
  if (entries.length === 0) throw notHar(file, "no entry in its log has a request with a URL");
  return {
    // Entries with equal times keep the order of the file.
    entries: entries.toSorted((a, b) => a.startedMs - b.startedMs),
    pages: listOf(log["pages"]).flatMap((page) => pageOf(objectOf(page)) ?? []),
    unreadable: found.length - entries.length,
  };
}

function whatElse(json: LooseObject | null): string {
  if (json?.["openapi"] !== undefined || json?.["swagger"] !== undefined) return "it is an OpenAPI description";
  if (/postman/.test(textOf(objectOf(json?.["info"])?.["schema"]))) return "it is a Postman collection";
  if (json?.["_type"] === "export") return "it is an Insomnia export; export it as HAR";
  return "it has no log.entries";
}

function entryOf(entry: LooseObject | null, latestMs: number): HarEntry | null {
  const request = objectOf(entry?.["request"]);
  const url = urlOf(request);
  if (entry === null || request === null || url === null) return null;
  const response = objectOf(entry["response"]);
  const headers = headersOf(request["headers"]);
  const redirect = textOf(response?.["redirectURL"]) || headerValue(headersOf(response?.["headers"]), "location");
  const resourceType = textOf(entry["_resourceType"]).toLowerCase();
  const status = numberOf(response?.["status"]);
  return {
    startedMs: timeOf(entry["startedDateTime"]) ?? latestMs,
    timeMs: Math.max(0, numberOf(entry["time"]) ?? 0),
    page: textOf(entry["pageref"]),
    resourceType,
    method: (textOf(request["method"]).trim() || "GET").toUpperCase(),
    url,
    headers,
    post: postOf(request, headers),
    status,
    mimeType: mimeTypeOf(response),
    redirect,
    answer: answerOf(response),
    isSocket: isSocket(entry, url, headers, status),
    isCached: textOf(entry["_fromCache"]) !== "",
    isServiceWorkers:
      entry["_fetchedViaServiceWorker"] === true && textOf(entry["_serviceWorkerResponseSource"]) !== "network",
    isBlocked: /blocked/i.test(textOf(response?.["_error"])),
  };
}

function urlOf(request: LooseObject | null): URL | null {
  const url = URL.parse(textOf(request?.["url"]).trim());
  if (url === null) return null;
  url.hash = "";
  // Insomnia, Postman and others record the query separately.
  if (url.search === "" && /^https?:$/.test(url.protocol)) {
    for (const pair of listOf(request?.["queryString"]).map(objectOf)) {
      if (textOf(pair?.["name"]) !== "") url.searchParams.append(textOf(pair?.["name"]), textOf(pair?.["value"]));
    }
  }
  return url;
}

function timeOf(value: unknown): number | null {
  const time = typeof value === "number" ? value : Date.parse(textOf(value));
  return Number.isFinite(time) ? time : null;
}

function mimeTypeOf(response: LooseObject | null): string {
  const mimeType = textOf(objectOf(response?.["content"])?.["mimeType"]);
  const known = /^[^/\s]+\/[^/\s]/.test(mimeType)
    ? mimeType
    : headerValue(headersOf(response?.["headers"]), "content-type");
  return (known.split(";")[0] ?? "").trim().toLowerCase();
}

function isSocket(entry: LooseObject, url: URL, headers: readonly HarHeader[], status: number | null): boolean {
  return (
    /^wss?:$/.test(url.protocol) ||
    status === 101 ||
    textOf(entry["_resourceType"]).toLowerCase() === "websocket" ||
    listOf(entry["_webSocketMessages"]).length > 0 ||
    /^websocket$/i.test(headerValue(headers, "upgrade").trim()) ||
    headers.some(({ name }) => name === "sec-websocket-key")
  );
}

function pageOf(page: LooseObject | null): HarPage | null {
  if (page === null) return null;
  // WebPageTest and Browsertime have a field for the URL; others put it into the title, alone or in a sentence.
  const texts = [page["_URL"], page["_url"], page["title"]].map(textOf);
  const [url] = texts.flatMap((text) => URL.parse(/https?:\/\/[^\s"'<>]+/.exec(text)?.[0] ?? "") ?? []);
  return { id: textOf(page["id"]), url: url ?? null };
}
