/** The number of virtual users of each worker, in total and by class. Workers are positions: 0 <= worker < workerCount. */
export interface Counts {
  readonly workerCount: number;
  readonly classCount: number;
  readonly totals: Int32Array;
  /** [class * workerCount + worker] */
  readonly ofClass: Int32Array;
}

/** Counts the virtual users 0 <= index < `end`, given the worker and the class of each. */
export function countVirtualUsers(owners: VirtualUserOwners, end: number): Counts {
  const { workers, classes, workerCount, classCount } = owners;
  const totals = new Int32Array(workerCount);
  const ofClass = new Int32Array(workerCount * classCount);
  for (let index = 0; index < end; index++) {
    const worker = workers[index] as number;
    const at = (classes[index] as number) * workerCount + worker;
    totals[worker] = (totals[worker] as number) + 1;
    ofClass[at] = (ofClass[at] as number) + 1;
  }
  return { workerCount, classCount, totals, ofClass };
}

/** The worker and the class of every virtual user, by its number. */
export interface VirtualUserOwners {
  readonly workers: Uint32Array;
  readonly classes: Uint16Array;
  readonly workerCount: number;
  readonly classCount: number;
}

/** The numbers of the virtual users of each worker, ascending. */
export function listsOf(workers: Uint32Array, workerCount: number): number[][] {
  const lists: number[][] = Array.from({ length: workerCount }, () => []);
  for (const [index, worker] of workers.entries()) lists[worker]?.push(index);
  return lists;
}
