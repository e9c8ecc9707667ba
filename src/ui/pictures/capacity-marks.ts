import { count, perSecondText } from "../../report/numbers.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { limitText } from "../../report/text/threshold-line.ts";
import { type Limit, limitOf } from "../data/limits.ts";
import type { AnswerFigure } from "./answer-figure.ts";
import { type TrialPoint, trialPoint } from "./capacity-points.ts";

export type CapacitySearch = NonNullable<Result["capacity"]>;
type OfArrivals = Extract<CapacitySearch, { kind: "arrivals" }>;
type OfUsers = Extract<CapacitySearch, { kind: "users" }>;

/** A load that is marked on the axis. */
export interface LoadMark {
  readonly load: number;
  readonly label: string;
  readonly tone: "passed" | "failed" | "muted" | "text";
}

/** The data of the pictures of a capacity search. Loads are iterations per second, or users. */
export interface CapacityMarks {
  readonly unit: "iterations/s" | "users";
  readonly points: readonly TrialPoint[];
  readonly marks: readonly LoadMark[];
  /** The loads between which the answer lies: the highest that passes, and the lowest that fails. */
  readonly between: readonly [holds: number, fails: number] | null;
  readonly p95Limits: readonly Pick<Limit, "bound" | "label">[];
  readonly errorLimits: readonly Pick<Limit, "bound" | "label">[];
  readonly figures: readonly AnswerFigure[];
}

export function capacityMarks(capacity: CapacitySearch): CapacityMarks {
  const targets = capacity.targets.map(thresholdOf);
  const { holds, fails } = boundsOf(capacity);
  return {
    unit: capacity.kind === "users" ? "users" : "iterations/s",
    points: capacity.trials.map(trialPoint),
    marks: [
      ...(capacity.kind === "users" ? peakOfLaw(capacity) : advice(capacity)),
      ...mark(holds, "holds", "passed"),
      ...mark(fails, "fails", "failed"),
    ],
    between: holds !== null && fails !== null && fails > holds ? [holds, fails] : null,
    p95Limits: targets.flatMap((target) => {
      const limit = target.metric.includes("{") ? null : limitOf(target);
      return limit?.chart === "response-time" && limit.percentile === 95 ? [limit] : [];
    }),
    errorLimits: targets.flatMap(errorLimit),
    figures: capacity.kind === "users" ? figuresOfUsers(capacity, fails) : figuresOfArrivals(capacity, holds, fails),
  };
}

/** Returns the highest load that passes and the lowest that fails, as far as the search has found them. */
function boundsOf(result: CapacitySearch): { holds: number | null; fails: number | null } {
  if (result.kind === "users") {
    const failed = result.trials.find(({ outcome }) => outcome.kind === "failed");
    return { holds: result.holdsUsers, fails: failed?.users ?? null };
  }
  const { capacity } = result;
  switch (capacity.kind) {
    case "found":
    case "at-least":
      return { holds: capacity.ratePerSecond, fails: capacity.failsAtPerSecond };
    case "below":
      return { holds: null, fails: capacity.ratePerSecond };
    case "unknown":
      return { holds: null, fails: null };
  }
}

function advice({ operateAtPerSecond, atLeastPerSecond, kneePerSecond }: OfArrivals): LoadMark[] {
  return [
    ...mark(operateAtPerSecond, "operate at", "muted"),
    ...mark(atLeastPerSecond, "required", "muted"),
    ...mark(kneePerSecond, "knee", "text"),
  ];
}

function peakOfLaw({ law }: OfUsers): LoadMark[] {
  return law.kind === "fitted" && law.peak !== null ? mark(law.peak.users, "peak by the law", "muted") : [];
}

function mark(load: number | null, label: string, tone: LoadMark["tone"]): LoadMark[] {
  return load === null ? [] : [{ load, label: `${label} ${loadText(load)}`, tone }];
}

