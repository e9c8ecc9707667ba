// `npm run bench:open-lag [-- --seconds=10 --rounds=3 --users=50 --shares=10,25,50,75,90 --rate=… --json]`: how late an
// open load is at shares of the maximal rate, which a closed run finds unless --rate gives it. The whole tool on one core.

import type { Result } from "../src/report/result/result-schema.ts";
import { decodeAndAdd } from "../src/stats/histogram/codec.ts";
import { CumulativeHistogram } from "../src/stats/histogram/cumulative-histogram.ts";
import { Store } from "../src/store/store.ts";
import { MusterRun, scenarioFile } from "./generators/muster-run.ts";
import { BenchError } from "./machine/bench-error.ts";
import { benchOptions, positive, positiveWhole } from "./machine/bench-options.ts";
import { runBench, say } from "./machine/bench-run.ts";
import { clientCore, describeMachine, machineLine } from "./machine/machine.ts";
import { median, rounded } from "./machine/statistics.ts";
import { Nginx } from "./target/nginx.ts";

/** Those of a run before may close late. */
const spareConnections = 500;
const slackMs = 90_000;

interface LagFigure {
  readonly lagP50Ms: number;
  readonly lagP99Ms: number;
  readonly lagMaxMs: number;
  /** Iterations completed, of those that were due. */
  readonly achieved: number;
  readonly dropped: number;
  readonly responseP99Ms: number;
  readonly verdict: string;
}

/** What is due in the first seconds waits for code to be compiled. */
const warmUpSeconds = 3;

interface Measured {
  readonly result: Result;
  readonly warm: Warm;
}

/** Of the windows after the warm-up. */
interface Warm {
  readonly lag: CumulativeHistogram;
  readonly completed: number;
}

function warmPart(dataFolder: string, runId: string): Warm {
  using owned = new DisposableStack();
  const store = owned.adopt(Store.open(dataFolder), (opened) => opened.close());
  const reader = owned.adopt(store.reader(runId), (opened) => opened.close());
  const lag = new CumulativeHistogram();
  let completed = 0;
  for (const { startMs, scheduling, iterations } of reader.windows()) {
    if (scheduling === null || startMs < warmUpSeconds * 1_000) continue;
    decodeAndAdd(scheduling.scheduleLag, lag);
    completed += iterations.completed;
  }
  return { lag, completed };
}

async function measured(nginx: Nginx, seconds: number, flags: readonly string[]): Promise<Measured> {
  await nginx.quiet();
  const all = [`--host=${nginx.origin}`, `--run-time=${seconds}s`, ...flags];
  await using run = await MusterRun.start(scenarioFile("plain"), all, { core: clientCore });
  const result = await run.finished(seconds * 1_000 + slackMs);
  return { result, warm: warmPart(run.dataFolder, result.run.id) };
}

async function maximalRate(nginx: Nginx, seconds: number, users: number): Promise<number> {
  const { result } = await measured(nginx, seconds, [`--users=${users}`, `--spawn-rate=${users * 20}`]);
  return Math.round(result.total.requestsPerSecond);
}

async function lagAt(nginx: Nginx, seconds: number, users: number, rate: number): Promise<LagFigure> {
  const { result, warm } = await measured(nginx, seconds, [`--rate=${rate}`, `--users=${users}`]);
  const { total, verdict } = result;
  const { lag, completed } = warm;
  if (lag.count === 0) throw new BenchError(`no schedule lag after the first ${warmUpSeconds} s: --seconds is too few`);
  const [p50 = Number.NaN, p99 = Number.NaN] = lag.percentilesMicros([50, 99]);
  return {
    lagP50Ms: p50 / 1_000,
    lagP99Ms: p99 / 1_000,
    lagMaxMs: lag.maxMicros / 1_000,
    achieved: completed / (rate * (seconds - warmUpSeconds)),
    dropped: result.droppedIterations,
    responseP99Ms: total.responseTimeMs.percentiles["99"] ?? Number.NaN,
    verdict,
  };
}

function summary(share: number, rate: number, figures: readonly LagFigure[]) {
  const of = (field: Exclude<keyof LagFigure, "verdict">) => median(figures.map((figure) => figure[field]));
  return {
    "share of the maximal rate": `${share} %`,
    "iterations/s": rate,
    "lag p50, ms": rounded(of("lagP50Ms")),
    "lag p99, ms": rounded(of("lagP99Ms")),
    "lag max, ms": rounded(Math.max(...figures.map(({ lagMaxMs }) => lagMaxMs))),
    "achieved/offered": rounded(of("achieved"), 5),
    "dropped, of all rounds": figures.reduce((sum, { dropped }) => sum + dropped, 0),
    "response p99, ms": rounded(of("responseP99Ms")),
    verdicts: [...new Set(figures.map(({ verdict }) => verdict))].join(", "),
  };
}

await runBench(async () => {
  const options = benchOptions({ seconds: "10", rounds: "3", users: "50", shares: "10,25,50,75,90", rate: "" });
  const seconds = positiveWhole("seconds", options.seconds);
  const rounds = positiveWhole("rounds", options.rounds);
  const users = positiveWhole("users", options.users);
  const shares = options.shares.split(",").map((share) => positive("shares", share));
  const machine = describeMachine();
  await using nginx = await Nginx.start({ connections: users + spareConnections });
  const maximal = options.rate === "" ? await maximalRate(nginx, seconds, users) : positiveWhole("rate", options.rate);
  say(`maximal rate, ${users} users: ${maximal} requests/s`);
  const figures = shares.map((share) => ({
    share,
    rate: Math.round((maximal * share) / 100),
    figures: [] as LagFigure[],
  }));
  for (let round = 1; round <= rounds; round++) {
    for (const { share, rate, figures: ofShare } of figures) {
      const figure = await lagAt(nginx, seconds, users, rate);
      ofShare.push(figure);
      say(`round ${round} of ${rounds}: ${share} %, lag p99 ${figure.lagP99Ms} ms`);
    }
  }
  if (options.json) {
    console.log(
      JSON.stringify({ bench: "open-lag", users, seconds, rounds, machine, maximal, shares: figures }, null, 2),
    );
    return;
  }
  console.log(machineLine(machine));
  console.table(figures.map(({ share, rate, figures: ofShare }) => summary(share, rate, ofShare)));
  console.log(
    `Of the maximal rate of ${maximal} requests/s (closed, ${users} users; so many in the open load too). Medians of ${rounds} rounds of ${seconds} s; ` +
      `the most of all rounds for max. Lag and achieved: after the first ${warmUpSeconds} s. Offered: rate x time; achieved: completed iterations.`,
  );
});
