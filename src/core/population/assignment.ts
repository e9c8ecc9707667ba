import { assignFuture } from "./rebalance-future.ts";

/**
 * Assigns every virtual user to a worker so that, among the first n virtual users for every n, the totals of any two
 * workers differ by at most 1, and so do their counts of each class.
 *
 * Cut the virtual users into blocks of W = `workerCount` consecutive ones, and those of each class, taken alone, likewise.
 * With blocks and class blocks as the two sides of a bipartite graph, each virtual user is an edge between its two blocks:
 *
 *     all VUs    | 0 1 2 | 3 4 5 | ...        every node has at most W edges, so W colours suffice
 *                  |  \ /   | \ /             (D. König, 1916), and a colour (a worker) occurs
 *     class A    | 0 2 3 | 5 ... |            exactly once in every full block of either kind.
 *     class B    | 1 4 ...
 *
 * The first W virtual users go to workers 0, 1, 2, ... as far as later ones allow. With another `userCount`, the same
 * virtual user may get another worker.
 *
 * @param classOf the class of virtual user `index`, in 0 <= class < classCount
 * @returns the worker's position, in 0 <= position < workerCount, by virtual user number
 * @throws RangeError if there is no worker, or a class or count is out of range
 */
export function assignWorkers(
  classOf: (index: number) => number,
  classCount: number,
  userCount: number,
  workerCount: number,
): Uint32Array {
  if (!Number.isSafeInteger(workerCount) || workerCount < 1)
    throw new RangeError(`cannot assign to ${workerCount} workers`);
  if (!Number.isSafeInteger(userCount) || userCount < 0)
    throw new RangeError(`cannot assign ${userCount} virtual users`);
  const classes = Uint16Array.from({ length: userCount }, (_, index) => classOf(index));
  const wrong = classes.findIndex((userClass) => userClass >= classCount);
  if (wrong >= 0) throw new RangeError(`virtual user ${wrong} has class ${classes[wrong]} of ${classCount}`);
  const workers = new Uint32Array(userCount);
  assignFuture({ workers, classes, workerCount, classCount }, 0);
  return workers;
}
