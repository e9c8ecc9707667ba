import { formatClock } from "../../core/duration.ts";
import { generatorLimitOf } from "../../core/generator-limit.ts";
import type { HealthSample } from "../../stats/health-sample.ts";
import { describeLoad, type LoadFinding } from "../load/load-findings.ts";
import type { StalledRequests } from "./generator-run.ts";
import type { HealthSeverity } from "./severity.ts";
import type { StrainCause } from "./strain.ts";
import { describeExhausted, type UnsentRequests } from "./unsent-requests.ts";

interface StrainFinding {
  readonly kind: "strain";
  readonly severity: HealthSeverity;
  readonly worker: string;
  /** The most frequent cause. */
  readonly cause: StrainCause;
  /** The share of the steady part of the run with this cause, 0..1. */
  readonly share: number;
  /** The share with another cause, 0..1. */
  readonly otherShare: number;
  readonly worstLagMs: number;
}

interface UnsentFinding extends UnsentRequests {
  readonly kind: "unsent";
  readonly severity: HealthSeverity;
  /** The lowest limit of all workers; null if it is not known. */
  readonly fileDescriptorLimit: number | null;
}

/** A problem of the load generator that casts doubt on the result (`warned`) or invalidates it (`invalid`). */
export type HealthFinding =
  | StrainFinding
  | {
      readonly kind: "file-descriptors";
      readonly severity: "warned";
      readonly worker: string;
      readonly most: number;
      readonly limit: number;
    }
  | UnsentFinding
  | { readonly kind: "idle"; readonly severity: HealthSeverity; readonly text: string }
  | LoadFinding
  | ({ readonly kind: "stalled"; readonly severity: HealthSeverity } & StalledRequests)
  | {
      readonly kind: "disagreement";
      readonly severity: HealthSeverity;
      readonly worker: string;
      readonly p50Ms: number;
      readonly othersP50Ms: number;
    };

/** Describes a finding in a sentence that says what to do. */
export function describeFinding(finding: HealthFinding): string {
  switch (finding.kind) {
    case "strain":
      return describeStrain(finding);
    case "file-descriptors":
      return `${finding.worker} had ${finding.most} of at most ${finding.limit} files and sockets open: raise the limit (ulimit -n) or add workers`;
    case "idle":
      return finding.text;
    case "stalled":
      return describeStalled(finding);
    case "unsent":
      return describeUnsent(finding);
    case "shortfall":
    case "surplus":
      return describeLoad(finding);
    case "disagreement": {
      const { worker, p50Ms, othersP50Ms } = finding;
      return `${worker} measured a p50 of ${milliseconds(p50Ms)}, the others ${milliseconds(othersP50Ms)}: check its machine and its network`;
    }
  }
}

/** Describes the strain of a worker while the load runs. */
export function describeStrainNow(worker: string, cause: StrainCause, sample: HealthSample): string {
  const { utilisation, cpu, scheduleLagP99Ms, loopDelayP99Ms, gcMs, widthMs } = sample;
  switch (cause) {
    case "cpu":
      return `${worker} is CPU-bound (its event loop is busy for ${percent(utilisation)} of the time): its response times include its own delays`;
    case "starved":
      return `${worker} has to wait for a CPU (it gets ${percent(cpu)} of one): its response times include its own delays`;
    case "machine":
      return `${worker} runs late while its event loop is idle (busy for ${percent(utilisation)} of the time): other processes on its machine delay it`;
    case "lag":
      return `${worker} starts iterations late (p99 ${milliseconds(scheduleLagP99Ms ?? 0)})`;
    case "delay":
      return `${worker} sees responses late (its event loop is delayed by ${milliseconds(loopDelayP99Ms)})`;
    case "gc":
      return `${worker} collects garbage for ${percent(gcMs / widthMs)} of the time`;
  }
}

function describeStrain({ worker, severity, cause, share, otherShare, worstLagMs }: StrainFinding): string {
  const other = otherShare > 0 ? `, and strained for other reasons for ${percent(otherShare)}` : "";
  const part = `for ${percent(share)} of the run${other}`;
  switch (cause) {
    case "cpu":
      return severity === "invalid"
        ? `${worker} was CPU-bound ${part}: add workers`
        : `${worker} was nearly CPU-bound ${part} (its event loop busy for more than 80 % of the time): add workers`;
    case "starved":
      return `${worker} had to wait for a CPU ${part}: stop other processes on its machine, or run fewer workers on it`;
    case "machine":
      return `${worker} was delayed ${part} by other processes on its machine or a limit of its CPU, while its event loop was idle: stop other processes on its machine`;
    case "lag":
      return `${worker} started iterations late ${part}, by up to ${milliseconds(worstLagMs)}: add workers, and look for long computations in the test`;
    case "delay":
      return `${worker} saw responses late ${part}because its event loop was blocked: look for long computations in the test`;
    case "gc":
      return `${worker} collected garbage for more than a tenth of the time ${part}: keep less in memory, or add workers`;
  }
}

function describeStalled({ count, requests, longest }: StalledRequests): string {
  const whose = longest?.worker ?? "a worker";
  const what = longest === null ? "" : ` (for ${milliseconds(longest.stalledMs)} at ${formatClock(longest.atMs)})`;
  return `${count} of ${requests} requests (${percent(count / requests)}) were due or open while ${whose} stalled${what}: they count, but their times are left out`;
}

function describeUnsent({ count, requests, code, fileDescriptorLimit }: UnsentFinding): string {
  const why = describeExhausted(code, fileDescriptorLimit);
  const remedy = generatorLimitOf(code)?.remedy ?? "add workers on other machines";
  return `${count} of ${requests} requests (${percent(count / requests)}) could not be sent because the generator ${why}: ${remedy}`;
}

function percent(share: number): string {
  const value = share * 100;
  // 100 % is shown only for all.
  if (value >= 99.5 && value < 100) return "more than 99 %";
  return `${value >= 10 ? Math.round(value) : Number(value.toPrecision(2))} %`;
}

function milliseconds(value: number): string {
  return `${Number(value.toPrecision(3))} ms`;
}
