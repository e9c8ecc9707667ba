import { useMemo } from "preact/hooks";
import { perSecondText } from "../../report/numbers.ts";
import type { WorkerReport } from "../../report/page/model.ts";
import { highest, workerRates } from "../data/series.ts";
import { sparkPaths } from "../data/spark.ts";
import { PartButton } from "../selection/part-button.tsx";

const width = 144;
const height = 28;

/** The throughput of each worker in a small chart, all on one scale. It shows which worker differs from the others. */
export function WorkerSparks({ workers }: { readonly workers: readonly WorkerReport[] }) {
  const { top, lines } = useMemo(() => linesOf(workers), [workers]);
  if (workers.length < 2) return null;
  return (
    <section class="below" aria-label="Requests/s of each worker, side by side">
      <p class="muted">Requests/s of each worker, all from 0 to {perSecondText(top)}</p>
      <ul class="multiples">
        {lines.map(({ number, path }) => (
          <li key={number}>
            <PartButton change={{ kind: "worker", worker: number }}>#{number}</PartButton>
            <svg class="spark" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
              <path d={path} />
            </svg>
          </li>
        ))}
      </ul>
    </section>
  );
}

function linesOf(workers: readonly WorkerReport[]) {
  const rates = workers.map(({ series }) => workerRates(series).map((rate) => rate ?? null));
  const top = highest(rates.map((line) => highest(line)));
  const lines = workers.map(({ number }, worker) => {
    const { known: path } = sparkPaths(rates[worker] ?? [], null, width, height, width, top);
    return { number, path };
  });
  return { top, lines };
}
