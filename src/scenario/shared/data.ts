import { describeValue } from "../../core/describe-value.ts";
import { ConfigurationError } from "../../core/errors.ts";
import { InvalidValue } from "../../core/invalid-value.ts";
import { type RowOrder, rowOrders } from "../../core/row-order.ts";

const uses = ["once", "again"] as const;
const scopes = ["run", "user"] as const;
const emptyPolicies = ["stop-user", "stop-run", "fail"] as const;

/** What a take does when no row is left. */
export type WhenEmpty = (typeof emptyPolicies)[number];

export interface DataOptions {
  /** The name in results and messages; default: the name of the file without its extension, or "rows". */
  readonly name?: string;
  /**
   * `listed` (default): from the first row to the last. `shuffled`: all rows in a random order. `random`: each take draws any
   * row, so rows may repeat; only with `use: "again"`. `--seed` makes the order repeatable.
   */
  readonly order?: RowOrder;
  /** `once` (default): no row is taken twice. `again`: after the last row, the rows start again from the first. */
  readonly use?: (typeof uses)[number];
  /**
   * `run` (default): the rows are divided among all users of the run, on all workers. `user`: each user goes through all rows
   * by itself.
   */
  readonly per?: (typeof scopes)[number];
  /**
   * What a take does when no row is left. `stop-user` (default): the user ends, without a failure. `stop-run`: the load of the
   * whole run ends. `fail`: the take throws, so the iteration fails.
   */
  readonly whenEmpty?: WhenEmpty;
}

/** Rows that users take, each once or repeatedly, over all workers of the run. */
export interface DataSource<Row> {
  readonly name: string;
  /** Resolves to the next row. Rejects when no row is left (`whenEmpty`), and when the run ends. */
  take(): Promise<Row>;
  /**
   * Gives back a row that `take` returned, so that any user of the run can take it again. Only for rows that are objects and
   * that are used once.
   */
  giveBack(row: Row): void;
}

/** Rows that each user goes through by itself. */
export interface UserDataSource<Row> {
  readonly name: string;
  /** Resolves to the next row of this user. Rejects if the user has taken all rows and they are used once. */
  take(user: { readonly index: number }): Promise<Row>;
}

/** A data source as a test declares it. */
export interface DeclaredData {
  readonly name: string;
  /** The path of a file that the master reads, relative to the test file; null if the test contains the rows. */
  readonly file: string | null;
  readonly rows: readonly unknown[] | null;
  readonly order: RowOrder;
  readonly use: (typeof uses)[number];
  readonly per: (typeof scopes)[number];
  readonly whenEmpty: WhenEmpty;
}

/** Provides the rows on a worker. */
export interface DataFeeds {
  take(declared: DeclaredData, user: number | null): Promise<unknown>;
  giveBack(declared: DeclaredData, row: object): void;
}

/** The error when no row is left. A task that does not catch it ends as `whenEmpty` says. */
export class DataEmptyError extends Error {
  readonly #brand = true;
  readonly code = "MUSTER_DATA_EMPTY";
  readonly whenEmpty: WhenEmpty;

  constructor(name: string, whenEmpty: WhenEmpty) {
    super(`no row of data "${name}" is left`);
    this.name = "DataEmptyError";
    this.whenEmpty = whenEmpty;
  }

  /** Whether `thrown` is a `DataEmptyError`. Unlike `instanceof`, it never throws, even for a revoked proxy. */
  static is(thrown: unknown): thrown is DataEmptyError {
    return typeof thrown === "object" && thrown !== null && #brand in thrown;
  }

  /** Whether `thrown` says that no row is left, and ends its user without a failure. */
  static endsUser(thrown: unknown): thrown is DataEmptyError {
    return DataEmptyError.is(thrown) && thrown.whenEmpty !== "fail";
  }
}

let feeds: DataFeeds | null = null;
/** The sources of the test that is being loaded; null at any other time. */
let declared: Map<string, DeclaredData> | null = null;
/**
 * The data sources that each test has declared. A test is evaluated only once, so it declares its sources only when it is
 * first loaded.
 */
const byTest = new Map<string, Map<string, DeclaredData>>();

/**
 * Declares rows that users take, such as accounts that may each be used once. Call it at the top level of the test file.
 * @param source the rows, or the path of a CSV, JSON or NDJSON file, relative to the test file. The master reads the file row
 *   by row; it is not part of the test
 */
