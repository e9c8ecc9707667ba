import { Component, type ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { filtered, nextSort, type Sort, type SortValue, sorted } from "../data/sorting.ts";
import { type RowUpdates, useRowUpdates } from "./row-updates.ts";
import { TableBox } from "./table-box.tsx";

export interface TableColumn<Row> {
  readonly id: string;
  readonly title: string;
  /** The value that the column sorts by; null if it cannot be sorted. */
  readonly sortBy: ((row: Row) => SortValue) | null;
  readonly cell: (row: Row) => ComponentChildren;
  readonly kind: "number" | "name" | "text";
  /** Whether the column is hidden until the user chooses it. */
  readonly extra?: boolean;
}

interface DataTableProps<Row> {
  /** The name of the table for screen readers. */
  readonly caption: string;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** The text that the filter searches. If it is absent, the table has no filter. */
  readonly textOf?: (row: Row) => string;
  readonly foot?: Row;
  readonly isChosen?: (row: Row) => boolean;
  /** The text to show if there are no rows. */
  readonly empty: string;
  /** Content beside the filter. */
  readonly controls?: ComponentChildren;
}

/** The number of rows from which a table has a filter. */
const rowsWorthAFilter = 6;

/** A table that can be sorted and filtered. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, keyOf, textOf, foot, isChosen, empty, controls } = props;
  const [sort, setSort] = useState<Sort | null>(null);
  const [filter, setFilter] = useState("");
  const [extras, setExtras] = useState<ReadonlySet<string>>(new Set());
  const shownColumns = columns.filter(({ id, extra }) => extra !== true || extras.has(id));
  const hasFilter = textOf !== undefined && rows.length >= rowsWorthAFilter;
  const shown = useMemo(() => {
    const found = textOf === undefined ? rows : filtered(rows, textOf, filter);
    const sortBy = columns.find(({ id }) => id === sort?.column)?.sortBy ?? null;
    return sort === null || sortBy === null ? found : sorted(found, sortBy, sort.descending);
  }, [rows, columns, textOf, filter, sort]);
  const updates = useRowUpdates(shown.length, [shown, columns, extras]);
  return (
    <>
      <div class="toolbar">
        {controls}
        <span class="fill" />
        <ColumnChoice {...{ columns, extras, setExtras }} />
        {hasFilter && (
          <input
            type="search"
            placeholder="filter"
            aria-label={`Filter: ${caption}`}
            value={filter}
            onInput={(event) => setFilter(event.currentTarget.value)}
          />
        )}
      </div>
      <TableBox caption={caption}>
        <thead>
          <tr>
            {shownColumns.map((column) => (
              <HeadCell key={column.id} {...{ column, sort, setSort }} />
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, position) => (
            <TableRow
              key={keyOf(row)}
              columns={shownColumns}
              isChosen={isChosen?.(row) === true}
              {...{ row, position, updates }}
            />
          ))}
          {shown.length === 0 && (
            <tr>
              <td colSpan={shownColumns.length} class="muted">
                {rows.length === 0 ? empty : "nothing matches the filter"}
              </td>
            </tr>
          )}
        </tbody>
        {foot !== undefined && (
          <tfoot>
            <tr>
              <Cells columns={shownColumns} row={foot} />
            </tr>
          </tfoot>
        )}
      </TableBox>
    </>
  );
}

interface TableRowProps<Row> {
  readonly columns: readonly TableColumn<Row>[];
  readonly row: Row;
  readonly position: number;
  readonly isChosen: boolean;
  readonly updates: RowUpdates;
}

/** A row, which is redrawn when it is due. */
class TableRow<Row> extends Component<TableRowProps<Row>> {
  #element: Element | null = null;
  readonly #keep = (element: Element | null) => {
    if (this.#element !== null) this.props.updates.unwatch(this.#element);
    this.#element = element;
    if (element !== null) this.props.updates.watch(element);
  };

  override shouldComponentUpdate({ updates, position, columns, isChosen }: TableRowProps<Row>): boolean {
    if (updates !== this.props.updates && this.#element !== null) updates.watch(this.#element);
    const isOther = columns.length !== this.props.columns.length || isChosen !== this.props.isChosen;
    return isOther || updates.isDue(this.#element, position);
  }

  override render({ columns, row, isChosen }: TableRowProps<Row>) {
    return (
      <tr ref={this.#keep} class={isChosen ? "chosen" : undefined}>
        <Cells columns={columns} row={row} />
      </tr>
    );
  }
}

function Cells<Row>({ columns, row }: { readonly columns: readonly TableColumn<Row>[]; readonly row: Row }) {
  return (
    <>
      {columns.map(({ id, kind, cell }) => (
        <td key={id} class={kind}>
          {cell(row)}
        </td>
      ))}
    </>
  );
}

interface HeadCellProps<Row> {
  readonly column: TableColumn<Row>;
  readonly sort: Sort | null;
  readonly setSort: (sort: Sort) => void;
}

function HeadCell<Row>({ column: { id, title, sortBy, kind }, sort, setSort }: HeadCellProps<Row>) {
  if (sortBy === null) {
    return (
      <th scope="col" class={kind}>
        {title}
      </th>
    );
  }
  const chosen = sort?.column === id ? sort : null;
  const direction = chosen === null ? undefined : chosen.descending ? "descending" : "ascending";
  return (
    <th scope="col" class={kind} {...(direction === undefined ? {} : { "aria-sort": direction })}>
      <button type="button" onClick={() => setSort(nextSort(sort, id, kind === "number"))}>
        {title}
        <span aria-hidden="true">{chosen === null ? "" : chosen.descending ? " ↓" : " ↑"}</span>
      </button>
    </th>
  );
}

interface ColumnChoiceProps<Row> {
  readonly columns: readonly TableColumn<Row>[];
  readonly extras: ReadonlySet<string>;
  readonly setExtras: (extras: ReadonlySet<string>) => void;
}

function ColumnChoice<Row>({ columns, extras, setExtras }: ColumnChoiceProps<Row>) {
  const choices = columns.filter(({ extra }) => extra === true);
  if (choices.length === 0) return null;
  const toggle = (id: string) => {
    const next = new Set(extras);
    if (!next.delete(id)) next.add(id);
    setExtras(next);
  };
  return (
    <fieldset class="choices">
      <legend class="visually-hidden">more columns</legend>
      {choices.map(({ id, title }) => (
        <label key={id}>
          <input type="checkbox" checked={extras.has(id)} onChange={() => toggle(id)} /> {title}
        </label>
      ))}
    </fieldset>
  );
}
