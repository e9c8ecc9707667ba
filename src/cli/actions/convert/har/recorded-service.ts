import { getPublicSuffix } from "tough-cookie";
import { kindOf } from "./entry-kind.ts";
import type { Har, HarEntry } from "./har.ts";
import { headerValue } from "./har-headers.ts";
import { isLoginHost, isOthersHost } from "./known-hosts.ts";

export interface RecordedService {
  readonly origin: string;
  /** The reason for the choice of this service, which the user reads: "the first page in the recording". */
  readonly why: string;
}

/** The longest chain of redirects that is followed. A longer one is a loop. */
const maxRedirects = 20;

/**
 * Finds the service that a recording is about: the service of its page, which is not always that of the first request. Null
 * when the recording does not show it, or shows only services that probably belong to third parties.
 */
export function serviceOf({ entries, pages }: Har): RecordedService | null {
  const sent = sentOf(entries);
  const asked = new Set(sent.map(({ url }) => url.origin));
  const documents = sent.filter(isDocument);
  const loaded = documents.filter(isAnswer);
  const origins = new Set(loaded.map(({ url }) => url.origin));
  const opened = pages.flatMap(({ url }) => (url === null ? [] : destinationOf(url, sent).origin));
  const frames = framesOf(documents, new Set(sent.map(({ url }) => siteOf(url))));
  const page = preferred([
    // A page that redirects to a login on another host is requested again later.
    ...documents
      .slice(0, 1)
      .flatMap(({ url, status }) => (isRedirect(status) && origins.has(url.origin) ? [url.origin] : [])),
    ...opened.filter((origin) => origins.has(origin)),
    ...[...origins].filter((origin) => !frames.has(origin)),
  ]);
  if (page !== undefined) return { origin: page, why: "the first page in the recording" };
  const titled = preferred(opened.filter((origin) => asked.has(origin)));
  if (titled !== undefined) return { origin: titled, why: "the page that the recording is of" };
  return mostAsked(sent);
}

/** Returns the requests of the user and the application; if there are none, the requests for parts of pages. */
function sentOf(entries: readonly HarEntry[]): HarEntry[] {
  const byKind = Map.groupBy(entries, kindOf);
  const kinds = [null, "cached", "service-worker"] as const;
  const asked = new Set(kinds.flatMap((kind) => byKind.get(kind) ?? []));
  return asked.size === 0 ? (byKind.get("part") ?? []) : entries.filter((entry) => asked.has(entry));
}

/** Returns the registered domain, which is the same for `shop.example` and `api.shop.example`; the host if it has none. */
export function siteOf({ hostname }: URL): string {
  const [, top] = /\.([a-z]+)$/.exec(hostname) ?? [];
  if (top === undefined || hostname.startsWith("[")) return hostname;
  const options = { allowSpecialUseDomain: true, ignoreError: true };
  return getPublicSuffix(hostname, options) ?? hostname;
}

/** Returns the first origin that is not a third party; an origin that looks like a login only when there is no other. */
function preferred(origins: readonly string[]): string | undefined {
  const hostOf = (origin: string) => new URL(origin).hostname;
  const own = origins.filter((origin) => !isOthersHost(hostOf(origin)));
  return own.find((origin) => !isLoginHost(hostOf(origin))) ?? own[0];
}

/** Whether an entry is a page to which a tab was navigated; if the recording does not show this, whether it is any page. */
function isDocument({ headers, resourceType, mimeType, method, redirect, status }: HarEntry): boolean {
  const destination = headerValue(headers, "sec-fetch-dest").trim();
  if (destination !== "") return destination === "document";
  if (resourceType !== "") return resourceType === "document" || resourceType === "html";
  if (/^(?:cors|same-origin)$/.test(headerValue(headers, "sec-fetch-mode")) || hasHeader(headers, "x-requested-with"))
    return false;
  if (method !== "GET" && method !== "POST") return false;
  return /^(?:text\/html|application\/xhtml\+xml)$/.test(mimeType) || (redirect !== "" && isRedirect(status));
}

/** Returns the origins whose first page was requested by a page of another recorded site, except by the link of a search or a login. */
function framesOf(documents: readonly HarEntry[], askedSites: ReadonlySet<string>): ReadonlySet<string> {
  const firsts = [...Map.groupBy(documents, ({ url }) => url.origin).values()].flatMap(([first]) => first ?? []);
  return new Set(firsts.filter((entry) => isFrame(entry, askedSites)).map(({ url }) => url.origin));
}

function isFrame({ headers, url }: HarEntry, askedSites: ReadonlySet<string>): boolean {
  const from = URL.parse(headerValue(headers, "referer"));
  if (from === null || isOthersHost(from.hostname) || isLoginHost(from.hostname)) return false;
  return siteOf(from) !== siteOf(url) && askedSites.has(siteOf(from));
}

function isAnswer({ status }: HarEntry): boolean {
  return status === null || (status >= 200 && status < 300) || status === 304;
}

function isRedirect(status: number | null): boolean {
  return status !== null && status >= 300 && status < 400 && status !== 304;
}

function hasHeader(headers: HarEntry["headers"], name: string): boolean {
  return headers.some((header) => header.name === name);
}

/** Follows the recorded redirects from `url`. */
function destinationOf(url: URL, entries: readonly HarEntry[]): URL {
  let at = url;
  for (let count = 0; count < maxRedirects; count++) {
    const hop = entries.find(
      (entry) => entry.url.href === at.href && entry.redirect !== "" && isRedirect(entry.status),
    );
    const next = hop === undefined ? null : URL.parse(hop.redirect, at);
    if (next === null) return at;
    at = next;
  }
  return at;
}

/**
 * Finds the service of a recording without pages, as recording proxies and API clients write it. Null when the requests come
 * from pages of a site that was not recorded, or go to several sites: their numbers do not show which site is the user's.
 */
function mostAsked(sent: readonly HarEntry[]): RecordedService | null {
  const own = sent.filter(({ url }) => !isOthersHost(url.hostname));
  const referring = own.flatMap(({ headers }) => {
    return URL.parse(headerValue(headers, "referer")) ?? URL.parse(headerValue(headers, "origin")) ?? [];
  });
  const sites = new Set(own.map(({ url }) => siteOf(url)));
  const [onlySite] = sites.size === 1 && referring.length === 0 ? sites : [];
  const site = onlySite ?? mostFrequent(referring.map(siteOf));
  const ofSite = own.filter(({ url }) => siteOf(url) === site);
  const origin = mostFrequent(ofSite.map(({ url }) => url.origin));
  if (origin === undefined) return null;
  const isOnly = sent.every(({ url }) => url.origin === origin);
  return {
    origin,
    why: isOnly ? "the only one in the recording" : "most requests, and no page, in the recording",
  };
}

/** Returns the most frequent value; the first one when several are equally frequent. */
function mostFrequent(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let most: string | undefined;
  for (const [value, count] of counts) if (most === undefined || count > (counts.get(most) ?? 0)) most = value;
  return most;
}
