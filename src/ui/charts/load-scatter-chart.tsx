import { useCallback, useMemo, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { count, milliseconds, perSecondText } from "../../report/numbers.ts";
import type { RunReport } from "../../report/page/model.ts";
import { usePage } from "../components/page-context.tsx";
import type { EndpointKey } from "../data/endpoint-key.ts";
import { ChartFrame } from "./chart-frame.tsx";
import { dashes, type LineLook } from "./chart-look.ts";
import { Legend } from "./legend.tsx";
import { loadScatter, loadUnit } from "./load-scatter.ts";
import { Plot } from "./plot.tsx";
import { axis, fromZero, rightAxis, seriesOf } from "./plot-options.ts";

const look = { width: 4, scale: "y", format: milliseconds } as const;
const looks: readonly LineLook[] = [
  { ...look, label: "a window", colour: "p95", dash: dashes.dotted },
  { ...look, label: "with few requests", colour: "muted", dash: dashes.dotted },
  { ...look, label: "median", colour: "arrivals", width: 2, dash: dashes.solid },
];
/** The number of lines that are points. */
const clouds = 2;

interface LoadScatterProps {
  readonly report: RunReport;
  readonly endpoint: EndpointKey;
  readonly height?: number;
}

/** The p95 of each window against its load: whether the service gets slower because it has more to do, or for another reason. */
export function LoadScatterChart({ report, endpoint, height = 200 }: LoadScatterProps) {
  const { colours, selection } = usePage();
  const [position, setPosition] = useState<number | null>(null);
  const plot = useRef<uPlot | null>(null);
  const { plan, result, windows } = report;
  const unit = loadUnit(report);
  const { range } = selection;
  const data = useMemo(
    () => loadScatter({ plan, result, windows }, endpoint, range),
    [windows, plan, unit, endpoint, range],
  );
  const text = unit === "users" ? count : perSecondText;
  const options = useMemo(
    (): Omit<uPlot.Options, "width" | "height"> => ({
      padding: [8, rightAxis, 0, 0],
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
      cursor: { drag: { x: false, y: false }, points: { size: 6 }, y: false },
      hooks: { setCursor: [(made) => setPosition(made.cursor.idx ?? null)] },
    }),
    [colours, text],
  );
  const onPlot = useCallback((made: uPlot | null) => {
    plot.current = made;
  }, []);
  const load = position === null ? undefined : data.x[position];
  const most = data.x.at(-1) ?? 0;
  const summary = `${count(data.x.length)} windows with up to ${text(most)} ${unit}.`;
  return (
    <ChartFrame
      title={`p95 by load in ${unit}, ms`}
      {...{ summary, plot }}
      legend={
        <Legend
          looks={looks}
          values={position === null ? null : data.lines.map((line) => line[position] ?? null)}
          note={load === undefined ? "" : `${text(load)} ${unit}`}
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
