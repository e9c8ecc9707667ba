import { figureChange, figureValue } from "../../report/comparison/comparison-cells.ts";
import { bytes, count } from "../../report/numbers.ts";
import { outcomeLooks, type ShownComparison, type ShownEndpoint, type ShownFigure } from "../data/comparison.ts";
import { allEndpoints, type EndpointKey, keyOf } from "../data/endpoint-key.ts";
import { DataTable, type TableColumn } from "./data-table.tsx";

interface ComparisonTableProps {
  readonly comparison: ShownComparison;
  /** The endpoint that the charts show. */
  readonly endpoint: EndpointKey;
}

/** The changed figures of each endpoint of two runs. */
export function ComparisonTable({ comparison, endpoint }: ComparisonTableProps) {
  return (
    <DataTable
      caption="Changes by endpoint"
      controls={<span class="muted">✗ worse, ✓ better, (in brackets) not certain</span>}
      columns={columns}
      rows={comparison.endpoints}
      foot={comparison.total}
      keyOf={keyOf}
      textOf={keyOf}
      isChosen={(row) => endpoint !== allEndpoints && keyOf(row) === endpoint}
      empty="the runs have no endpoint in common"
    />
  );
}

const titles = [
  ["p50", "p50 ms"],
  ["p95", "p95 ms"],
  ["p99", "p99 ms"],
  ["errorRate", "failed"],
  ["requestsPerSecond", "req/s"],
] as const;

const columns: readonly TableColumn<ShownEndpoint>[] = [
  {
    id: "name",
    title: "endpoint",
    kind: "name",
    sortBy: keyOf,
    cell: (row) => (row.method === "" ? "all endpoints" : keyOf(row)),
  },
  ...titles.map(([figure, title]): TableColumn<ShownEndpoint> => {
    const find = ({ figures }: ShownEndpoint) => figures.find((one) => one.figure === figure);
    return {
      id: figure,
      title,
      kind: "number",
      sortBy: (row) => find(row)?.change ?? null,
      cell: (row) => <Change comparison={find(row)} />,
    };
  }),
];

/** The later value and its change. A change that is not certain is in brackets. */
function Change({ comparison }: { readonly comparison: ShownFigure | undefined }) {
  if (comparison === undefined || comparison.after === null) return <>–</>;
  const { figure, after, change, outcome } = comparison;
  const text = change === null ? "" : figureChange(figure, change);
  return (
    <>
      {figureValue(figure, after)}{" "}
      <span class={outcomeLooks[outcome].tone}>
        {outcome === "unclear" && text !== "" ? `(${text})` : text}
        {outcomeLooks[outcome].mark}
      </span>
    </>
  );
}

type Observed = NonNullable<ShownComparison["observed"]>[number];

/** The observed metrics of two runs, for information; null if nothing was observed. */
export function ObservedChanges({ observed = [] }: Pick<ShownComparison, "observed">) {
  if (observed.length === 0) return null;
  return (
    <DataTable
      caption="Observed of the service"
      controls={<span class="muted">observed of the service; not judged</span>}
      columns={observedColumns}
      rows={observed}
      keyOf={({ name }) => name}
      empty="nothing observed"
    />
  );
}

const levels = [
  ["mean before", ({ before }: Observed) => before?.avg ?? null],
  ["mean after", ({ after }: Observed) => after?.avg ?? null],
  ["max before", ({ before }: Observed) => before?.max ?? null],
  ["max after", ({ after }: Observed) => after?.max ?? null],
] as const;

const observedColumns: readonly TableColumn<Observed>[] = [
  {
    id: "name",
    title: "observed",
    kind: "name",
    sortBy: ({ name }) => name,
    cell: ({ name, unit }) => (unit === null || unit === "bytes" ? name : `${name}, ${unit}`),
  },
  ...levels.map(([title, levelOf]): TableColumn<Observed> => {
    return { id: title, title, kind: "number", sortBy: levelOf, cell: (row) => levelText(levelOf(row), row.unit) };
  }),
];

function levelText(value: number | null, unit: string | null): string {
  if (value === null) return "–";
  if (unit === "bytes" && value >= 0) return bytes(Math.round(value));
  return Math.abs(value) >= 1_000 ? count(value) : String(Number(value.toPrecision(3)));
}
