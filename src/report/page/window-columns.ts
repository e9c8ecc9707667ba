import type { CumulativeHistogram } from "../../stats/histogram/cumulative-histogram.ts";
import { significantMs } from "../numbers.ts";
import type { EndpointColumns, WindowColumns } from "./model.ts";
import type { Block, BlockEndpoint } from "./window-blocks.ts";

const shownPercentiles = [50, 95, 99] as const;

type Growing<Columns> = {
  -readonly [Name in keyof Columns]: Columns[Name] extends readonly (infer Value)[] ? Value[] : never;
};

/** Builds columns with one entry per block. */
export class WindowColumnsBuilder {
  readonly #startMs: number[] = [];
  readonly #widthMs: number[] = [];
  readonly #users: number[] = [];
  readonly #usersByClass = new Map<string, number[]>();
  readonly #iterations: number[] = [];
  readonly #droppedIterations: number[] = [];
  readonly #total = emptyColumns();
  readonly #endpoints = new Map<string, Growing<EndpointColumns>>();
  readonly #shown: readonly Endpoint[];
  readonly #omitted: number;

  /**
   * @param shown the endpoints with columns
   * @param omitted the number of endpoints without columns
   */
  constructor(shown: readonly Endpoint[], omitted: number) {
    this.#shown = shown;
    this.#omitted = omitted;
    for (const endpoint of shown) this.#endpoints.set(keyOf(endpoint), emptyColumns());
  }

  add(block: Block): void {
    const position = this.#startMs.length;
    this.#startMs.push(block.startMs);
    this.#widthMs.push(block.widthMs);
    this.#users.push(block.users);
    for (const [name, count] of block.usersByClass) padded(this.#classColumn(name), position).push(count);
    this.#iterations.push(block.iterations);
    this.#droppedIterations.push(block.droppedIterations);
    addEntry(this.#total, position, block.total);
    for (const endpoint of block.endpoints) {
      const columns = this.#endpoints.get(keyOf(endpoint));
      if (columns !== undefined) addEntry(columns, position, endpoint);
    }
  }

  finish(): WindowColumns {
    const length = this.#startMs.length;
    return {
      startMs: this.#startMs,
      widthMs: this.#widthMs,
      users: this.#users,
      usersByClass: Object.fromEntries([...this.#usersByClass].map(([name, counts]) => [name, padded(counts, length)])),
      iterations: this.#iterations,
      droppedIterations: this.#droppedIterations,
      total: paddedColumns(this.#total, length),
      endpoints: this.#shown.map(({ method, name }) => {
        const columns = this.#endpoints.get(keyOf({ method, name })) ?? emptyColumns();
        return { method, name, ...paddedColumns(columns, length) };
      }),
      omittedEndpoints: this.#omitted,
    };
  }

  #classColumn(name: string): number[] {
    const column = this.#usersByClass.get(name) ?? [];
    this.#usersByClass.set(name, column);
    return column;
  }
}

type Endpoint = Pick<BlockEndpoint, "method" | "name">;

function keyOf({ method, name }: Endpoint): string {
  return `${method} ${name}`;
}

function emptyColumns(): Growing<EndpointColumns> {
  return { requests: [], failures: [], p50Ms: [], p95Ms: [], p99Ms: [] };
}

function addEntry(columns: Growing<EndpointColumns>, position: number, endpoint: BlockEndpoint): void {
  paddedColumns(columns, position);
  const [p50, p95, p99] = percentilesOf(endpoint.responseTime);
  columns.requests.push(endpoint.requests);
  columns.failures.push(endpoint.failures);
  columns.p50Ms.push(p50);
  columns.p95Ms.push(p95);
  columns.p99Ms.push(p99);
}

function percentilesOf(histogram: CumulativeHistogram): [number | null, number | null, number | null] {
  if (histogram.count === 0) return [null, null, null];
  const [p50 = 0, p95 = 0, p99 = 0] = histogram.percentilesMicros(shownPercentiles);
  return [significantMs(p50), significantMs(p95), significantMs(p99)];
}

/** Fills the columns of an endpoint up to `length`. A window without an entry had no requests. */
function paddedColumns(columns: Growing<EndpointColumns>, length: number): Growing<EndpointColumns> {
  padded(columns.requests, length);
  padded(columns.failures, length);
  for (const column of [columns.p50Ms, columns.p95Ms, columns.p99Ms]) while (column.length < length) column.push(null);
  return columns;
}

function padded(column: number[], length: number): number[] {
  while (column.length < length) column.push(0);
  return column;
}
