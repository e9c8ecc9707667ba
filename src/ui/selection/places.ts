import { formatClock } from "../../core/duration.ts";
import { meets, parseSelector, type TagCondition } from "../../core/thresholds/selector.ts";
import type { RunReport } from "../../report/page/model.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { limitText } from "../../report/text/threshold-line.ts";
import { columnsForMetric, crossingMs } from "../data/crossing.ts";
import { keyOf } from "../data/endpoint-key.ts";
import { limitOf, type ThresholdResult } from "../data/limits.ts";
import type { Mark } from "../data/marks.ts";
import type { Selection, TimeRangeMs } from "./selection.ts";

/** The part of a run that something on the page is about. Its time is not yet that of whole slices. */
export type RunPart = Partial<Selection>;

/** Later than any run ends. */
const endOfTimeMs = 1e12;
/** A window with fewer requests is not the worst of a run. */
const fewRequests = 100;

/** Until when a place is: "on", or "to 03:20". */
export function timeEndOf({ toMs }: TimeRangeMs): string {
  return toMs === endOfTimeMs ? "on" : `to ${formatClock(toMs)}`;
}

/**
 * The part of a run that a threshold is about: its endpoint or class, and the time from when it started to fail. Without such a moment, the
 * time in which it was worst. Null if it is about all of the run.
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

/** The conditions of a selector; none of a metric that the test declares itself. */
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

/** The window in which a threshold was the furthest beyond its limit, or the closest to it; null if windows do not tell. */
function worstWindow(report: RunReport, threshold: ThresholdResult): TimeRangeMs | null {
  const limit = limitOf(threshold);
  const found = limit === null ? null : columnsForMetric(report, threshold.metric, limit);
  if (limit === null || found === null) return null;
  const { startMs, widthMs } = report.windows;
  const sign = limit.operator.startsWith("<") ? 1 : -1;
  const isKnown = limit.chart === "throughput" || found.requests.some((count) => count >= fewRequests);
  const positions = [...startMs.keys()].filter((position) => {
    const isFew = isKnown && limit.chart !== "throughput" && (found.requests[position] ?? 0) < fewRequests;
    // The last window of a run, or of the report of one that goes on, is not whole.
    const isLast = position === startMs.length - 1 && position > 0;
    return !isFew && !isLast && found.values[position] != null;
  });
  const [first, ...rest] = positions;
  if (first === undefined) return null;
  const valueAt = (position: number) => sign * (found.values[position] ?? 0);
  const worst = rest.reduce((best, position) => (valueAt(position) > valueAt(best) ? position : best), first);
  const fromMs = startMs[worst] ?? 0;
  return { fromMs, toMs: fromMs + (widthMs[worst] ?? 0) };
}

/**
 * The part of a run that a sentence is about, by what it names: a threshold, an endpoint, a worker, an error, a time. Null if it names
 * nothing that can be selected.
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

/** The part of a run from an event on, and what the event is about. */
export function placeOfEvent(report: RunReport, { atMs, text }: Pick<Mark, "atMs" | "text">): RunPart {
  return { ...placeOfText(report, text), range: { fromMs: atMs, toMs: endOfTimeMs } };
}

function workerIn({ workers }: Result, text: string): number | null {
  const number = Number(/\bworker #?(\d+)\b/i.exec(text)?.[1] ?? Number.NaN);
  return workers.some((worker) => worker.number === number) ? number : null;
}

/** The failed threshold that a sentence names: by the longest name; of one metric in an older result, by the percentile. */
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

/** What a threshold measures, as reasons name it: "p95 of GET /jobs". */
function nameOf({ metric, expression }: ThresholdResult): string {
  return limitText({ metric, expression }).replace(/ (?:<=?|>=?|===?|!=) .*$/s, "");
}

/** The endpoint with the longest name of those that a sentence has in it. */
function endpointIn({ endpoints }: Result, text: string): string | null {
  const keys = endpoints.map(keyOf).filter((key) => key !== "" && isNamed(text, key));
  return keys.sort((a, b) => b.length - a.length)[0] ?? null;
}

/** Whether a name is in a text as a whole: "GET /jobs" is not in "GET /jobs/:id". */
function isNamed(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const before = text.slice(0, at);
    const after = text.slice(at + name.length);
    if (/(^|[\s("'])$/.test(before) && /^($|[\s,;)"'…]|[:.]($|\s))/.test(after)) return true;
  }
  return false;
}

/** The error that a sentence tells the kind and the message of. */
function errorIn({ errors }: Result, text: string, endpoint: string | null): RunPart {
  const found = errors.find(({ kind, message, ...one }) => {
    if (message === "") return false;
    if (kind === "exception") return text.includes(` in ${one.name}: ${message}`);
    return text.includes(`${kind}, ${message}`) && (endpoint === null || keyOf(one) === endpoint);
  });
  return found === undefined ? {} : { status: found.kind, error: found.message };
}

/** The time from a clock on that a sentence says, such as "from 03:10 on" or "at 41:00". */
function clockIn(report: RunReport, text: string): TimeRangeMs | null {
  const clock = /\b(?:from|at|since) ((?:\d+:)?\d{1,2}:\d\d)(?![\d:-])/.exec(text)?.[1];
  if (clock === undefined) return null;
  const fromMs = clock.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) * 1_000;
  return fromMs < report.result.run.durationMs ? { fromMs, toMs: endOfTimeMs } : null;
}
