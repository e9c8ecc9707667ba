import { median } from "../statistics/median.ts";
import type { Trial } from "./trial.ts";

/** A fit of the response times needs one rate more than it has parameters. */
const fewestRates = 5;
/** The typical relative error of a fit that describes the response times; a larger one describes something else. */
const largestError = 0.08;
/** The ratio between neighbouring rates that are compared: finer than the answer can be. */
const step = 1.005;
/** The exponents of the utilization, for about 1 to 100 servers that work in parallel. */
const exponents = [0, 1, 2, 3, 4, 6, 8, 13];
/** The capacities of the fit, as shares of the way from the highest rate that held to the lowest that failed. */
const capacityShares = [0.02, 0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5];

interface RatePoint {
  readonly rate: number;
  readonly p95Ms: number;
  readonly succeededPerSecond: number;
}

interface Fit {
  readonly error: number;
  readonly p95At: (rate: number) => number;
}

/**
 * Estimates the knee: the rate with the highest "power", which is throughput divided by response time. Below it more load
 * is cheap; above it each further request slows down all others. Only rates that the service holds count: a service that
 * rejects the excess is fast, but not useful.
 *
 * The p95 of single trials is too noisy near the capacity to choose the best trial. So the waiting time of a queue with
 * several servers is fitted to all trials: it grows with u^k / (1 - u), where u is the utilization.
 *
 * Source: L. Kleinrock, "Power and deterministic rules of thumb for probabilistic problems in computer communications",
 * ICC 1979; H. Sakasegawa, "An approximation formula", Annals of the Institute of Statistical Mathematics 29 (1977).
 *
 * @param held trials that passed, at rates up to the capacity
 * @param failsAtPerSecond the lowest rate that failed; null if none did
 * @returns null if too few rates were measured, or they do not behave like a queue
 */
export function kneeOf(held: readonly Trial[], failsAtPerSecond: number | null): number | null {
  const points = pointsOf(held);
  const [lowest, highest] = [points[0], points.at(-1)];
  if (lowest === undefined || highest === undefined || points.length < fewestRates || failsAtPerSecond === null)
    return null;
  const fit = bestFit(points, highest.rate, failsAtPerSecond);
  if (fit === null || fit.error > largestError) return null;
  let [knee, power] = [lowest.rate, 0];
  for (let rate = lowest.rate; rate <= highest.rate * (1 + 1e-9); rate *= step) {
    const there = rate / fit.p95At(rate);
    if (there > power) [knee, power] = [rate, there];
  }
  // The lowest rate has the highest power: the knee may be at an even lower rate.
  if (knee === lowest.rate) return null;
  return knee * step > highest.rate ? highest.rate : Number(knee.toPrecision(4));
}

function pointsOf(held: readonly Trial[]): RatePoint[] {
  const byRate = Map.groupBy(held, ({ ratePerSecond }) => ratePerSecond);
  return [...byRate]
    .map(([rate, some]) => ({
      rate,
      p95Ms: median(some.map(({ measurement }) => Math.max(measurement.p95Ms, 1e-3))),
      succeededPerSecond: median(some.map(({ measurement }) => measurement.succeededPerSecond)),
    }))
    .sort((a, b) => a.rate - b.rate);
}

function bestFit(points: readonly RatePoint[], heldPerSecond: number, failsAtPerSecond: number): Fit | null {
  let best: Fit | null = null;
  for (const share of capacityShares) {
    const capacity = heldPerSecond + share * (failsAtPerSecond - heldPerSecond);
    for (const exponent of exponents) {
      const fit = fitQueue(points, (rate) => (rate / capacity) ** exponent / (1 - rate / capacity));
      if (fit !== null && (best === null || fit.error < best.error)) best = fit;
    }
  }
  return best;
}

/** Fits p95 = service + factor * waiting(rate) by least squares of the relative errors; `service` and `factor` are 0 or more. */
function fitQueue(points: readonly RatePoint[], waiting: (rate: number) => number): Fit | null {
  let [ss, sw, ww, s1, w1] = [0, 0, 0, 0, 0];
  for (const { rate, p95Ms } of points) {
    const [service, wait] = [1 / p95Ms, waiting(rate) / p95Ms];
    ss += service * service;
    sw += service * wait;
    ww += wait * wait;
    s1 += service;
    w1 += wait;
  }
  const determinant = ss * ww - sw * sw;
  const free = determinant > 0 ? [(s1 * ww - w1 * sw) / determinant, (ss * w1 - sw * s1) / determinant] : [];
  const [service = 0, factor = 0] = free.every((one) => one >= 0) && free.length > 0 ? free : [s1 / ss, 0];
  if (!(service > 0)) return null;
  const p95At = (rate: number) => service + factor * waiting(rate);
  const errors = points.map(({ rate, p95Ms }) => Math.abs(Math.log(p95At(rate) / p95Ms)));
  return { error: errors.reduce((sum, error) => sum + error, 0) / errors.length, p95At };
}
