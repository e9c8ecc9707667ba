import { describeFailure } from "../../analysis/capacity/describe-trial.ts";
import { count, milliseconds, percent, rate } from "../numbers.ts";
import type { Result } from "../result/result-schema.ts";
import type { Style } from "./style.ts";
import { type Column, table } from "./table.ts";

type Capacity = NonNullable<Result["capacity"]>;
type OfArrivals = Extract<Capacity, { kind: "arrivals" }>;
type OfUsers = Extract<Capacity, { kind: "users" }>;
type Trial = OfArrivals["trials"][number] | OfUsers["trials"][number];

/** What a search for the capacity found, for the summary of a run. */
export function capacityLines({ capacity }: Result, style: Style, width: number): string[] {
  if (capacity === null) return [];
  const findings = capacity.kind === "arrivals" ? arrivalLines(capacity, style) : userLines(capacity, style);
  return [...findings, ...trialTable(capacity.trials, style, width)];
}

function arrivalLines(found: OfArrivals, style: Style): string[] {
  const { overload, kneePerSecond, peakGoodput, operateAtPerSecond, firstBroken, slowDrains, confirmed } = found;
  const [broken] = firstBroken;
  const lines = [style.strong(`  ${headline(found)}`)];
  if (broken !== undefined) lines.push(`  first to break: ${describeFailure(broken)}`);
  if (overload !== null) lines.push(`  beyond it: ${overloadWords[overload]}`);
  const facts = [
    ...(operateAtPerSecond === null ? [] : [`operate at ${rate(operateAtPerSecond)}/s (70 %)`]),
    ...(kneePerSecond === null ? [] : [`knee at ${rate(kneePerSecond)}/s`]),
    ...(peakGoodput === null ? [] : [`most good: ${rate(peakGoodput.succeededPerSecond)} req/s`]),
    ...(operateAtPerSecond === null || confirmed ? [] : ["not confirmed by a longer trial"]),
  ];
  if (facts.length > 0) lines.push(style.muted(`  ${facts.join(", ")}`));
  for (const { ratePerSecond, tookMs } of slowDrains) {
    const after = `after ${Math.round(tookMs / 1_000)} s at ${rate(ratePerSecond)}/s`;
    lines.push(style.invalid(`  ! between trials the service was not back ${after}`));
  }
  return lines;
}

const overloadWords = {
  plateau: "plateau: it serves as many as before, later and later",
  collapse: "collapse: it serves fewer than before",
  "error-cliff": "error cliff: it refuses what is too much, and quickly",
  inconsistent: "inconsistent: it held more than a rate at which it had failed",
} as const;

const becauseWords = {
  max: "no higher rate was to be tried",
  deadline: "the deadline came",
  "generator-limited": "the workers could not make more",
  stopped: "the run was ended",
} as const;

function headline({ capacity }: OfArrivals): string {
  switch (capacity.kind) {
    case "found": {
      const { ratePerSecond, failsAtPerSecond } = capacity;
      return `capacity ${rate(ratePerSecond)} iterations/s: held, and at ${rate(failsAtPerSecond)}/s it fails`;
    }
    case "at-least": {
      const { ratePerSecond, failsAtPerSecond, because } = capacity;
      const fails = failsAtPerSecond === null ? "" : `, at ${rate(failsAtPerSecond)}/s it fails`;
      return `capacity at least ${rate(ratePerSecond)} iterations/s${fails}; ${becauseWords[because]}`;
    }
    case "below":
      return `capacity below ${rate(capacity.ratePerSecond)} iterations/s, the lowest rate that was tried`;
    case "unknown":
      return "capacity unknown: no trial says anything";
  }
}

function userLines({ holdsUsers, firstBroken, peakGoodput, law }: OfUsers, style: Style): string[] {
  const [broken] = firstBroken;
  const fails = broken === undefined ? "no target broke" : `then ${describeFailure(broken)} breaks`;
  const lines = [
    style.strong(
      `  ${holdsUsers === null ? "no number of users holds" : `holds ${count(holdsUsers)} users`}; ${fails}`,
    ),
  ];
  if (peakGoodput !== null) {
    lines.push(`  most good: ${rate(peakGoodput.succeededPerSecond)} req/s, with ${count(peakGoodput.users)} users`);
  }
  if (law.kind === "insufficient") return [...lines, style.muted(`  no scalability law: ${law.reason}`)];
  const { perUser, contention, coherency, peak, determination } = law;
  const top = peak === null ? "" : `; highest with ${count(peak.users)} users, at ${rate(peak.perSecond)} req/s`;
  return [
    ...lines,
    `  scalability law: ${rate(perUser)} req/s of one user, contention ${part(contention)}, coherency ${part(coherency)}`,
    style.muted(`  it explains ${percent(determination)} of the variation${top}`),
  ];
}

/** Of coefficients, which may be very small and mean much for many users. */
function part(coefficient: number): string {
  return coefficient < 1e-8 ? "0 %" : `${Number((coefficient * 100).toPrecision(2))} %`;
}

function trialTable(trials: readonly Trial[], style: Style, width: number): string[] {
  const columns: Column[] = [
    { title: "  trial", align: "right" },
    { title: "", align: "left" },
    { title: "load", align: "right" },
    { title: "good req/s", align: "right" },
    { title: "errors", align: "right" },
    { title: "p95", align: "right" },
    { title: "p99 ms", align: "right" },
    { title: "outcome", align: "left" },
  ];
  const rows = trials.map((trial, position) => [
    String(position + 1),
    trial.kind === "trial" ? trial.purpose : "",
    trial.kind === "trial" ? `${rate(trial.ratePerSecond)}/s` : `${count(trial.users)} users`,
    rate(trial.measurement.succeededPerSecond),
    percent(trial.measurement.errorRate),
    milliseconds(trial.measurement.p95Ms),
    milliseconds(trial.measurement.p99Ms),
    outcomeWords(trial),
  ]);
  if (rows.length === 0) return [];
  const [head = "", ...body] = table(columns, rows, width);
  return [style.muted(head), ...body];
}

function outcomeWords({ outcome }: Trial): string {
  switch (outcome.kind) {
    case "passed":
      return "held";
    case "failed":
      return outcome.failures.map(describeFailure).join("; ");
    case "invalid":
      return `says nothing: ${outcome.reason}`;
  }
}
