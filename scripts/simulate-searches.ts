// `npm run simulate:searches [-- SEARCHES]`: capacity searches on simulated time, with services whose truth is computed by brute force. It
// prints the tables of docs/guide/stress.md, and takes a minute.

import { Random } from "../src/core/random.ts";
import { harmless, saturating, saturationIn, searched } from "../tests/analysis/saturation/observed-service.ts";
import { simulatedSearch } from "../tests/master/search/simulated-search.ts";
import { type KnownService, knownServices, searchTargets } from "../tests/master/search/simulated-services.ts";

const searches = Number(process.argv[2] ?? 20);
const warmUpMs = 40 * 60_000;
const endMs = 60 * 60_000;
const step = 1.02;
const lowestPerSecond = 40;
const highestPerSecond = 330;

interface Truth {
  readonly capacity: number;
  readonly knee: number;
}

/** Holds each rate for an hour, and looks at the last 20 minutes. */
function truthOf(service: KnownService): Truth {
  let [capacity, knee, power] = [0, 0, 0];
  for (let rate = lowestPerSecond; rate < highestPerSecond; rate *= step) {
    const answer = service.create(new Random(1, 1));
    const times: number[] = [];
    let failures = 0;
    for (let atMs = 0; atMs < endMs; atMs += 1_000 / rate) {
      const { atMs: doneMs, status } = answer(atMs);
      if (atMs < warmUpMs) continue;
      times.push(doneMs - atMs);
      if (status >= 400) failures++;
    }
    const p95Ms = times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0;
    if (p95Ms >= searchTargets.p95Ms || failures >= searchTargets.errorRate * times.length) continue;
    capacity = rate;
    if (rate / p95Ms > power) [knee, power] = [rate, rate / p95Ms];
  }
  return { capacity, knee };
}

function range(values: readonly number[]): string {
  if (values.length === 0) return "not found";
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => String(Math.round(value)));
  return low === high ? `${low}` : `${low} to ${high}`;
}

function share(values: readonly number[], truth: number): string {
  const worst = Math.max(0, ...values.map((value) => Math.abs(value / truth - 1)));
  return values.length === 0 ? "–" : `${(worst * 100).toFixed(0)} %`;
}

console.log(
  "| service | capacity | found | largest error | knee | found | largest error | not found (capacity, knee) |",
);
console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
for (const service of knownServices) {
  const { capacity, knee } = truthOf(service);
  const results = Array.from({ length: searches }, (_, seed) => simulatedSearch(service, seed));
  const found = results.flatMap(({ capacity: one }) =>
    "ratePerSecond" in one && one.kind !== "below" ? [one.ratePerSecond] : [],
  );
  const knees = results.flatMap(({ kneePerSecond }) => (kneePerSecond === null ? [] : [kneePerSecond]));
  const missing = `${searches - found.length}, ${searches - knees.length} of ${searches}`;
  const cells = [
    Math.round(capacity),
    range(found),
    share(found, capacity),
    Math.round(knee),
    range(knees),
    share(knees, knee),
  ];
  console.log(`| ${[service.name, ...cells, missing].join(" | ")} |`);
}

const named = Array.from({ length: 10 * searches }, (_, seed) => {
  return saturationIn(searched(seed), { ...saturating, ...harmless }).moved.map(({ name }) => name);
});
console.log(`\n| observed metric | said to have moved, of ${named.length} searches | first |`);
console.log("| --- | ---: | ---: |");
for (const name of Object.keys({ ...saturating, ...harmless })) {
  const shareOf = (count: number) => `${((count / named.length) * 100).toFixed(1)} %`;
  const [moved, first] = [named.filter((names) => names.includes(name)), named.filter((names) => names[0] === name)];
  console.log(`| ${name} | ${shareOf(moved.length)} | ${shareOf(first.length)} |`);
}
