// `npm run bench:growth [-- --seconds=6 --rounds=3 --users=10,50,500,5000 --endpoints=1,20,200,1000 --json]`: the whole
// tool's CPU per request as users and endpoints grow, all on one core.

import type { Generator } from "./generators/generator.ts";
import { muster, musterWithEndpoints } from "./generators/muster.ts";
import { type RoundFigure, runRound } from "./generators/round.ts";
import { BenchError } from "./machine/bench-error.ts";
import { benchOptions, positiveWhole } from "./machine/bench-options.ts";
import { runBench, say } from "./machine/bench-run.ts";
import { describeMachine, machineLine } from "./machine/machine.ts";
import { median, rounded } from "./machine/statistics.ts";
import { Nginx } from "./target/nginx.ts";

/** Tools may close theirs late. */
const spareConnections = 500;
const usualUsers = 50;

/** One load, measured once in each round. */
interface Case {
  readonly what: string;
  readonly generator: Generator;
  readonly users: number;
  readonly figures: RoundFigure[];
}

function casesOf(users: readonly number[], endpoints: readonly number[]): Case[] {
  return [
    ...users.map((count) => ({ what: `${count} users`, generator: muster, users: count, figures: [] })),
    ...endpoints.map((count) => ({
      what: `${count} endpoints, parsed and checked`,
      generator: musterWithEndpoints(count),
      users: usualUsers,
      figures: [],
    })),
  ];
}

function rowOf({ what, figures }: Case) {
  return {
    load: what,
    "CPU per request, µs": rounded(median(figures.map((figure) => figure.cpuMicrosPerRequest)), 3),
    "requests/s": Math.round(median(figures.map((figure) => figure.ratePerSecond))),
    "nginx busy": rounded(median(figures.map((figure) => figure.serverShare)), 2),
  };
}

await runBench(async () => {
  const options = benchOptions({ seconds: "6", rounds: "3", users: "10,50,500,5000", endpoints: "1,20,200,1000" });
  const seconds = positiveWhole("seconds", options.seconds);
  const rounds = positiveWhole("rounds", options.rounds);
  const users = options.users.split(",").map((text) => positiveWhole("users", text));
  const endpoints = options.endpoints.split(",").map((text) => positiveWhole("endpoints", text));
  const machine = describeMachine();
  await using nginx = await Nginx.start({ connections: Math.max(usualUsers, ...users) + spareConnections });
  const cases = casesOf(users, endpoints);
  for (let round = 1; round <= rounds; round++) {
    for (const { what, generator, users: count, figures } of cases) {
      const variant = generator === muster ? "plain" : "endpoints";
      const figure = await runRound(generator, nginx, { variant, users: count, seconds });
      if (figure.faults.length > 0) throw new BenchError(`${what}: ${figure.faults.join("; ")}`);
      figures.push(figure);
      say(`round ${round} of ${rounds}: ${what}, ${rounded(figure.cpuMicrosPerRequest, 3)} µs`);
    }
  }
  if (options.json) console.log(JSON.stringify({ bench: "growth", seconds, rounds, machine, cases }, null, 2));
  else {
    console.log(machineLine(machine));
    console.table(cases.map(rowOf));
    console.log(`Medians of ${rounds} rounds of ${seconds} s. CPU: of master and worker, their start included.`);
  }
});
