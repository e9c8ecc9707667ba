import { useMemo, useState } from "preact/hooks";
import { millisecondsOf } from "../../report/numbers.ts";
import type { EndpointFigures } from "../../report/page/parts/range-figures.ts";
import { usePage } from "../components/page-context.tsx";
import { allEndpoints, type EndpointKey, keyOf } from "../data/endpoint-key.ts";
import { timed } from "../data/timed.ts";
import { PartButton } from "../selection/part-button.tsx";
import { DataTable, type TableColumn } from "./data-table.tsx";

const percentiles = ["50", "66", "75", "80", "90", "95", "98", "99", "99.9", "99.99", "100"] as const;
type Time = "responseTimeMs" | "serviceTimeMs";

interface PercentileTableProps {
  /** The figures of the run, or of the selected part of it; the total is null if there are none. */
  readonly figures: { readonly total: EndpointFigures | null; readonly endpoints: readonly EndpointFigures[] };
}

/** All reported percentiles of the response time or of the service time. */
export function PercentileTable({ figures: { total, endpoints } }: PercentileTableProps) {
  const { endpoint } = usePage().selection;
  const [time, setTime] = useState<Time>("responseTimeMs");
  const columns = useMemo(
    (): readonly TableColumn<EndpointFigures>[] => [
      {
        ...{ id: "name", title: "endpoint", kind: "name", sortBy: nameOf },
        cell: (row) => <PartButton change={{ kind: "endpoint", endpoint: selectedBy(row) }}>{nameOf(row)}</PartButton>,
      },
      ...percentiles.map((percentile): TableColumn<EndpointFigures> => {
        const sortBy = (row: EndpointFigures) => timed(row[time])?.percentiles[percentile] ?? null;
        const title = percentile === "100" ? "max ms" : `p${percentile}`;
        return {
          id: percentile,
          title,
          kind: "number",
          sortBy,
          cell: (row) => millisecondsOf(sortBy(row) ?? undefined, 1),
        };
      }),
    ],
    [time],
  );
  return (
    <DataTable
      caption="Percentiles by endpoint, ms"
      columns={columns}
      rows={endpoints}
      {...(total === null ? {} : { foot: total })}
      keyOf={keyOf}
      isChosen={(row) => endpoint !== allEndpoints && keyOf(row) === endpoint}
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

/** Returns the endpoint that a click on the row selects. The row of all endpoints clears the selection. */
function selectedBy(row: EndpointFigures): EndpointKey {
  return row.method === "" ? allEndpoints : keyOf(row);
}

function nameOf(row: EndpointFigures): string {
  return row.method === "" ? "all endpoints" : keyOf(row);
}
