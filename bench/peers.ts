// `npm run bench:peers [-- --variant=plain|endpoints|tls --seconds=8 --rounds=5 --users=50 --only=wrk,muster --json]`:
// muster and its peers in turn against the same nginx; each on one core, nginx on the other. Exits with 1 when counts do
// not agree.

import { artillery } from "./generators/artillery.ts";
import { autocannon } from "./generators/autocannon.ts";
import { type ComparedGenerator, compare, tableRow } from "./generators/comparison.ts";
import { type Generator, variants } from "./generators/generator.ts";
import { h2load } from "./generators/h2load.ts";
import { hey } from "./generators/hey.ts";
import { locustFastHttpUser, locustHttpUser } from "./generators/locust.ts";
import { muster, musterByUndici } from "./generators/muster.ts";
import { type RoundFigure, runRound } from "./generators/round.ts";
import { wrk } from "./generators/wrk.ts";
import { BenchError } from "./machine/bench-error.ts";
import { benchOptions, oneOf, positiveWhole } from "./machine/bench-options.ts";
import { runBench, say } from "./machine/bench-run.ts";
import { describeMachine, machineLine } from "./machine/machine.ts";
import { Nginx } from "./target/nginx.ts";

const all: readonly Generator[] = [
  muster,
  wrk,
  h2load,
  musterByUndici,
  autocannon,
  hey,
  locustFastHttpUser,
  locustHttpUser,
  artillery,
];

/** Tools may close theirs late. */
const spareConnections = 500;

const notes = {
  plain: "keep-alive GET of 110 B JSON; muster and Locust: 3 tasks by weight; the others: one URL",
  endpoints: "muster and Locust: 20 endpoints by weight, each answer parsed as JSON and checked; the others: one URL",
  tls: "as plain, by https with a certificate signed by itself; muster verifies it, the peers do not",
};
const accounting =
  "muster runs with its defaults: master and worker on the core of the generators, its store on. nginx's own count of " +
  "requests less the reported one must be 0 for muster, and from 0 to the number of users for a peer, which forgets " +
  "what is on its way at the end; without TLS, muster's bytesIn must be requests x bytes of an answer, exactly.";

interface Installed {
  readonly generator: Generator;
  readonly version: string;
}

async function installed(only: string): Promise<Installed[]> {
  const wanted = only === "" ? all : only.split(",").map(generatorOf);
  const found: Installed[] = [];
  for (const generator of wanted) {
    const version = await generator.version();
    if (version === null) say(`${generator.name} is left out, as it is not installed: ${generator.install}`);
    else found.push({ generator, version });
  }
  return found;
}

function generatorOf(name: string): Generator {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const found = all.find((generator) => plain(generator.name) === plain(name));
  if (found === undefined) {
    throw new BenchError(`--only=${name}: not one of ${all.map((generator) => generator.name).join(", ")}`);
  }
  return found;
}

/** Each round begins with another generator, so that none always has the same neighbour. */
function rotated<Item>(items: readonly Item[], by: number): Item[] {
  return items.map((_, index) => items[(index + by) % items.length] as Item);
}

function print(compared: readonly ComparedGenerator[]): void {
  console.table(compared.map(tableRow));
  for (const { name, faults, remarks } of compared) {
    for (const line of [...faults, ...remarks]) console.log(`${name}: ${line}`);
  }
}

await runBench(async () => {
  const options = benchOptions({ variant: "plain", seconds: "8", rounds: "5", users: "50", only: "" });
  const variant = oneOf("variant", options.variant, variants);
  const seconds = positiveWhole("seconds", options.seconds);
  const rounds = positiveWhole("rounds", options.rounds);
  const users = positiveWhole("users", options.users);
  const machine = describeMachine();
  const generators = await installed(options.only);
  await using nginx = await Nginx.start({ connections: users + spareConnections, tls: variant === "tls" });
  const figures: RoundFigure[][] = [];
  for (let round = 0; round < rounds; round++) {
    const figuresOfRound: RoundFigure[] = [];
    for (const { generator } of rotated(generators, round)) {
      const figure = await runRound(generator, nginx, { variant, users, seconds });
      figuresOfRound.push(figure);
      say(`round ${round + 1} of ${rounds}: ${generator.name}, ${Math.round(figure.ratePerSecond)} requests/s`);
    }
    figures.push(figuresOfRound);
  }
  const compared = generators.map(({ generator, version }) => compare(generator.name, version, figures));
  const head = { bench: "peers", variant, seconds, rounds, users, machine, load: notes[variant], accounting };
  if (options.json) console.log(JSON.stringify({ ...head, generators: compared }, null, 2));
  else {
    console.log(
      `${machineLine(machine)}\n${variant}, ${users} users, ${rounds} rounds of ${seconds} s: ${notes[variant]}.`,
    );
    print(compared);
    console.log(accounting);
  }
  if (compared.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
});
