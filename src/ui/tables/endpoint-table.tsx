import { useMemo, useRef } from "preact/hooks";
import { bytes, count, milliseconds, percent, perSecondText } from "../../report/numbers.ts";
import type { EndpointColumns, RunReport } from "../../report/page/model.ts";
import type { EndpointFigures } from "../../report/page/parts/range-figures.ts";
import { fewestTimes } from "../../report/page/parts/wide-times.ts";
import { allEndpoints, type EndpointKey, keyOf } from "../data/endpoint-key.ts";
import { sparkPaths } from "../data/spark.ts";
import { timed } from "../data/timed.ts";
import { DataTable, type TableColumn } from "./data-table.tsx";

interface EndpointTableProps {
  readonly windows: RunReport["windows"];
  /** The figures of the run, or of the selected part of it; the total is null if there are none. */
  readonly figures: { readonly total: EndpointFigures | null; readonly endpoints: readonly EndpointFigures[] };
  readonly endpoint: EndpointKey;
  /**
   * Selects an endpoint, or all endpoints if it is already selected. A new function redraws all rows, so pass the same one as
   * long as nothing else changes.
   */
  readonly onEndpoint: (endpoint: EndpointKey) => void;
}

interface Sparks {
  readonly windows: RunReport["windows"];
  readonly byKey: ReadonlyMap<EndpointKey, Pick<EndpointColumns, "p95Ms" | "requests">>;
}

function sparksOf(windows: RunReport["windows"]): Sparks {
  const endpoints = windows.endpoints.map((one) => [keyOf(one), one] as const);
  return { windows, byKey: new Map([[allEndpoints, windows.total], ...endpoints]) };
}

/** The endpoints with their figures. Clicking an endpoint selects it. */
export function EndpointRows({ windows, figures: { total, endpoints }, endpoint, onEndpoint }: EndpointTableProps) {
  // A ref, because functions held by earlier rows must not keep old columns of the run in memory.
  const sparks = useRef<Sparks | null>(null);
  if (sparks.current?.windows !== windows) sparks.current = sparksOf(windows);
  const columns = useMemo(
    (): readonly TableColumn<EndpointFigures>[] => [
      {
        id: "name",
        title: "endpoint",
        kind: "name",
        sortBy: keyOf,
        cell: (row) => <EndpointName {...{ row, endpoint, onEndpoint }} />,
      },
      ...figures,
      {
        id: "spark",
        title: "p95 over time",
        kind: "number",
        sortBy: null,
        cell: (row) => <Spark columns={sparks.current?.byKey.get(row === total ? allEndpoints : keyOf(row))} />,
      },
    ],
    [endpoint, onEndpoint, total, windows],
  );
  return (
    <DataTable
      caption="Requests by endpoint"
      columns={columns}
      rows={endpoints}
      {...(total === null ? {} : { foot: total })}
      keyOf={keyOf}
      textOf={keyOf}
      isChosen={(row) => endpoint !== allEndpoints && keyOf(row) === endpoint}
      empty="no requests yet"
    />
  );
}

function EndpointName({
  row,
  endpoint,
  onEndpoint,
}: Pick<EndpointTableProps, "endpoint" | "onEndpoint"> & { readonly row: EndpointFigures }) {
  const key = row.method === "" ? allEndpoints : keyOf(row);
  const isChosen = key === endpoint;
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      title="select it: charts, cards and failures show it"
      onClick={() => onEndpoint(key)}
    >
      {key === allEndpoints ? "all endpoints" : key}
    </button>
  );
}

const figures: readonly TableColumn<EndpointFigures>[] = [
  figure("requests", "requests", ({ requests }) => requests, count),
  figure("failures", "failures", ({ failures }) => failures, count),
  figure("share", "failed", ({ requests, failures }) => (requests === 0 ? undefined : failures / requests), percent),
  figure("min", "min ms", ({ responseTimeMs }) => timed(responseTimeMs)?.min, milliseconds),
  figure("mean", "mean ms", ({ responseTimeMs }) => timed(responseTimeMs)?.mean, milliseconds, true),
  figure("p50", "p50 ms", ({ responseTimeMs }) => timed(responseTimeMs)?.percentiles["50"], milliseconds),
  figure("p95", "p95 ms", ({ responseTimeMs }) => timed(responseTimeMs)?.percentiles["95"], milliseconds),
  figure("p99", "p99 ms", ({ responseTimeMs }) => timed(responseTimeMs)?.percentiles["99"], milliseconds),
  figure("max", "max ms", ({ responseTimeMs }) => timed(responseTimeMs)?.max, milliseconds),
  figure(
    "rate",
    "req/s",
    ({ requests, requestsPerSecond }) => (requests === 0 ? undefined : requestsPerSecond),
    perSecondText,
  ),
  figure("in", "received", ({ bytesIn }) => bytesIn, bytes, true),
  figure("out", "sent", ({ bytesOut }) => bytesOut, bytes, true),
];

function figure(
  id: string,
  title: string,
  figureOf: (row: EndpointFigures) => number | undefined,
  format: (value: number) => string,
  extra = false,
): TableColumn<EndpointFigures> {
  const sortBy = (row: EndpointFigures) => figureOf(row) ?? null;
  const cell = (row: EndpointFigures) => {
    const value = sortBy(row);
    return value === null ? "–" : format(value);
  };
  return { id, title, kind: "number", sortBy, cell, extra };
}

const width = 96;
const height = 20;

/** A sparkline. It has no axes, because its figures are in the same row. */
function Spark({ columns }: { readonly columns: Pick<EndpointColumns, "p95Ms" | "requests"> | undefined }) {
  const { known, few } = sparkPaths(columns?.p95Ms ?? [], columns?.requests ?? [], width, height);
  return (
    <svg class="spark" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {few !== "" && <title>dotted: of fewer than {fewestTimes} requests in a window</title>}
      <path d={known} />
      <path class="few" d={few} />
    </svg>
  );
}
