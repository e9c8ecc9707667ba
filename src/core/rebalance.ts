import { countVirtualUsers, type VirtualUserOwners } from "./population/rebalance-counts.ts";
import { ClassFlow } from "./population/rebalance-flow.ts";
import { carryOut, type PositionMove } from "./population/rebalance-moves.ts";

/**
 * Hands what the worker `leaver` has of the virtual users 0 <= index < `population` to the others, each to one of the lowest
 * total then. Nothing else moves, so totals of the others that differed by at most 1 still do; else they come nearer.
 *
 * Among all ways to do that the sum of the squares of the others' class counts is the lowest.
 *
 * @returns the moves, ascending by index, which `owners.workers` has been changed by
 */
export function handOver(owners: VirtualUserOwners, population: number, leaver: number): PositionMove[] {
  const counts = countVirtualUsers(owners, population);
  const flow = new ClassFlow(counts, { leaver });
  for (let left = counts.totals[leaver] as number; left > 0; left--) flow.moveOne();
  return carryOut(owners, population, flow);
}

/**
 * Moves the fewest of the virtual users 0 <= index < `population` that make any two totals differ by at most 1.
 *
 * Among all ways to do that with so few the sum of the squares of the class counts is the lowest.
 *
 * @returns the moves, ascending by index, which `owners.workers` has been changed by
 */
export function evenOut(owners: VirtualUserOwners, population: number): PositionMove[] {
  const counts = countVirtualUsers(owners, population);
  const flow = new ClassFlow(counts, { leaver: null, lower: Math.floor(population / owners.workerCount) });
  while (Math.max(...counts.totals) - Math.min(...counts.totals) > 1) flow.moveOne();
  return carryOut(owners, population, flow);
}
