import { median, robustDeviation } from "../statistics/median.ts";
import type { WorkerHealth } from "./generator-run.ts";
import type { HealthFinding } from "./health-finding.ts";

/** A worker with fewer requests is not compared. */
const fewestRequests = 100;
const farOff = 0.5;
/** The difference that a busy machine alone may cause. */
const farOffMs = 2;
const deviations = 3;
/**
 * The largest difference between the class shares of a worker's users and those of all workers at which the worker still
 * has the same mix.
 */
const mixTolerance = 0.1;

interface Measured {
  readonly name: string;
  readonly p50Ms: number;
}

/**
 * Finds workers whose response times differ from the others': all send the same mix to the same service, so such a worker
 * measures its own machine or network. With only two workers it is not known which of them is right, so the finding is a
 * warning. A worker with a different mix, such as a worker with few users in a small run, or with an unknown mix, is not
 * compared.
 */
export function disagreements(workers: readonly WorkerHealth[]): HealthFinding[] {
  const mix = sharesOf(sumOf(workers.flatMap(({ userTime }) => userTime ?? [])));
  const measured = workers.flatMap(({ name, p50Ms, requests, userTime }) => {
    if (p50Ms === null || requests < fewestRequests || userTime === null) return [];
    return isAlike(sharesOf(userTime), mix) ? [{ name, p50Ms }] : [];
  });
  if (measured.length === 2) return betweenTwo(measured);
  const values = measured.map(({ p50Ms }) => p50Ms);
  const middle = median(values);
  const spread = robustDeviation(values, middle);
  return measured
    .filter(({ p50Ms }) => Math.abs(p50Ms - middle) > Math.max(farOff * middle, farOffMs, deviations * spread))
    .map(({ name, p50Ms }) => ({
      kind: "disagreement",
      severity: "invalid",
      worker: name,
      p50Ms,
      othersP50Ms: median(measured.filter((other) => other.name !== name).map((other) => other.p50Ms)),
    }));
}

function betweenTwo(pair: readonly Measured[]): HealthFinding[] {
  const [low, high] = pair.toSorted((a, b) => a.p50Ms - b.p50Ms);
  if (low === undefined || high === undefined) return [];
  if (high.p50Ms - low.p50Ms <= Math.max(farOff * low.p50Ms, farOffMs)) return [];
  const { name: worker, p50Ms } = high;
  return [{ kind: "disagreement", severity: "warned", worker, p50Ms, othersP50Ms: low.p50Ms }];
}

function sumOf(parts: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const sum = new Map<string, number>();
  for (const part of parts) for (const [name, value] of part) sum.set(name, (sum.get(name) ?? 0) + value);
  return sum;
}

function sharesOf(userTime: ReadonlyMap<string, number>): Map<string, number> {
  const total = [...userTime.values()].reduce((sum, value) => sum + value, 0);
  return new Map([...userTime].map(([name, value]) => [name, total === 0 ? 0 : value / total]));
}

function isAlike(shares: ReadonlyMap<string, number>, mix: ReadonlyMap<string, number>): boolean {
  return [...mix].every(([name, share]) => Math.abs((shares.get(name) ?? 0) - share) <= mixTolerance);
}
