import { DatabaseSync } from "node:sqlite";
import type { StoreConnection } from "./connection.ts";
import { migrations } from "./schema.ts";
import { storeError } from "./storage-fault.ts";

/** A file up to this size is checked as a whole when it is opened, which takes less than 100 ms. */
const mostCheckedBytes = 32_000_000;

/** Selects each table, index, view and trigger: one row per column, or one row if it has no columns. */
const formOf = `SELECT s.type AS type, s.name AS name, s.tbl_name AS ofTable, l.strict AS isStrict, l.type AS kind,
    c.name AS columnName, c.type AS columnType, c."notnull" AS isRequired, c.pk AS keyPosition, c.hidden AS hidden
  FROM sqlite_schema AS s LEFT JOIN pragma_table_list AS l ON l.schema = 'main' AND l.name = s.name
    LEFT JOIN pragma_table_xinfo(s.name) AS c ON s.type = 'table'
  WHERE s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' LIMIT 2000`;

const ownForms = new Map<number, ReadonlySet<string>>();

/**
 * Requires that the tables of a store are exactly those that muster creates in this version of the schema. An untrusted
 * file may have columns of any type, and views, triggers, virtual tables or computed columns, which run code of their
 * author.
 * @throws StoreError that names the first difference
 */
export function requireOwnForm(connection: StoreConnection, version: number): void {
  const own = ownForm(version);
  const found = connection.all<Record<string, unknown>>(formOf).map(lineOf);
  const foreign = found.find((line) => !own.has(line));
  if (foreign === undefined && new Set(found).size === own.size) return;
  const missing = [...own].find((line) => !found.includes(line)) ?? "";
  const detail =
    foreign === undefined
      ? `without the ${shown(missing)} of a store`
      : `it has the ${shown(foreign)}, which is not part of a muster store`;
  throw storeError("store-not-a-store", connection.path, detail);
}

/**
 * Checks the pages of a small file, and the types of its values.
 * @throws StoreError if the file is damaged
 */
export function requireSound(connection: StoreConnection): void {
  const size = "SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size";
  const { bytes = 0 } = connection.get<{ bytes: number }>(size) ?? {};
  if (bytes > mostCheckedBytes) return;
  const fault = connection.get<{ quick_check: string }>("PRAGMA quick_check(1)")?.quick_check ?? "ok";
  if (fault !== "ok")
    throw storeError("store-corrupt", connection.path, String(fault).slice(0, 200).replaceAll("\n", "; "));
}

function ownForm(version: number): ReadonlySet<string> {
  const known = ownForms.get(version);
  if (known !== undefined) return known;
  const database = new DatabaseSync(":memory:");
  for (const migration of migrations.slice(0, version)) database.exec(migration);
  const form = new Set(database.prepare(formOf).all().map(lineOf));
  database.close();
  ownForms.set(version, form);
  return form;
}

function lineOf(row: Record<string, unknown>): string {
  return JSON.stringify(Object.values(row));
}

/** Returns a description such as "view runs" or "table runs with the column x". */
function shown(line: string): string {
  const [type, name, , , , column] = JSON.parse(line) as (string | null)[];
  const named = `${type} ${JSON.stringify(name).slice(0, 80)}`;
  return column === null || column === undefined
    ? named
    : `${named} with the column ${JSON.stringify(column).slice(0, 80)}`;
}
