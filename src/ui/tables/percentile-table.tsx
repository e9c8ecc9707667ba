import { useMemo, useState } from "preact/hooks";
import { milliseconds } from "../../report/numbers.ts";
import type { EndpointResult, Result } from "../../report/result/result-schema.ts";
import { keyOf } from "../data/endpoint-key.ts";
import { DataTable, type TableColumn } from "./data-table.tsx";

const percentiles = ["50", "66", "75", "80", "90", "95", "98", "99", "99.9", "99.99", "100"] as const;
type Time = "responseTimeMs" | "serviceTimeMs";

/** All reported percentiles of the response time or of the service time. */
export function PercentileTable({ result }: { readonly result: Result }) {
  const [time, setTime] = useState<Time>("responseTimeMs");
  const columns = useMemo(
    (): readonly TableColumn<EndpointResult>[] => [
      { id: "name", title: "endpoint", kind: "name", sortBy: nameOf, cell: nameOf },
      ...percentiles.map((percentile): TableColumn<EndpointResult> => {
        const sortBy = (row: EndpointResult) => row[time].percentiles[percentile] ?? 0;
        const title = percentile === "100" ? "max ms" : `p${percentile}`;
        return { id: percentile, title, kind: "number", sortBy, cell: (row) => milliseconds(sortBy(row)) };
      }),
    ],
    [time],
  );
  return (
    <DataTable
      caption="Percentiles by endpoint, ms"
      columns={columns}
      rows={result.endpoints}
      foot={result.total}
      keyOf={keyOf}
      textOf={keyOf}
      empty="no requests yet"
      controls={
        <label>
          percentiles of{" "}
          <select value={time} onChange={(event) => setTime(event.currentTarget.value as Time)}>
            <option value="responseTimeMs">response time (since the request was due)</option>
            <option value="serviceTimeMs">service time (since it was sent)</option>
          </select>
        </label>
      }
    />
  );
}

function nameOf(row: EndpointResult): string {
  return row.method === "" ? "all endpoints" : keyOf(row);
}
