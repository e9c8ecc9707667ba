import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ClassSequence } from "../../../src/core/population/class-sequence.ts";
import { PopulationOwners } from "../../../src/core/population/population-owners.ts";
import type { Move } from "../../../src/core/population/rebalance-moves.ts";
import { assertProperty } from "../../support/property.ts";
import { fewestMoves, filledUp, spreads } from "./population-ledger.ts";

// The best-effort bounds (those of PopulationOwners) hold for these cases, so the cases are the same in every run.
const runs = { factor: 1.5, seed: 3 };
const mostClassesApart = 3;
const mostApartEarlier = { totals: 9, classes: 6 };

type Event = { kind: "leave" | "join" | "grow" | "population" | "settle"; amount: number };

/** Applies events and checks, after each, the promises of PopulationOwners on the owners before and after. */
class Run {
  readonly #sequence: ClassSequence;
  readonly #owners: PopulationOwners;
  readonly #classCount: number;
  #workers: number[];
  #nextWorker: number;
  #population: number;
  #userCount: number;

  constructor(weights: readonly number[], workerCount: number, userCount: number) {
    this.#sequence = new ClassSequence(weights.map((weight) => ({ weight })));
    this.#classCount = weights.length;
    this.#owners = new PopulationOwners((index) => this.#sequence.classOf(index), weights.length);
    this.#workers = Array.from({ length: workerCount }, (_, at) => 3 * at + 1);
    this.#nextWorker = 3 * workerCount + 1;
    this.#userCount = userCount;
    this.#population = Math.ceil(userCount / 2);
    this.#owners.start(this.#workers, userCount);
  }

  step({ kind, amount }: Event): void {
    const before = this.#ownersNow();
    if (kind === "leave" && this.#workers.length > 1) this.#leave(before, amount);
    else if (kind === "join" && this.#workers.length < 8) this.#join(before);
    else if (kind === "grow") this.#grow(before, amount);
    else if (kind === "population") this.#population = amount % (this.#userCount + 1);
    else if (kind === "settle") this.#checkEven(before, this.#owners.settle(this.#population));
    this.#checkLists();
  }

  #leave(before: readonly number[], amount: number): void {
    const leaver = this.#workers[amount % this.#workers.length] as number;
    const [leaversTotal] = this.#totals(before, [leaver]) as [number];
    this.#workers = this.#workers.filter((worker) => worker !== leaver);
    const survivors = this.#totals(before, this.#workers);
    const moves = this.#owners.leave(leaver, this.#population);
    const after = this.#checkMoves(before, moves, () => null);
    assert.deepEqual(
      moves.map(({ index }) => before[index]),
      new Array(leaversTotal).fill(leaver),
    );
    const totals = this.#totals(after, this.#workers).sort((a, b) => a - b);
    assert.deepEqual(totals, filledUp(survivors, leaversTotal), "each went to a lowest one");
    if (fewestMoves(survivors) === 0 || fewestMoves(totals) === 0) this.#checkSpreads();
  }

  #join(before: readonly number[]): void {
    const joiner = this.#nextWorker++;
    this.#workers.push(joiner);
    this.#checkEven(before, this.#owners.join(joiner, this.#population));
  }

  #checkEven(before: readonly number[], moves: readonly Move[]): void {
    assert.equal(moves.length, fewestMoves(this.#totals(before, this.#workers)), "no more moves than needed");
    this.#checkMoves(before, moves, (index) => before[index] as number);
    this.#checkSpreads();
  }

  #grow(before: readonly number[], amount: number): void {
    this.#userCount += amount % 20;
    this.#owners.grow(this.#userCount);
    assert.deepEqual(this.#ownersNow().slice(0, before.length), before, "growing moves no virtual user");
  }

  /**
   * Checks that the moves are in order and are exactly the difference between the owners before and after, of existing
   * users.
   */
  #checkMoves(before: readonly number[], moves: readonly Move[], from: (index: number) => number | null): number[] {
    const after = this.#ownersNow();
    const changed = [...after.keys()].filter((index) => index < this.#population && after[index] !== before[index]);
    assert.deepEqual(
      moves,
      changed.map((index) => ({ index, from: from(index), to: after[index] })),
    );
    return after;
  }

  #checkSpreads(): void {
    const { before, now, fromNowOn } = spreads({
      ownerOf: (index) => this.#owners.ownerOf(index),
      classOf: (index) => this.#sequence.classOf(index),
      classCount: this.#classCount,
      workers: this.#workers,
      population: this.#population,
      userCount: this.#userCount,
    });
    assert.ok(now.totals <= 1 && fromNowOn.totals <= 1, `totals are ${fromNowOn.totals} apart`);
    assert.ok(fromNowOn.classes <= mostClassesApart, `class counts are ${fromNowOn.classes} apart`);
    assert.ok(before.totals <= mostApartEarlier.totals, `totals are ${before.totals} apart earlier`);
    assert.ok(before.classes <= mostApartEarlier.classes, `class counts are ${before.classes} apart earlier`);
  }

  /** Checks that the workers' lists are ascending and together contain all virtual users. */
  #checkLists(): void {
    const lists = this.#workers.map((worker) => this.#owners.owned(worker));
    for (const list of lists)
      assert.deepEqual(
        list,
        list.toSorted((a, b) => a - b),
      );
    const all = lists.flat().sort((a, b) => a - b);
    assert.deepEqual(
      all,
      Array.from({ length: this.#userCount }, (_, index) => index),
    );
  }

  #ownersNow(): number[] {
    return Array.from({ length: this.#userCount }, (_, index) => this.#owners.ownerOf(index));
  }

  #totals(owners: readonly number[], workers: readonly number[]): number[] {
    const existing = owners.slice(0, this.#population);
    return workers.map((worker) => existing.filter((owner) => owner === worker).length);
  }
}

test("property: after any joins, leaves, growth and changes of the population the promises hold", () => {
  const weights = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 });
  const kind = fc.constantFrom<Event["kind"]>("leave", "join", "grow", "population", "settle");
  const events = fc.array(fc.record({ kind, amount: fc.nat({ max: 400 }) }), { maxLength: 12, size: "max" });
  assertProperty(
    fc.property(
      weights,
      fc.integer({ min: 1, max: 8 }),
      fc.nat({ max: 120 }),
      events,
      (list, workers, users, steps) => {
        const run = new Run(list, workers, users);
        for (const event of steps) run.step(event);
      },
    ),
    runs,
  );
});
