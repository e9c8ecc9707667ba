import { countsInTotals } from "../../../core/measure-kind.ts";
import { byCodeUnit } from "../../../stats/error-totals.ts";
import type { Slices } from "../model.ts";
import { type Block, BlockEndpoint } from "../window-blocks.ts";
import { type ClassCells, classColumns, lengthOfClasses, mergedClasses, OpenClasses } from "./class-slices.ts";
import {
  type Cell,
  cellOf,
  columnsOfCells,
  countsOfCell,
  lengthOfCell,
  mergedCells,
  noCell,
  phasesOfCells,
  timesOfCell,
} from "./slice-cells.ts";
import { mergedSums, noSums, type SliceSums, seriesOfSlices, sumsOf } from "./slice-series.ts";
import {
  lengthOfTestCells,
  mergedTestCells,
  noTestCells,
  OpenTestCells,
  type TestCells,
  testColumns,
} from "./test-slices.ts";

/** The widths of slices in seconds. Each is a multiple of the one before, so that slices can be merged. */
const widths = [1, 5, 10, 30, 60, 300, 600, 1_800, 3_600, 7_200, 14_400, 86_400, 604_800];
const mostSlices = 120;
/** The least number of slices: fewer are too coarse to select a part of the run. Endpoints are left out instead. */
const fewestSlices = 20;
/** The maximum length of all packed histograms and counts in a report, in characters. gzip compresses each to about a byte. */
const usualLength = 30_000;
/** The length of the histogram of a slice with very many times, in characters. */
const mostOfCell = 1_200;
/** The maximum number of endpoints that have counts of their own. They are the ones with the most requests. */
const mostEndpoints = 200;
/**
 * The maximum number of endpoints with phases of their own. With more endpoints the phases are kept only for all
 * together, because they would take too much of the report.
 */
const mostWithPhases = 20;
/** The maximum length while slices are added, as a multiple of the maximum of the result. It bounds the memory. */
const mostAtOnce = 20;

interface Named {
  readonly method: string;
  readonly name: string;
  requests: number;
}

interface Slice {
  readonly startMs: number;
  readonly cells: ReadonlyMap<string, Cell>;
  readonly classes: ClassCells;
  readonly ofTest: TestCells;
  readonly sums: SliceSums;
}

/** Adds up the blocks of a run into slices. */
export class SlicesBuilder {
  #slices: Slice[] = [];
  #width: number;
  readonly #mostLength: number;
  #length = 0;
  #endMs = 0;
  #openFromMs: number | null = null;
  #openSums = noSums;
  readonly #openClasses = new OpenClasses();
  readonly #openOfTest = new OpenTestCells();
  readonly #open = new Map<string, BlockEndpoint>();
  readonly #named = new Map<string, Named>();

  /** @param mostLength the approximate maximum length of the result, in characters */
  constructor(durationMs: number, mostLength = usualLength) {
    this.#mostLength = mostLength;
    const fitting = widths.findIndex((width) => durationMs / 1_000 / width <= mostSlices);
    this.#width = fitting < 0 ? widths.length - 1 : fitting;
  }

