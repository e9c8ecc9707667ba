import { perSecondText } from "../../report/numbers.ts";
import type { WorkerReport } from "../../report/page/model.ts";
import { highest, workerRates } from "../data/series.ts";
import { sparkPaths } from "../data/spark.ts";
import { PartButton } from "../selection/part-button.tsx";

const width = 144;
const height = 28;

/** The throughput of each worker in a small chart of its own, all on one scale: which of them is not like the others. */
export function WorkerSparks({ workers }: { readonly workers: readonly WorkerReport[] }) {
  if (workers.length < 2) return null;
  const lines = workers.map(({ number, series }) => ({
    number,
    rates: workerRates(series).map((rate) => rate ?? null),
  }));
  const top = highest(lines.map(({ rates }) => highest(rates)));
  return (
    <section class="below" aria-label="Requests/s of each worker, side by side">
      <p class="muted">Requests/s of each worker, all from 0 to {perSecondText(top)}</p>
      <ul class="multiples">
        {lines.map(({ number, rates }) => (
          <li key={number}>
            <PartButton change={{ kind: "worker", worker: number }}>#{number}</PartButton>
            <svg class="spark" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
              <path d={sparkPaths(rates, null, width, height, width, top).known} />
            </svg>
          </li>
        ))}
      </ul>
    </section>
  );
}
