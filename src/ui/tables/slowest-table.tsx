import { formatClock } from "../../core/duration.ts";
import { milliseconds } from "../../report/numbers.ts";
import type { EndpointResult } from "../../report/result/result-schema.ts";
import { allEndpoints, type EndpointKey, keyOf } from "../data/endpoint-key.ts";
import { DataTable, type TableColumn } from "./data-table.tsx";

type SlowRow = NonNullable<EndpointResult["slowest"]>[number] & { readonly where: string };

const columns: readonly TableColumn<SlowRow>[] = [
  { id: "where", title: "endpoint", kind: "name", sortBy: ({ where }) => where, cell: ({ where }) => where },
  {
    id: "response",
    title: "response ms",
    kind: "number",
    sortBy: ({ responseMs }) => responseMs,
    cell: ({ responseMs }) => milliseconds(responseMs),
  },
  {
    id: "service",
    title: "service ms",
    kind: "number",
    sortBy: ({ serviceMs }) => serviceMs,
    cell: ({ serviceMs }) => milliseconds(serviceMs),
  },
  {
    id: "status",
    title: "status",
    kind: "number",
    sortBy: ({ status }) => status,
    cell: ({ status }) => (status === 0 ? "none" : status),
  },
  { id: "at", title: "at", kind: "number", sortBy: ({ atMs }) => atMs, cell: ({ atMs }) => formatClock(atMs) },
  {
    id: "user",
    title: "user",
    kind: "text",
    sortBy: ({ user }) => user,
    cell: ({ user, worker }) => `${user} on worker ${worker}`,
  },
  { id: "trace", title: "trace id", kind: "text", sortBy: null, cell: ({ traceId }) => <TraceId traceId={traceId} /> },
];

interface SlowestTableProps {
  readonly endpoints: readonly EndpointResult[];
  readonly endpoint: EndpointKey;
}

/** The maximum number of rows. A test can have a thousand endpoints; choosing one shows its requests. */
const mostRows = 60;

/** The slowest sampled requests of the chosen endpoint, or of each endpoint. Empty without traces. */
export function SlowestTable({ endpoints, endpoint }: SlowestTableProps) {
  const rows = endpoints.flatMap((one) => {
    const where = keyOf(one);
    if (endpoint !== allEndpoints && endpoint !== where) return [];
    return (one.slowest ?? []).map((slow): SlowRow => ({ ...slow, where }));
  });
  if (rows.length === 0) return null;
  const shown = rows.toSorted((a, b) => b.responseMs - a.responseMs).slice(0, mostRows);
  return (
    <div class="below">
      <h3>Slowest sampled requests of the run</h3>
      <DataTable
        caption="Slowest sampled requests"
        columns={columns}
        rows={shown}
        keyOf={({ traceId }) => traceId}
        textOf={({ where, traceId }) => `${where} ${traceId}`}
        empty=""
      />
    </div>
  );
}

/** A trace id. A click selects the whole id, so that it can be copied. */
export function TraceId({ traceId }: { readonly traceId: string }) {
  return <code class="trace">{traceId}</code>;
}
