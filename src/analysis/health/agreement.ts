import { median, robustDeviation } from "../statistics/median.ts";
import type { HealthFinding } from "./health-finding.ts";
import type { WorkerHealth } from "./health-sample.ts";

/** Fewer requests say little about a worker. */
const fewestRequests = 100;
const farOff = 0.5;
const deviations = 3;

/**
 * The workers that measured something else than the others: all send the same mix to the same service, so who is far off
 * measures its own machine or network. Of two alone nobody can say which is right, so they are only warned about.
 */
export function disagreements(workers: readonly WorkerHealth[]): HealthFinding[] {
  const measured = workers.flatMap(({ name, p50Ms, requests }) =>
    p50Ms === null || requests < fewestRequests ? [] : [{ name, p50Ms }],
  );
  if (measured.length === 2) return betweenTwo(measured);
  const values = measured.map(({ p50Ms }) => p50Ms);
  const middle = median(values);
  const spread = robustDeviation(values, middle);
  return measured
    .filter(({ p50Ms }) => Math.abs(p50Ms - middle) > Math.max(farOff * middle, deviations * spread))
    .map(({ name, p50Ms }) => ({
      kind: "disagreement",
      severity: "invalid",
      worker: name,
      p50Ms,
      othersP50Ms: median(measured.filter((other) => other.name !== name).map((other) => other.p50Ms)),
    }));
}

function betweenTwo(pair: readonly { readonly name: string; readonly p50Ms: number }[]): HealthFinding[] {
  const [low, high] = pair.toSorted((a, b) => a.p50Ms - b.p50Ms);
  if (low === undefined || high === undefined || high.p50Ms <= (1 + farOff) * low.p50Ms) return [];
  const { name: worker, p50Ms } = high;
  return [{ kind: "disagreement", severity: "warned", worker, p50Ms, othersP50Ms: low.p50Ms }];
}
