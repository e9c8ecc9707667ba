import { ClassSequence } from "../src/core/population/class-sequence.ts";
import { PopulationOwners } from "../src/core/population/population-owners.ts";

export interface PopulationFigure {
  readonly name: string;
  /** Median over the rounds, in ms. */
  readonly value: number;
  readonly unit: "ms";
  /** The slowest round, in ms: mostly the first, before V8 has compiled it, as in a real run. */
  readonly worst: number;
}

const userCount = 100_000;
const workerCount = 1_000;
const rounds = 11;
const workers = Array.from({ length: workerCount }, (_, worker) => worker);
const sequence = new ClassSequence(Array.from({ length: 50 }, (_, index) => ({ weight: 0.1 + index * 0.37 })));

/** Milliseconds to assign 100,000 virtual users of 50 classes to 1,000 workers, and for one worker to leave and to join. */
export function run(): PopulationFigure[] {
  sequence.classOf(userCount - 1);
  return [...eventFigures(userCount), ...eventFigures(userCount / 2)];
}

/** Figures for events while so many of the virtual users exist. */
function eventFigures(population: number): PopulationFigure[] {
  const millis = { start: [] as number[], leave: [] as number[], join: [] as number[], settle: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const owners = new PopulationOwners((index) => sequence.classOf(index), 50);
    millis.start.push(millisOf(() => owners.start(workers, userCount)));
    millis.leave.push(millisOf(() => owners.leave(round, population)));
    millis.join.push(millisOf(() => owners.join(workerCount, population)));
    millis.settle.push(millisOf(() => owners.settle(Math.floor(population * 0.7))));
  }
  return Object.entries(millis).map(([name, values]) => ({
    name: `${name}, ${population} exist`,
    value: median(values),
    unit: "ms",
    worst: Math.max(...values),
  }));
}

function millisOf(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

if (import.meta.main) console.table(run());
