import { describeFailure } from "../../analysis/capacity/describe-trial.ts";
import { count, milliseconds, percent, perSecondText } from "../numbers.ts";
import type { Result } from "../result/result-schema.ts";
import type { Style } from "./style.ts";
import { type Column, table } from "./table.ts";

type Capacity = NonNullable<Result["capacity"]>;
type OfArrivals = Extract<Capacity, { kind: "arrivals" }>;
type OfUsers = Extract<Capacity, { kind: "users" }>;
type Trial = OfArrivals["trials"][number] | OfUsers["trials"][number];

/** The result of a capacity search, for the summary of a run. */
export function capacityLines({ capacity }: Result, style: Style, width: number): string[] {
  if (capacity === null) return [];
  const findings = capacity.kind === "arrivals" ? arrivalLines(capacity, style) : userLines(capacity, style);
  return [...findings, ...trialTable(capacity.trials, style, width)];
}

function arrivalLines(found: OfArrivals, style: Style): string[] {
  const { overload, kneePerSecond, peakGoodput, operateAtPerSecond, firstBroken, slowDrains, confirmed } = found;
  const [broken] = firstBroken;
  const lines = [style.strong(`  ${headline(found)}`)];
  if (broken !== undefined) lines.push(`  first failure: ${describeFailure(broken)}`);
  if (overload !== null) lines.push(`  above it: ${overloadTexts[overload]}`);
  const facts = [
    ...(operateAtPerSecond === null ? [] : [`operate at ${perSecondText(operateAtPerSecond)}/s (70 %)`]),
    ...(kneePerSecond === null ? [] : [`knee at ${perSecondText(kneePerSecond)}/s`]),
    ...(peakGoodput === null ? [] : [`highest goodput ${perSecondText(peakGoodput.succeededPerSecond)} req/s`]),
    ...(operateAtPerSecond === null || confirmed ? [] : ["not confirmed by a longer trial"]),
  ];
  if (facts.length > 0) lines.push(style.muted(`  ${facts.join(", ")}`));
  for (const { ratePerSecond, tookMs } of slowDrains) {
    const after = `after ${Math.round(tookMs / 1_000)} s at ${perSecondText(ratePerSecond)}/s`;
    lines.push(style.invalid(`  ! between trials the service had not recovered ${after}`));
  }
  return lines;
}

const overloadTexts = {
  plateau: "plateau: the throughput stays the same, response times grow",
  collapse: "collapse: the throughput falls",
  "error-cliff": "error cliff: the service rejects the excess quickly",
  inconsistent: "inconsistent: the service held a higher rate than one at which it had failed",
} as const;

const endTexts = {
  max: "the search reached its maximum rate",
  deadline: "the search reached its deadline",
  "generator-limited": "the workers could not generate more load",
  stopped: "the run ended before the search",
} as const;

function headline({ capacity, trials }: OfArrivals): string {
  switch (capacity.kind) {
    case "found": {
      const { ratePerSecond, failsAtPerSecond } = capacity;
      return `capacity ${perSecondText(ratePerSecond)} iterations/s; fails at ${perSecondText(failsAtPerSecond)}/s`;
    }
    case "at-least": {
      const { ratePerSecond, failsAtPerSecond, because } = capacity;
      const fails = failsAtPerSecond === null ? "" : `, fails at ${perSecondText(failsAtPerSecond)}/s`;
      return `capacity at least ${perSecondText(ratePerSecond)} iterations/s${fails}; ${endTexts[because]}`;
    }
    case "below":
      return `capacity below ${perSecondText(capacity.ratePerSecond)} iterations/s, the lowest rate that was tested`;
    case "unknown":
      return trials.some(({ outcome }) => outcome.kind === "passed")
        ? "capacity unknown: the trials contradict each other"
        : "capacity unknown: no trial gave a result";
  }
}

function userLines({ holdsUsers, firstBroken, peakGoodput, law }: OfUsers, style: Style): string[] {
  const [broken] = firstBroken;
  const fails = broken === undefined ? "no target failed" : `then ${describeFailure(broken)} fails`;
  const lines = [
    style.strong(
      `  ${holdsUsers === null ? "no number of users holds" : `holds ${count(holdsUsers)} users`}; ${fails}`,
    ),
  ];
  if (peakGoodput !== null) {
    lines.push(
      `  highest goodput ${perSecondText(peakGoodput.succeededPerSecond)} req/s with ${count(peakGoodput.users)} users`,
    );
  }
  if (law.kind === "insufficient") return [...lines, style.muted(`  no scalability law: ${law.reason}`)];
  const { perUser, contention, coherency, peak, determination } = law;
  const top = peak === null ? "" : `; peak ${perSecondText(peak.perSecond)} req/s with ${count(peak.users)} users`;
  return [
    ...lines,
    `  scalability law: ${perSecondText(perUser)} req/s with one user, contention ${part(contention)}, coherency ${part(coherency)}`,
    style.muted(`  it explains ${percent(determination)} of the variation${top}`),
  ];
}

/** Formats a coefficient as a percentage. It may be very small and still matter for many users. */
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
    trial.kind === "trial" ? `${perSecondText(trial.ratePerSecond)}/s` : `${count(trial.users)} users`,
    perSecondText(trial.measurement.succeededPerSecond),
    percent(trial.measurement.errorRate),
    milliseconds(trial.measurement.p95Ms),
    milliseconds(trial.measurement.p99Ms),
    outcomeText(trial),
  ]);
  if (rows.length === 0) return [];
  const [head = "", ...body] = table(columns, rows, width);
  return [style.muted(head), ...body];
}

function outcomeText({ outcome }: Trial): string {
  switch (outcome.kind) {
    case "passed":
      return "held";
    case "failed":
      return outcome.failures.map(describeFailure).join("; ");
    case "invalid":
      return `invalid: ${outcome.reason}`;
  }
}