  add(block: Block): void {
    const { startMs, widthMs, endpoints } = block;
    if (this.#openFromMs !== null && this.#group(startMs) !== this.#group(this.#openFromMs)) this.#close();
    this.#openFromMs ??= startMs;
    this.#endMs = startMs + widthMs;
    this.#openSums = mergedSums(this.#openSums, sumsOf(block));
    this.#openClasses.add(block);
    this.#openOfTest.add(block);
    for (const endpoint of endpoints) {
      const { method, name, requests } = endpoint;
      const key = `${method} ${name}`;
      const named = this.#named.get(key);
      if (named === undefined) this.#named.set(key, { method, name, requests });
      else named.requests += requests;
      let sum = this.#open.get(key);
      if (sum === undefined) {
        sum = new BlockEndpoint(method, name);
        this.#open.set(key, sum);
      }
      sum.merge(endpoint);
    }
  }

  /** @param time the time over which requests per second are counted for the whole run, and the pauses in it */
  finish(time: Pick<Slices, "measuredMs" | "pausesMs">): Slices {
    this.#close();
    while (!this.#fits && this.#slices.length >= 2 * fewestSlices && this.#width < widths.length - 1) this.#coarsen();
    const shown = this.#shown();
    const timed = this.#timed(shown);
    const named = shown.sort(([, a], [, b]) => byCodeUnit(a.name, b.name) || byCodeUnit(a.method, b.method));
    const names = new Set(named.map(([key]) => key));
    const inRest = [...this.#named].filter(([key, endpoint]) => !timed.has(key) && countsInTotals(endpoint));
    return {
      startMs: this.#slices.map(({ startMs }) => startMs),
      endMs: this.#endMs,
      ...time,
      endpoints: named.map(([key, { method, name }]) => {
        const cells = this.#slices.map((slice) => slice.cells.get(key) ?? noCell);
        const columns = columnsOfCells(cells);
        return {
          method,
          name,
          ...(timed.has(key) ? columns : { ...columns, responseTime: null, serviceTime: null }),
          ...(named.length <= mostWithPhases ? { phasesMs: phasesOfCells(cells) } : {}),
        };
      }),
      rest:
        inRest.length === 0
          ? null
          : columnsOfCells(
              this.#slices.map(({ cells }) => {
                const all = inRest.map(([key]) => [key, cells.get(key) ?? noCell] as const);
                return all.reduce(
                  (sum, [key, cell]) => mergedCells(sum, names.has(key) ? timesOfCell(cell) : cell),
                  noCell,
                );
              }),
            ),
      series: seriesOfSlices(this.#slices.map(({ sums }) => sums)),
      classes: classColumns(
        this.#slices.map(({ classes }) => classes),
        this.#fits,
      ),
      ...testColumns(
        this.#slices.map(({ ofTest }) => ofTest),
        this.#fits,
      ),
      omittedEndpoints: this.#named.size - names.size,
    };
  }

  #group(atMs: number): number {
    return Math.floor(atMs / 1_000 / (widths[this.#width] ?? 1));
  }

  #close(): void {
    if (this.#openFromMs === null) return;
    const cells = new Map<string, Cell>();
    for (const [key, endpoint] of this.#open) {
      if (endpoint.requests === 0) continue;
      const cell = cellOf(endpoint);
      cells.set(key, cell);
      this.#length += lengthOfCell(cell);
      endpoint.reset();
    }
    const classes = this.#openClasses.close();
    const ofTest = this.#openOfTest.close();
    this.#length += lengthOfClasses(classes) + lengthOfTestCells(ofTest);
    this.#slices.push({ startMs: this.#openFromMs, cells, classes, ofTest, sums: this.#openSums });
    this.#openSums = noSums;
    this.#openFromMs = null;
    while (this.#length > mostAtOnce * this.#mostLength && this.#slices.length > 1 && this.#width < widths.length - 1) {
      this.#coarsen();
    }
  }

  /** Merges slices to the next width. */
  #coarsen(): void {
    this.#width += 1;
    const groups = Map.groupBy(this.#slices, ({ startMs }) => this.#group(startMs));
    this.#slices = [...groups.values()].map((slices) => mergedSlice(slices));
    this.#length = this.#slices.reduce((sum, slice) => sum + lengthOfSlice(slice), 0);
  }

  get #fits(): boolean {
    return this.#length <= this.#mostLength;
  }

  /** Returns the endpoints that have counts of their own: the ones with the most requests. */
  #shown(): [key: string, endpoint: Named][] {
    return [...this.#named].sort(([, a], [, b]) => b.requests - a.requests).slice(0, mostEndpoints);
  }

  /** Returns the keys of the endpoints whose times fit into the report. */
  #timed(shown: readonly (readonly [key: string, endpoint: Named])[]): ReadonlySet<string> {
    if (this.#fits) return new Set(shown.map(([key]) => key));
    // The times of all other endpoints together also take some of the length.
    const counts = this.#slices.length * shown.length * countsOfCell;
    let left = this.#mostLength - this.#slices.length * mostOfCell - counts;
    const timed = new Set<string>();
    for (const [key] of shown) {
      const length = this.#slices.reduce((sum, { cells }) => sum + lengthOfCell(cells.get(key) ?? noCell), 0);
      if (length > left) continue;
      left -= length;
      timed.add(key);
    }
    return timed;
  }
}

function lengthOfSlice({ cells, classes, ofTest }: Slice): number {
  const rest = lengthOfClasses(classes) + lengthOfTestCells(ofTest);
  return [...cells.values()].reduce((sum, cell) => sum + lengthOfCell(cell), rest);
}

function mergedSlice(slices: readonly Slice[]): Slice {
  const cells = new Map<string, Cell>();
  for (const slice of slices) {
    for (const [key, cell] of slice.cells) cells.set(key, mergedCells(cells.get(key) ?? noCell, cell));
  }
  const sums = slices.reduce((sum, slice) => mergedSums(sum, slice.sums), noSums);
  const none: ClassCells = new Map();
  const classes = slices.reduce((sum, slice) => mergedClasses(sum, slice.classes), none);
  const ofTest = slices.reduce((sum, slice) => mergedTestCells(sum, slice.ofTest), noTestCells);
  return { startMs: slices[0]?.startMs ?? 0, cells, classes, ofTest, sums };
}
