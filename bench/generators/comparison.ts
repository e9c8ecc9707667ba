import { median, rounded } from "../machine/statistics.ts";
import type { RoundFigure } from "./round.ts";

/** All rounds of one generator. */
export interface ComparedGenerator {
  readonly name: string;
  readonly version: string;
  readonly ratesPerSecond: readonly number[];
  readonly medianRatePerSecond: number;
  /** muster's rate by this one's, round by round: what the machine did meanwhile hit both. */
  readonly musterRatios: readonly number[];
  readonly medianMusterRatio: number;
  /** CPU time of all its processes by its requests: less shaken by what else the machine does than a rate. */
  readonly medianCpuMicrosPerRequest: number;
  /** How many times muster's that is, round by round. */
  readonly medianCpuRatio: number;
  readonly mostUncounted: number;
  readonly serverShare: number;
  readonly faults: readonly string[];
  readonly remarks: readonly string[];
}

/** `rounds` hold one figure of each generator. */
export function compare(name: string, version: string, rounds: readonly (readonly RoundFigure[])[]): ComparedGenerator {
  const own = rounds.flatMap((round) => round.filter((figure) => figure.name === name));
  const pairs = rounds.flatMap((round) => {
    const [muster, peer] = ["muster", name].map((wanted) => round.find((figure) => figure.name === wanted));
    return muster === undefined || peer === undefined ? [] : [{ muster, peer }];
  });
  const musterRatios = pairs.map(({ muster, peer }) => rounded(muster.ratePerSecond / peer.ratePerSecond, 4));
  const cpuRatios = pairs.map(({ muster, peer }) => peer.cpuMicrosPerRequest / muster.cpuMicrosPerRequest);
  const ratesPerSecond = own.map(({ ratePerSecond }) => Math.round(ratePerSecond));
  return {
    name,
    version,
    ratesPerSecond,
    medianRatePerSecond: Math.round(median(ratesPerSecond)),
    musterRatios,
    medianMusterRatio: median(musterRatios),
    medianCpuMicrosPerRequest: rounded(median(own.map((figure) => figure.cpuMicrosPerRequest)), 3),
    medianCpuRatio: rounded(median(cpuRatios), 3),
    mostUncounted: Math.max(...own.map(({ uncounted }) => uncounted)),
    serverShare: rounded(median(own.map((figure) => figure.serverShare)), 2),
    faults: own.flatMap(({ faults }) => faults),
    remarks: [...new Set(own.flatMap(({ remark }) => remark ?? []))],
  };
}

export function tableRow({ name, version, ratesPerSecond, ...figures }: ComparedGenerator) {
  return {
    generator: `${name} ${version}`,
    "requests/s": figures.medianRatePerSecond,
    "least to most": `${Math.min(...ratesPerSecond)} to ${Math.max(...ratesPerSecond)}`,
    "muster is":
      name === "muster" || Number.isNaN(figures.medianMusterRatio)
        ? ""
        : `${figures.medianMusterRatio.toPrecision(3)} x`,
    "CPU, µs": figures.medianCpuMicrosPerRequest,
    "times muster's": figures.medianCpuRatio,
    "not reported": figures.mostUncounted,
    "nginx busy": figures.serverShare,
    faults: figures.faults.length,
  };
}
