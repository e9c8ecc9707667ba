import { useMemo } from "preact/hooks";
import type uPlot from "uplot";
import { count, milliseconds, perSecondText } from "../../report/numbers.ts";
import type { RunReport } from "../../report/page/model.ts";
import { usePage } from "../components/page-context.tsx";
import type { EndpointKey } from "../data/endpoint-key.ts";
import { dashes, type LineLook } from "./chart-look.ts";
import { loadScatter, loadUnit } from "./load-scatter.ts";
import { axis, fromZero, seriesOf } from "./plot-options.ts";
import { PointedChart, type PointedOptions } from "./pointed-chart.tsx";

const look = { width: 4, scale: "y", format: milliseconds } as const;
const looks: readonly LineLook[] = [
  { ...look, label: "a window", colour: "p95", dash: dashes.dotted },
  { ...look, label: "with few requests", colour: "muted", dash: dashes.dotted },
  { ...look, label: "median", colour: "arrivals", width: 2, dash: dashes.solid },
];
/** The number of series that are drawn as points. */
const clouds = 2;

interface LoadScatterProps {
  readonly report: RunReport;
  readonly endpoint: EndpointKey;
  readonly height?: number;
}

/** The p95 of each window against its load. It shows whether the service gets slower because of its load, or for another reason. */
export function LoadScatterChart({ report, endpoint, height = 200 }: LoadScatterProps) {
  const { colours, selection } = usePage();
  const { plan, result, windows } = report;
  const unit = loadUnit(report);
  const { range } = selection;
  const data = useMemo(
    () => loadScatter({ plan, result, windows }, endpoint, range),
    [windows, plan, unit, endpoint, range],
  );
  const text = unit === "users" ? count : perSecondText;
  const options = useMemo(
    (): PointedOptions => ({
      scales: {
        x: { time: false, range: (_plot, _min, max) => [0, (max ?? 1) * 1.02 || 1] },
        y: { range: fromZero(() => []) },
      },
      axes: [
        { ...axis(colours, text, "left"), scale: "x", side: 2, size: 24, grid: { show: false } },
        axis(colours, milliseconds, "left"),
      ],
      series: [
        {},
        ...seriesOf(looks, colours).map((series, line): uPlot.Series => {
          const cloud = {
            show: true,
            size: 5,
            width: 0,
            fill: `color-mix(in srgb, ${series.stroke} 55%, transparent)`,
          };
          return line < clouds
            ? { ...series, paths: () => null, points: cloud }
            : { ...series, points: { show: false } };
        }),
      ],
    }),
    [colours, text],
  );
  const most = data.x.at(-1) ?? 0;
  return (
    <PointedChart
      title={`p95 by load in ${unit}, ms`}
      summary={`${count(data.x.length)} windows with up to ${text(most)} ${unit}.`}
      {...{ data, looks, height, options }}
      describeX={(load) => `${text(load)} ${unit}`}
    />
  );
}
