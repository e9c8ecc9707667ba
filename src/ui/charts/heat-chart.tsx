import { useCallback, useMemo } from "preact/hooks";
import type uPlot from "uplot";
import { count, milliseconds } from "../../report/numbers.ts";
import type { RunReport } from "../../report/page/model.ts";
import { heatOfSlices } from "../../report/page/parts/slice-heat.ts";
import { usePage } from "../components/page-context.tsx";
import { allEndpoints, type EndpointKey } from "../data/endpoint-key.ts";
import type { Mark } from "../data/marks.ts";
import { heatColumns } from "../data/series.ts";
import { dashes, type LineLook } from "./chart-look.ts";
import { drawHeat, heatAt, heatRange } from "./heat-layer.ts";
import { TimeChart } from "./time-chart.tsx";

const looks: readonly LineLook[] = [
  { label: "more requests", colour: "requests", width: 6, dash: dashes.solid, scale: "y", format: milliseconds },
];

interface HeatChartProps {
  readonly report: Pick<RunReport, "heat" | "slices">;
  readonly endpoint: EndpointKey;
  readonly marks: readonly Mark[];
}

/** The distribution of response times over time. It shows a second mode, which percentiles hide. */
export function HeatChart({ report: { heat: ofAll, slices }, endpoint, marks }: HeatChartProps) {
  const { colours } = usePage();
  const own = useMemo(
    () => (endpoint === allEndpoints || slices === undefined ? null : heatOfSlices(slices, endpoint)),
    [slices, endpoint],
  );
  const heat = own ?? ofAll;
  const isOfAll = own === null && endpoint !== allEndpoints;
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
