import { useCallback, useMemo } from "preact/hooks";
import type uPlot from "uplot";
import { count, milliseconds } from "../../report/numbers.ts";
import type { HeatMap } from "../../report/page/model.ts";
import { usePage } from "../components/page-context.tsx";
import type { Mark } from "../data/marks.ts";
import { heatColumns } from "../data/series.ts";
import { dashes, type LineLook } from "./chart-look.ts";
import { drawHeat, heatAt, heatRange } from "./heat-layer.ts";
import { TimeChart } from "./time-chart.tsx";

const looks: readonly LineLook[] = [
  { label: "more requests", colour: "requests", width: 6, dash: dashes.solid, scale: "y", format: milliseconds },
];

interface HeatChartProps {
  readonly heat: HeatMap;
  readonly marks: readonly Mark[];
  /** Whether to say that it is of all endpoints, as one is selected. */
  readonly isOfAll?: boolean;
}

/** The distribution of the response times of all endpoints over time. It shows a second mode, which percentiles hide. */
export function HeatChart({ heat, marks, isOfAll = false }: HeatChartProps) {
  const { colours } = usePage();
  const data = useMemo(() => heatColumns(heat), [heat]);
  const [from, to] = useMemo(() => heatRange(heat), [heat]);
  const yScale = useMemo((): uPlot.Scale => ({ distr: 3, log: 10, range: [from, to] }), [from, to]);
  const drawUnder = useCallback((plot: uPlot) => drawHeat(plot, heat, colours.requests), [heat, colours]);
  const note = useCallback(
    (plot: uPlot) => {
      const { left = -1, top = -1 } = plot.cursor;
      return left < 0 ? "" : heatAt(heat, plot.posToVal(left, "x"), plot.posToVal(top, "y"));
    },
    [heat],
  );
  const requests = heat.counts.reduce((sum, column) => sum + column.reduce((a, b) => a + b, 0), 0);
  const summary = `${count(requests)} response times between ${milliseconds(from)} and ${milliseconds(to)} ms.`;
  return (
    <TimeChart
      title={`Response time heat map, ms${isOfAll ? ", all endpoints" : ""}`}
      {...{ summary, data, looks, marks, yScale, drawUnder, note }}
      empty="no requests yet"
    />
  );
}
