import { formatClock } from "../../core/duration.ts";
import { meets, parseSelector, type TagCondition } from "../../core/thresholds/selector.ts";
import type { RunReport } from "../../report/page/model.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { limitText } from "../../report/text/threshold-line.ts";
import { columnsForMetric, crossingMs, isJudged } from "../data/crossing.ts";
import { keyOf } from "../data/endpoint-key.ts";
import { limitOf, type ThresholdResult } from "../data/limits.ts";
import type { Mark } from "../data/marks.ts";
import type { Selection, TimeRangeMs } from "./selection.ts";

/** The part of a run that a text on the page is about. Its range is not yet widened to whole slices. */
export type RunPart = Partial<Selection>;

/** A time after the end of any run, in ms. */
const endOfTimeMs = 1e12;
/** The number of requests below which a window is not used as the worst of a run. */
const fewRequests = 100;

/** Returns the end of a range as text: "on", or "to 03:20". */
export function timeEndOf({ toMs }: TimeRangeMs): string {
  return toMs === endOfTimeMs ? "on" : `to ${formatClock(toMs)}`;
}

/**
 * Returns the part of a run that a threshold is about: its endpoint or class, and the time from when it started to fail. If there is no
 * such time, it is the window in which the threshold was worst. Null if the threshold is about the whole run.
 */
export function placeOfThreshold(report: RunReport, threshold: ThresholdResult): RunPart | null {
  const place = { ...subjectOf(report.result, threshold.metric), ...timeOf(report, threshold) };
  return Object.keys(place).length === 0 ? null : place;
}

/** The endpoint, the class, the group or the check that the selector of a metric names. */
function subjectOf({ endpoints, users, groups = [], checks }: Result, metric: string): RunPart {
  const conditions = conditionsOf(metric);
  const tagValue = (wanted: TagCondition["tag"]) =>
    conditions.find(({ tag, isNot }) => tag === wanted && !isNot)?.value ?? "";
  const [userClass, group, check] = [tagValue("class"), tagValue("group"), tagValue("check")];
  if (Object.hasOwn(users, userClass)) return { userClass };
  if (groups.some(({ name }) => name === group) && metric.trim().startsWith("group_")) return { group };
  if (checks.some(({ name }) => name === check)) return { check };
  const named = conditions.filter(({ tag }) => tag === "name" || tag === "method");
  if (named.length === 0) return {};
  const matching = endpoints.filter((one) =>
    named.every((condition) => meets(condition, condition.tag === "name" ? one.name : one.method)),
  );
  const [only] = matching;
  return matching.length === 1 && only !== undefined ? { endpoint: keyOf(only) } : {};
}

/** Returns the conditions of a selector. A metric that the test declares itself has none. */
function conditionsOf(metric: string): readonly TagCondition[] {
  try {
    return parseSelector(metric).conditions;
  } catch {
    return [];
  }
}

function timeOf(report: RunReport, threshold: ThresholdResult): RunPart {
  const windows = threshold.span?.windows ?? null;
  if (windows !== null) {
    const { worstStartMs: fromMs, widthMs } = windows;
    return fromMs === null ? {} : { range: { fromMs, toMs: fromMs + widthMs } };
  }
  const sinceMs = threshold.passed ? null : crossingMs(report, threshold);
  const range = sinceMs === null ? worstWindow(report, threshold) : { fromMs: sinceMs, toMs: endOfTimeMs };
  return range === null ? {} : { range };
}

/**
 * Returns the window in which a threshold was the furthest beyond its limit, or the closest to it; null if windows do not
 * have its figure.
 */
function worstWindow(report: RunReport, threshold: ThresholdResult): TimeRangeMs | null {
  const limit = limitOf(threshold);
  const found = limit === null ? null : columnsForMetric(report, threshold.metric, limit);
  if (limit === null || found === null) return null;
  const { startMs, widthMs } = report.windows;
  const sign = limit.operator.startsWith("<") ? 1 : -1;
  const isKnown = limit.chart === "throughput" || found.requests.some((count) => count >= fewRequests);
  const positions = [...startMs.keys()].filter((position) => {
    const isFew = isKnown && limit.chart !== "throughput" && (found.requests[position] ?? 0) < fewRequests;
    // The last window of a run, or of the report of a run in progress, may be incomplete.
    const isLast = position === startMs.length - 1 && position > 0;
    return !isFew && !isLast && isJudged(report, threshold, position) && found.values[position] != null;
  });
  const [first, ...rest] = positions;
  if (first === undefined) return null;
  const valueAt = (position: number) => sign * (found.values[position] ?? 0);
  const worst = rest.reduce((best, position) => (valueAt(position) > valueAt(best) ? position : best), first);
  const fromMs = startMs[worst] ?? 0;
  return { fromMs, toMs: fromMs + (widthMs[worst] ?? 0) };
}