/** "40", "266", "2.5" */
export function loadText(load: number): string {
  return perSecondText(load).replace(/\.0$/, "");
}

function figuresOfArrivals(found: OfArrivals, holds: number | null, fails: number | null): AnswerFigure[] {
  const { capacity, kneePerSecond, operateAtPerSecond, atLeastPerSecond, peakGoodput, confirmed } = found;
  return [
    answerOf(capacity),
    ...(capacity.kind === "below" ? [] : rate(fails, "fails")),
    ...required(atLeastPerSecond, holds, fails),
    ...rate(operateAtPerSecond, confirmed ? "operate at (70 %)" : "operate at (70 %), not confirmed"),
    ...rate(kneePerSecond, "knee"),
    ...goodput(peakGoodput, "highest goodput"),
  ];
}

/**
 * The required capacity, and whether it was reached. It is unknown for a rate between the highest that passes and the
 * lowest that fails.
 */
function required(atLeast: number | null, holds: number | null, fails: number | null): AnswerFigure[] {
  if (atLeast !== null && holds !== null && holds >= atLeast) return rate(atLeast, "✓ required", "passed");
  const isMissed = atLeast !== null && fails !== null && fails <= atLeast;
  return isMissed ? rate(atLeast, "✗ required", "failed") : rate(atLeast, "! required, not confirmed", "invalid");
}

function rate(perSecond: number | null, note: string, tone?: AnswerFigure["tone"]): AnswerFigure[] {
  if (perSecond === null) return [];
  return [{ value: loadText(perSecond), unit: "/s", note, ...(tone === undefined ? {} : { tone }) }];
}

function figuresOfUsers({ holdsUsers, peakGoodput }: OfUsers, fails: number | null): AnswerFigure[] {
  const most = fails === null ? "hold, the most tested" : "hold";
  return [
    holdsUsers === null
      ? { value: "none", unit: "", note: "not found: no number of users holds", tone: "failed" }
      : { value: count(holdsUsers), unit: "users", note: most, tone: "passed" },
    ...(fails === null ? [] : [{ value: count(fails), unit: "users", note: "fail" }]),
    ...goodput(peakGoodput, `highest goodput, with ${count(peakGoodput?.users ?? 0)} users`),
  ];
}

function goodput(peak: { readonly succeededPerSecond: number } | null, note: string): AnswerFigure[] {
  return peak === null ? [] : [{ value: perSecondText(peak.succeededPerSecond), unit: "req/s", note }];
}

/** Returns the finding of the search, which can also be that no capacity was found. */
function answerOf(capacity: OfArrivals["capacity"]): AnswerFigure {
  switch (capacity.kind) {
    case "found":
      return { value: loadText(capacity.ratePerSecond), unit: "/s", note: "capacity", tone: "passed" };
    case "at-least": {
      const note = `capacity; ${ends[capacity.because]}`;
      return { value: `≥ ${loadText(capacity.ratePerSecond)}`, unit: "/s", note };
    }
    case "below": {
      const note = "not found: the lowest rate fails";
      return { value: `< ${loadText(capacity.ratePerSecond)}`, unit: "/s", note, tone: "failed" };
    }
    case "unknown":
      return { value: "unknown", unit: "", note: "capacity not found", tone: "invalid" };
  }
}

const ends = {
  max: "maximum of the search",
  deadline: "deadline of the search",
  "generator-limited": "generator at its limit",
  stopped: "search was ended",
} as const;

function thresholdOf(target: string) {
  const at = target.lastIndexOf(": ");
  return { metric: target.slice(0, at), expression: target.slice(at + 2), passed: true, value: null, close: false };
}

function errorLimit({ metric, expression }: ReturnType<typeof thresholdOf>) {
  const [, bound] = /^\s*rate\s*<=?\s*([\d.e+-]+)\s*$/i.exec(expression) ?? [];
  if (metric !== "failures" || bound === undefined) return [];
  return [{ bound: Number(bound), label: limitText({ metric, expression }) }];
}
