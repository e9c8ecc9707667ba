import { useMemo } from "preact/hooks";
import { milliseconds, percent, perSecondText } from "../../report/numbers.ts";
import type { WorkerReport } from "../../report/page/model.ts";
import { usePage } from "../components/page-context.tsx";
import type { Mark } from "../data/marks.ts";
import { type ChartData, highest, type Line, workerLines, workerRates } from "../data/series.ts";
import { dashes, type LineLook } from "./chart-look.ts";
import type { Token } from "./colours.ts";
import { TimeChart } from "./time-chart.tsx";

/** The number of workers above which the legend names none. The table names all. */
const namedWorkers = 8;
const dashOrder = [dashes.solid, dashes.dashed, dashes.dotted, dashes.long];

interface WorkerChartProps {
  readonly workers: readonly WorkerReport[];
  readonly marks: readonly Mark[];
  readonly title: string;
  readonly colour: Token;
  readonly valuesOf: (series: WorkerReport["series"]) => Line;
  readonly format: (value: number) => string;
}

/** The health over time of all workers, or of the selected one. */
export function WorkerCharts({ workers: all, marks }: Pick<WorkerChartProps, "workers" | "marks">) {
  const { worker } = usePage().selection;
  const workers = useMemo(() => (worker === null ? all : all.filter(({ number }) => number === worker)), [all, worker]);
  return (
    <div class="grid">
      {views.map((view) => (
        <WorkerChart key={view.title} {...{ workers, marks, ...view }} />
      ))}
    </div>
  );
}

const views: readonly Omit<WorkerChartProps, "workers" | "marks">[] = [
  { title: "Requests/s of each worker", colour: "requests", valuesOf: workerRates, format: perSecondText },
  {
    title: "Event loop utilisation",
    colour: "users",
    valuesOf: ({ utilisation }) => utilisation,
    format: percent,
  },
  {
    title: "Event loop delay p99, ms",
    colour: "arrivals",
    valuesOf: ({ loopDelayP99Ms }) => loopDelayP99Ms,
    format: milliseconds,
  },
  {
    title: "Schedule lag p99, ms",
    colour: "p95",
    valuesOf: ({ scheduleLagP99Ms }) => scheduleLagP99Ms,
    format: milliseconds,
  },
];

function WorkerChart({ workers, marks, title, colour, valuesOf, format }: WorkerChartProps) {
  const data = useMemo(() => workerLines(workers, valuesOf), [workers, valuesOf]);
  const numbers = workers.map(({ number }) => number).join(" ");
  const looks = useMemo(
    () =>
      numbers.split(" ").map(
        (number, position): LineLook => ({
          label: `#${number}`,
          colour,
          width: 1.25,
          dash: dashOrder[position % dashOrder.length] ?? dashes.solid,
          quiet: numbers.split(" ").length > namedWorkers,
          scale: "y",
          format,
        }),
      ),
    [numbers, colour, format],
  );
  const shown = useMemo(() => (isEmpty(data) ? noData : data), [data]);
  const summary = useMemo(() => {
    const most = highest(data.lines.map((line) => highest(line)));
    return `${workers.length} workers, at most ${format(most)}.`;
  }, [data, workers, format]);
  return <TimeChart {...{ title, summary, looks, marks }} data={shown} empty="not measured in this run" height={140} />;
}

const noData: ChartData = { x: [], lines: [] };

function isEmpty({ lines }: ChartData): boolean {
  return lines.every((line) => line.every((value) => value === null));
}
