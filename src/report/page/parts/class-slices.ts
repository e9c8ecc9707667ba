import type { ClassTasks } from "../../../stats/interval-report.ts";
import type { ClassSlices } from "../model.ts";
import { type Block, BlockEndpoint } from "../window-blocks.ts";
import { type Cell, cellOf, columnsOfCells, lengthOfCell, mergedCells, noCell } from "./slice-cells.ts";

/** The activity of a user class in one slice. */
export interface ClassCell {
  /** The iterations that its users started, in all scenarios. */
  readonly executions: number;
  /** Its requests; null if they were not recorded separately. */
  readonly requests: Cell | null;
}

export type ClassCells = ReadonlyMap<string, ClassCell>;

/** The key under which requests are recorded for a threshold that selects only a class; see `conditionsKey`. */
const recordedClass = /^class:("(?:[^"\\]|\\.)*")$/;

/** Adds up the activity of the user classes in the current slice. */
export class OpenClasses {
  readonly #executions = new Map<string, number>();
  readonly #requests = new Map<string, BlockEndpoint>();

  add({ tasks, samples }: Pick<Block, "tasks" | "samples">): void {
    for (const { className, tasks: some } of tasks) {
      if (className === "") continue;
      this.#executions.set(className, (this.#executions.get(className) ?? 0) + executionsOf(some));
    }
    for (const { kind, samples: report } of samples) {
      const [, name] = kind === "slice" ? (recordedClass.exec(report.name) ?? []) : [];
      if (name === undefined) continue;
      const className: string = JSON.parse(name);
      const sum = this.#requests.get(className) ?? new BlockEndpoint("", className);
      this.#requests.set(className, sum);
      sum.add(report);
    }
  }

  /** Ends the slice and returns its cells. */
  close(): ClassCells {
    const names = new Set([...this.#executions.keys(), ...this.#requests.keys()]);
    const cells = new Map<string, ClassCell>();
    for (const name of names) {
      const requests = this.#requests.get(name);
      cells.set(name, {
        executions: this.#executions.get(name) ?? 0,
        requests: requests === undefined ? null : cellOf(requests),
      });
      requests?.reset();
    }
    this.#executions.clear();
    return cells;
  }
}

export function mergedClasses(a: ClassCells, b: ClassCells): ClassCells {
  if (b.size === 0) return a;
  const all = new Map(a);
  for (const [name, { executions, requests }] of b) {
    const known = all.get(name);
    const both = [known?.requests ?? null, requests].filter((cell) => cell !== null);
    all.set(name, {
      executions: (known?.executions ?? 0) + executions,
      requests: both.length === 0 ? null : both.reduce(mergedCells, noCell),
    });
  }
  return all;
}

/** The length of the classes in a report, measured as for cells. */
export function lengthOfClasses(cells: ClassCells): number {
  return [...cells.values()].reduce(
    (sum, { requests }) => sum + 1 + (requests === null ? 0 : lengthOfCell(requests)),
    0,
  );
}

/** The columns of the classes of successive slices. @param hasTimes whether their times fit into the report */
export function classColumns(slices: readonly ClassCells[], hasTimes: boolean): ClassSlices[] {
  const names = [...new Set(slices.flatMap((cells) => [...cells.keys()]))].sort();
  return names.map((name): ClassSlices => {
    const cells = slices.map((slice) => slice.get(name));
    const isRecorded = cells.some((cell) => cell !== undefined && cell.requests !== null);
    const columns = columnsOfCells(cells.map((cell) => cell?.requests ?? noCell));
    return {
      name,
      executions: cells.map((cell) => cell?.executions ?? 0),
      requests: !isRecorded ? null : hasTimes ? columns : { ...columns, responseTime: null, serviceTime: null },
    };
  });
}

function executionsOf(tasks: ClassTasks["tasks"]): number {
  return tasks.reduce((sum, { executions }) => sum + executions, 0);
}