/**
 * Returns the part of a run that a sentence is about, by the names in it: a threshold, an endpoint, a worker, an error, a time. Null
 * if it names nothing that can be selected.
 */
export function placeOfText(report: RunReport, text: string): RunPart | null {
  const { result } = report;
  const worker = workerIn(result, text);
  if (worker !== null) return { worker };
  const threshold = thresholdIn(result, text);
  const endpoint = endpointIn(result, text);
  const failure = errorIn(result, text, endpoint);
  const ofThreshold = threshold === null ? null : placeOfThreshold(report, threshold);
  const since = ofThreshold?.range === undefined ? clockIn(report, text) : null;
  const place: RunPart = {
    ...(since === null ? {} : { range: since }),
    ...ofThreshold,
    ...(endpoint === null ? {} : { endpoint }),
    ...failure,
  };
  return Object.keys(place).length === 0 ? null : place;
}

/** Returns the part of a run from an event on, and what the event is about. */
export function placeOfEvent(report: RunReport, { atMs, text }: Pick<Mark, "atMs" | "text">): RunPart {
  return { ...placeOfText(report, text), range: { fromMs: atMs, toMs: endOfTimeMs } };
}

function workerIn({ workers }: Result, text: string): number | null {
  const number = Number(/\bworker #?(\d+)\b/i.exec(text)?.[1] ?? Number.NaN);
  return workers.some((worker) => worker.number === number) ? number : null;
}

/**
 * Returns the failed threshold that a sentence names. The longest name wins; if an older result has only the metric, the
 * percentile decides.
 */
function thresholdIn({ thresholds }: Result, text: string): ThresholdResult | null {
  const named = thresholds
    .flatMap((threshold) => {
      const names = threshold.passed ? [] : [nameOf(threshold), threshold.metric].filter((name) => isNamed(text, name));
      return names.map((name) => ({ threshold, name }));
    })
    .sort((a, b) => b.name.length - a.name.length);
  const longest = named.filter(({ name }) => name.length === named[0]?.name.length);
  const percentile = longest.find(({ threshold: { expression } }) => {
    const [, number] = /^\s*p\(([\d.]+)\)/.exec(expression) ?? [];
    return number !== undefined && new RegExp(`\\bp\\(?${number.replace(".", "\\.")}\\b`).test(text);
  });
  return (percentile ?? longest[0])?.threshold ?? null;
}

/** Returns the name of a threshold's figure as in reasons: "p95 of GET /jobs". */
function nameOf({ metric, expression }: ThresholdResult): string {
  return limitText({ metric, expression }).replace(/ (?:<=?|>=?|===?|!=) .*$/s, "");
}

/** Returns the endpoint with the longest name among the endpoints that a sentence names. */
function endpointIn({ endpoints }: Result, text: string): string | null {
  const keys = endpoints.map(keyOf).filter((key) => key !== "" && isNamed(text, key));
  return keys.sort((a, b) => b.length - a.length)[0] ?? null;
}

/** Whether a text contains a name as a whole: "GET /jobs" is not in "GET /jobs/:id". */
function isNamed(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const before = text.slice(0, at);
    const after = text.slice(at + name.length);
    if (/(^|[\s("'])$/.test(before) && /^($|[\s,;)"'…]|[:.]($|\s))/.test(after)) return true;
  }
  return false;
}

/** Returns the error whose kind and message are in a sentence. */
function errorIn({ errors }: Result, text: string, endpoint: string | null): RunPart {
  const found = errors.find(({ kind, message, ...one }) => {
    if (message === "") return false;
    if (kind === "exception") return text.includes(` in ${one.name}: ${message}`);
    return text.includes(`${kind}, ${message}`) && (endpoint === null || keyOf(one) === endpoint);
  });
  return found === undefined ? {} : { status: found.kind, error: found.message };
}

/** Returns the range from the clock time in a sentence on, such as "from 03:10 on" or "at 41:00". */
function clockIn(report: RunReport, text: string): TimeRangeMs | null {
  const clock = /\b(?:from|at|since) ((?:\d+:)?\d{1,2}:\d\d)(?![\d:-])/.exec(text)?.[1];
  if (clock === undefined) return null;
  const fromMs = clock.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) * 1_000;
  return fromMs < report.result.run.durationMs ? { fromMs, toMs: endOfTimeMs } : null;
}
