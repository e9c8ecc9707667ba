import { useMemo } from "preact/hooks";
import { milliseconds } from "../../report/numbers.ts";
import type { DistributionColumn, Distributions } from "../../report/page/model.ts";
import { usePage } from "../components/page-context.tsx";
import { allEndpoints, type EndpointKey, keyOf } from "../data/endpoint-key.ts";
import { ninesLabel, percentilePlot } from "../data/percentile-axis.ts";
import { dashes, type LineLook } from "./chart-look.ts";
import { axis, clockAxis, fromZero, seriesOf } from "./plot-options.ts";
import { PointedChart, type PointedOptions } from "./pointed-chart.tsx";

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
  /** The distributions of an earlier run, to draw both. Without it, an endpoint is drawn beside all endpoints together. */
  readonly before?: Distributions;
}

const comparedLooks = [
  { ...chosen, label: "after" },
  { ...rest, label: "before" },
];

/** The distribution by percentile, as HdrHistogram plots it: the x axis counts the nines. */
export function PercentileChart({ distributions, endpoint, height = 200, before }: PercentileChartProps) {
  const { colours } = usePage();
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
    (): PointedOptions => ({
      scales: {
        x: { time: false, range: (_plot, _min, max) => [0, Math.max(1, max ?? 1)] },
        y: { range: fromZero(() => []) },
      },
      axes: [
        { ...clockAxis(colours), incrs: [1], space: 20, values: (_plot, splits) => splits.map(ninesLabel) },
        axis(colours, milliseconds, "left"),
      ],
      series: [{}, ...seriesOf(looks, colours).map((series) => ({ ...series, points: { show: false } }))],
    }),
    [colours, looks],
  );
  const { valuesMs, maxMs } = distributions.total;
  const summary = `Of all endpoints the median is ${milliseconds(valueAt(distributions.percentiles, valuesMs, 50))} ms and the maximum ${milliseconds(maxMs)} ms.`;
  return (
    <PointedChart
      title="Response time by percentile, ms"
      {...{ summary, data, looks, height, options }}
      describeX={(nines) => `p${ninesLabel(nines)}`}
    />
  );
}

function columnOf({ total, endpoints }: Distributions, endpoint: EndpointKey): DistributionColumn | null {
  return endpoint === allEndpoints ? total : (endpoints.find((other) => keyOf(other) === endpoint) ?? null);
}

function valueAt(percentiles: readonly number[], valuesMs: readonly number[], percentile: number): number {
  return valuesMs[percentiles.findIndex((value) => value >= percentile)] ?? 0;
}
