import { ConfigurationError } from "../../../../core/errors.ts";
import { type Correlation, correlate } from "../correlation/correlation.ts";
import { kindOf, type LeftOutKind } from "./entry-kind.ts";
import type { Har } from "./har.ts";
import { isOthersHost } from "./known-hosts.ts";
import { type RecordedService, serviceOf, siteOf } from "./recorded-service.ts";
import { type RecordedStep, recordedSteps } from "./recorded-step.ts";

/** The recorded actions of a user. */
export interface RecordedSession {
  /** The origin of the service, then the further origins of `--origin`. */
  readonly origins: readonly string[];
  readonly why: string;
  readonly steps: readonly RecordedStep[];
  /** The values that the service issued and that the test takes from its responses. */
  readonly correlation: Correlation;
  readonly leftOut: LeftOut;
}

export interface LeftOut {
  readonly total: number;
  readonly byKind: ReadonlyMap<LeftOutKind | "unreadable" | "unanswered", number>;
  /** The number of requests to each other service: services of the same site first, then by count. */
  readonly others: readonly { readonly origin: string; readonly count: number; readonly isSameSite: boolean }[];
}

export interface SessionOptions {
  /** Only requests to these origins are kept; if empty, only those to the service that the recording is about. */
  readonly origins: readonly string[];
  /** Whether to keep pictures, styles and scripts. */
  readonly everything: boolean;
  /** A second recording of the same actions, which shows the values that change. */
  readonly second?: Har;
}

/**
 * Selects the requests of the user from all requests that the browser sent.
 * @throws ConfigurationError when no request is left, or the recording does not show which service is the user's
 */
export function recordedSession(har: Har, { origins: asked, everything, second }: SessionOptions): RecordedSession {
  const { origin, why } = asked[0] === undefined ? foundService(har) : { origin: asked[0], why: "" };
  const origins = asked.length === 0 ? [origin] : [...new Set(asked)];
  const { kept, byKind, others } = sorted(har, origins, everything);
  if (kept.length === 0) throw new ConfigurationError(nothingLeft(origins, har, byKind));
  const steps = recordedSteps(kept);
  const again = second === undefined ? null : recordedSteps(sorted(second, origins, everything).kept);
  return {
    origins,
    why,
    steps,
    correlation: correlate(steps, again),
    leftOut: { total: har.entries.length + har.unreadable - kept.length, byKind, others: listedOthers(others, origin) },
  };
}

/** Returns the entries that the test repeats, and the numbers of the other entries. */
function sorted(har: Har, origins: readonly string[], everything: boolean) {
  const hasAnswers = har.entries.some(({ status }) => (status ?? 0) > 0);
  const byKind = new Map<LeftOutKind | "unreadable" | "unanswered", number>();
  const others = new Map<string, number>();
  const count = (kind: LeftOutKind | "unreadable" | "unanswered") => byKind.set(kind, (byKind.get(kind) ?? 0) + 1);
  const kept = har.entries.filter((entry) => {
    const kind = kindOf(entry);
    const isOther = !origins.includes(entry.url.origin);
    if (kind === "scheme" || kind === "socket" || (kind === "background" && isOther)) count(kind);
    else if (isOther) others.set(entry.url.origin, (others.get(entry.url.origin) ?? 0) + 1);
    else if (kind !== null && kind !== "background" && !(kind === "part" && everything)) count(kind);
    // Exporters that record only requests write no status, or 0.
    else if (hasAnswers && entry.status !== null && entry.status <= 0) count("unanswered");
    else return true;
    return false;
  });
  if (har.unreadable > 0) byKind.set("unreadable", har.unreadable);
  return { kept, byKind, others };
}

function foundService(har: Har): RecordedService {
  const service = serviceOf(har);
  if (service !== null) return service;
  const origins = httpOrigins(har);
  const [first] = origins;
  if (first === undefined) throw new ConfigurationError("the recording contains no HTTP request for a test");
  throw new ConfigurationError(
    `the recording does not show which service is yours; it contains requests to ${severalOf(origins)}; name your service, e.g. --origin ${first}`,
  );
}

function nothingLeft(origins: readonly string[], har: Har, byKind: ReadonlyMap<string, number>): string {
  const recorded = httpOrigins(har);
  const isThere = origins.some((origin) => recorded.includes(origin));
  const which = isThere
    ? byKind.has("part")
      ? "; --all keeps pictures, styles and scripts"
      : ""
    : `; it contains requests to ${severalOf(recorded)}`;
  return `the recording contains no request to ${origins.join(" and ")} for a test${which}`;
}

/** Returns the origins of the recording, with known third parties at the end. */
function httpOrigins({ entries }: Har): string[] {
  const urls = entries.map(({ url }) => url).filter(({ protocol }) => /^https?:$/.test(protocol));
  const origins = urls
    .toSorted((a, b) => Number(isOthersHost(a.hostname)) - Number(isOthersHost(b.hostname)))
    .map(({ origin }) => origin);
  return [...new Set(origins)];
}

function severalOf(origins: readonly string[]): string {
  const more = origins.length - 3;
  return more > 1 ? `${origins.slice(0, 3).join(", ")} and ${more} more` : origins.join(", ");
}

function listedOthers(others: ReadonlyMap<string, number>, service: string): LeftOut["others"] {
  const site = siteOf(new URL(service));
  return [...others]
    .map(([origin, count]) => ({ origin, count, isSameSite: siteOf(new URL(origin)) === site }))
    .toSorted((a, b) => Number(b.isSameSite) - Number(a.isSameSite) || b.count - a.count);
}
