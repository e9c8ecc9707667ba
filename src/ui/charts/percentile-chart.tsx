import { useCallback, useMemo, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { milliseconds } from "../../report/numbers.ts";
import type { DistributionColumn, Distributions } from "../../report/page/model.ts";
import { usePage } from "../components/page-context.tsx";
import { allEndpoints, type EndpointKey, keyOf } from "../data/endpoint-key.ts";
import { ninesLabel, percentilePlot } from "../data/percentile-axis.ts";
import { ChartFrame } from "./chart-frame.tsx";
import { dashes, type LineLook } from "./chart-look.ts";
import { Legend } from "./legend.tsx";
import { Plot } from "./plot.tsx";
import { axis, clockAxis, fromZero, rightAxis, seriesOf } from "./plot-options.ts";

const chosen: LineLook = {
  label: "response time",
  colour: "p95",
  width: 2,
  dash: dashes.solid,
  scale: "y",
  format: milliseconds,
};
const rest: LineLook = { ...chosen, label: "all endpoints", colour: "muted", width: 1, dash: dashes.dashed };

interface PercentileChartProps {
  readonly distributions: Distributions;
  readonly endpoint: EndpointKey;
  readonly height?: number;
  /** The distributions of an earlier run, to draw both; without it, an endpoint is drawn beside all of them. */
  readonly before?: Distributions;
}

const comparedLooks = [
  { ...chosen, label: "after" },
  { ...rest, label: "before" },
];

/** The distribution by percentile, as HdrHistogram plots it: the x axis counts the nines. */
export function PercentileChart({ distributions, endpoint, height = 200, before }: PercentileChartProps) {
  const { colours } = usePage();
  const [position, setPosition] = useState<number | null>(null);
  const plot = useRef<uPlot | null>(null);
  const looks = useMemo(
    () =>
      before !== undefined
        ? comparedLooks
        : endpoint === allEndpoints
          ? [chosen]
          : [{ ...chosen, label: endpoint }, rest],
    [endpoint, before],
  );
  const data = useMemo(() => {
    const { percentiles, total } = distributions;
    const column = columnOf(distributions, endpoint);
    if (before !== undefined) return percentilePlot(percentiles, [column, columnOf(before, endpoint)]);
    return percentilePlot(percentiles, endpoint === allEndpoints ? [total] : [column, total]);
  }, [distributions, before, endpoint]);
  const options = useMemo(
    (): Omit<uPlot.Options, "width" | "height"> => ({
      padding: [8, rightAxis, 0, 0],
      scales: {
        x: { time: false, range: (_plot, _min, max) => [0, Math.max(1, max ?? 1)] },
        y: { range: fromZero(() => []) },
      },
      axes: [
        { ...clockAxis(colours), incrs: [1], space: 20, values: (_plot, splits) => splits.map(ninesLabel) },
        axis(colours, milliseconds, "left"),
      ],
      series: [{}, ...seriesOf(looks, colours).map((series) => ({ ...series, points: { show: false } }))],
      cursor: { drag: { x: false, y: false }, points: { size: 6 }, y: false },
      hooks: { setCursor: [(made) => setPosition(made.cursor.idx ?? null)] },
    }),
    [colours, looks],
  );
  const onPlot = useCallback((made: uPlot | null) => {
    plot.current = made;
  }, []);
  const at = position === null ? undefined : data.x[position];
  const { valuesMs, maxMs } = distributions.total;
  const summary = `Of all endpoints the median is ${milliseconds(valueAt(distributions.percentiles, valuesMs, 50))} ms and the maximum ${milliseconds(maxMs)} ms.`;
  return (
    <ChartFrame
      title="Response time by percentile, ms"
      summary={summary}
      plot={plot}
      legend={
        <Legend
          looks={looks}
          values={position === null ? null : data.lines.map((line) => line[position] ?? null)}
          note={at === undefined ? "" : `p${ninesLabel(at)}`}
        />
      }
    >
      {data.x.length === 0 ? (
        <p class="empty" style={{ height: `${height}px` }}>
          no requests yet
        </p>
      ) : (
        <Plot data={data} height={height} options={options} onPlot={onPlot} />
      )}
    </ChartFrame>
  );
}

function columnOf({ total, endpoints }: Distributions, endpoint: EndpointKey): DistributionColumn | null {
  return endpoint === allEndpoints ? total : (endpoints.find((other) => keyOf(other) === endpoint) ?? null);
}

function valueAt(percentiles: readonly number[], valuesMs: readonly number[], percentile: number): number {
  return valuesMs[percentiles.findIndex((value) => value >= percentile)] ?? 0;
}