export function data<Row = Record<string, string>>(
  source: string | readonly Row[],
  options: DataOptions & { readonly per: "user" },
): UserDataSource<Row>;
export function data<Row = Record<string, string>>(
  source: string | readonly Row[],
  options?: DataOptions & { readonly per?: "run" },
): DataSource<Row>;
export function data<Row>(
  source: string | readonly Row[],
  options: DataOptions = {},
): DataSource<Row> & UserDataSource<Row> {
  const declaration = declarationOf(source, options);
  declare(declaration);
  const { name, per, use } = declaration;
  const where = `data "${name}"`;
  return {
    name,
    take(user?: { readonly index: number }) {
      if (feeds === null) throw new InvalidValue(`${where}: take needs a run: call it in a task or a hook`);
      if (per === "run") return feeds.take(declaration, null) as Promise<Row>;
      if (typeof user?.index !== "number") throw new InvalidValue(`${where} is per user: write take(vu)`);
      return feeds.take(declaration, user.index) as Promise<Row>;
    },
    giveBack(row) {
      if (use === "again" || per === "user")
        throw new InvalidValue(`${where}: only rows that are used once in the run are given back`);
      if (typeof row !== "object" || row === null)
        throw new InvalidValue(`${where}: only rows that are objects can be given back`);
      feeds?.giveBack(declaration, row);
    },
  };
}

/** Sets the provider of rows; null for none. */
export function useDataFeeds(next: DataFeeds | null): void {
  feeds = next;
}

/** Loads a test and keeps the data sources that it declares. A test that is loaded again is not evaluated again. */
export async function declaringData<Value>(test: string, load: () => Promise<Value>): Promise<Value> {
  const sources = byTest.get(test) ?? new Map<string, DeclaredData>();
  declared = sources;
  try {
    const value = await load();
    byTest.set(test, sources);
    return value;
  } finally {
    declared = null;
  }
}

/** Returns the data sources that a loaded test has declared. @param test the hash of its bundle */
export function declaredData(test: string): DeclaredData[] {
  return [...(byTest.get(test)?.values() ?? [])];
}

function declare(declaration: DeclaredData): void {
  const { name } = declaration;
  if (declared === null) {
    throw new ConfigurationError(`data "${name}" is declared too late: declare it at the top level of the test file`);
  }
  if (declared.has(name)) {
    throw new ConfigurationError(
      `two data sources are named "${name}": give each its own name, as in data(…, { name: "${name} 2" })`,
    );
  }
  declared.set(name, declaration);
}

function declarationOf(source: unknown, options: DataOptions): DeclaredData {
  if (typeof source !== "string" && !Array.isArray(source)) {
    throw new ConfigurationError(
      `data(…): expected the path of a file or a list of rows, found ${describeValue(source)}`,
    );
  }
  if (typeof options !== "object" || options === null) {
    throw new ConfigurationError(`data(…): expected options such as { use: "once" }, found ${describeValue(options)}`);
  }
  const name = nameOf(source, options);
  const where = `data "${name}"`;
  requireFields(where, options);
  const { order = "listed", use = "once", per = "run", whenEmpty = "stop-user" } = options;
  requireOneOf(`${where}, order`, order, rowOrders);
  requireOneOf(`${where}, use`, use, uses);
  requireOneOf(`${where}, per`, per, scopes);
  requireOneOf(`${where}, whenEmpty`, whenEmpty, emptyPolicies);
  if (order === "random" && use === "once") {
    throw new ConfigurationError(`${where}: order "random" repeats rows: use "shuffled", or use: "again"`);
  }
  if (typeof source === "string") return { name, file: source, rows: null, order, use, per, whenEmpty };
  if (source.length === 0) throw new ConfigurationError(`${where} has no rows`);
  return { name, file: null, rows: source as readonly unknown[], order, use, per, whenEmpty };
}

function nameOf(source: string | readonly unknown[], { name }: DataOptions): string {
  if (name === undefined) {
    if (typeof source !== "string") return "rows";
    return source.replace(/^.*[/\\]/, "").replace(/\.[^.]*$/, "") || source;
  }
  if (typeof name === "string" && name.length > 0 && name.length <= 100) return name;
  throw new ConfigurationError(`data(…), name: expected 1 to 100 characters, found ${describeValue(name)}`);
}

const fields = ["name", "order", "use", "per", "whenEmpty"];

function requireFields(where: string, options: object): void {
  const unknown = Object.keys(options).find((field) => !fields.includes(field));
  if (unknown === undefined) return;
  throw new ConfigurationError(`${where}: unknown option "${unknown}"; there are ${fields.join(", ")}`);
}

function requireOneOf(where: string, value: unknown, known: readonly string[]): void {
  if (known.includes(value as string)) return;
  const allowed = known.map((one) => `"${one}"`).join(", ");
  throw new ConfigurationError(`${where}: expected one of ${allowed}, found ${describeValue(value)}`);
}
