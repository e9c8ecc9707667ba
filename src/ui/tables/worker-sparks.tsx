import { percent, perSecondText } from "../../report/numbers.ts";
import type { WorkerReport } from "../../report/page/model.ts";
import { highest, type Line, workerRates } from "../data/series.ts";
import { sparkPaths } from "../data/spark.ts";
import type { TableColumn } from "./data-table.tsx";

const width = 96;
const height = 20;

const lines = [
  { id: "rates", title: "req/s over time", valuesOf: workerRates, format: perSecondText },
  {
    id: "utilisations",
    title: "loop utilisation over time",
    valuesOf: ({ utilisation }: WorkerReport["series"]): Line => utilisation,
    format: percent,
  },
] as const;

/** Small lines of each worker beside each other, all on one scale: which of them is not like the others. */
export function workerSparks(
  workers: readonly WorkerReport[],
): readonly TableColumn<{ readonly number: number | null }>[] {
  if (workers.length < 2) return [];
  return lines.map(({ id, title, valuesOf, format }) => {
    const byNumber = new Map(workers.map(({ number, series }) => [number, valuesOf(series)]));
    const top = highest([...byNumber.values()].map((line) => highest(line)));
    return {
      id,
      title,
      kind: "number",
      sortBy: null,
      cell: ({ number }) => {
        const values = (number === null ? undefined : byNumber.get(number)) ?? [];
        const { known } = sparkPaths(
          values.map((value) => value ?? null),
          null,
          width,
          height,
          48,
          top,
        );
        return (
          <svg class="spark" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
            <title>
              0 to {format(top)}: at most {format(highest(values))}
            </title>
            <path d={known} />
          </svg>
        );
      },
    };
  });
}
