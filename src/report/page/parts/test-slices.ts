import type { CheckCounts } from "../../../stats/interval-report.ts";
import type { CheckSlices, GroupSlices } from "../model.ts";
import { type Block, BlockEndpoint } from "../window-blocks.ts";
import { type Cell, cellOf, columnsOfCells, countsOfCell, lengthOfCell, mergedCells, noCell } from "./slice-cells.ts";

/** The maximum number of groups, and of checks, in slices. The first ones of the run are kept. */
const mostNamed = 24;

/** The counts in one slice of what the test's code records besides requests: its groups and its checks, by name. */
export interface TestCells {
  readonly groups: ReadonlyMap<string, Cell>;
  readonly checks: ReadonlyMap<string, CheckCounts>;
}

export const noTestCells: TestCells = { groups: new Map(), checks: new Map() };

/** Adds up the groups and checks of the current slice. */
export class OpenTestCells {
  readonly #groups = new Map<string, BlockEndpoint>();
  readonly #checks = new Map<string, CheckCounts>();
  readonly #named = new Set<string>();

  add({ samples, checks }: Pick<Block, "samples" | "checks">): void {
    for (const { kind, samples: report } of samples) {
      if (kind !== "group" || !this.#admits(this.#groups.size, `group ${report.name}`)) continue;
      const sum = this.#groups.get(report.name) ?? new BlockEndpoint("", report.name);
      this.#groups.set(report.name, sum);
      sum.add(report);
    }
    for (const check of checks) {
      if (this.#admits(this.#checks.size, `check ${check.name}`)) addCheck(this.#checks, check);
    }
  }

  /** Ends the slice and returns its cells. */
  close(): TestCells {
    const ran = [...this.#groups].filter(([, { requests }]) => requests > 0);
    const groups = new Map(ran.map(([name, sum]) => [name, cellOf(sum)]));
    const checks = new Map([...this.#checks].filter(([, { passes, failures }]) => passes + failures > 0));
    for (const sum of this.#groups.values()) sum.reset();
    for (const name of this.#checks.keys()) this.#checks.set(name, { name, passes: 0, failures: 0 });
    return { groups, checks };
  }

  #admits(count: number, key: string): boolean {
    if (!this.#named.has(key) && count >= mostNamed) return false;
    this.#named.add(key);
    return true;
  }
}

export function mergedTestCells(a: TestCells, b: TestCells): TestCells {
  const groups = new Map(a.groups);
  for (const [name, cell] of b.groups) groups.set(name, mergedCells(groups.get(name) ?? noCell, cell));
  const checks = new Map(a.checks);
  for (const check of b.checks.values()) addCheck(checks, check);
  return { groups, checks };
}

function addCheck(checks: Map<string, CheckCounts>, { name, passes, failures }: CheckCounts): void {
  const before = checks.get(name);
  checks.set(name, {
    name,
    passes: (before?.passes ?? 0) + passes,
    failures: (before?.failures ?? 0) + failures,
  });
}

/** The length of the groups and checks in a report, measured as for cells. */
export function lengthOfTestCells({ groups, checks }: TestCells): number {
  const ofGroups = [...groups.values()].reduce((sum, cell) => sum + lengthOfCell(cell), 0);
  return ofGroups + (checks.size * countsOfCell) / 2;
}

/** The columns of the groups and checks of successive slices. @param hasTimes whether the times of groups fit into the report */
export function testColumns(
  slices: readonly TestCells[],
  hasTimes: boolean,
): { readonly groups: readonly GroupSlices[]; readonly checks: readonly CheckSlices[] } {
  const groups = namesIn(slices.map((cells) => cells.groups)).map((name): GroupSlices => {
    const columns = columnsOfCells(slices.map((cells) => cells.groups.get(name) ?? noCell));
    return { name, ...columns, ...(hasTimes ? {} : { responseTime: null, serviceTime: null }) };
  });
  const checks = namesIn(slices.map((cells) => cells.checks)).map(
    (name): CheckSlices => ({
      name,
      passes: slices.map((cells) => cells.checks.get(name)?.passes ?? 0),
      failures: slices.map((cells) => cells.checks.get(name)?.failures ?? 0),
    }),
  );
  return { groups, checks };
}

function namesIn(maps: readonly ReadonlyMap<string, unknown>[]): string[] {
  return [...new Set(maps.flatMap((map) => [...map.keys()]))].sort();
}
