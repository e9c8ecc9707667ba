import { useCallback, useMemo, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import type { ChartData } from "../data/series.ts";
import { ChartFrame } from "./chart-frame.tsx";
import type { LineLook } from "./chart-look.ts";
import { Legend } from "./legend.tsx";
import { Plot } from "./plot.tsx";
import { rightAxis } from "./plot-options.ts";

/** The options in which such charts differ. */
export type PointedOptions = Pick<uPlot.Options, "scales" | "axes" | "series">;

interface PointedChartProps {
  readonly title: string;
  /** A description of the chart for screen readers. */
  readonly summary: string;
  readonly data: ChartData;
  readonly looks: readonly LineLook[];
  readonly height: number;
  /** The options of the chart. A new object creates a new chart. */
  readonly options: PointedOptions;
  /** Returns the value of x at the cursor as a text. */
  readonly describeX: (x: number) => string;
}

/** A chart whose x axis is not time. It has its own cursor, whose values are shown in the legend. */
export function PointedChart({ title, summary, data, looks, height, options, describeX }: PointedChartProps) {
  const [position, setPosition] = useState<number | null>(null);
  const plot = useRef<uPlot | null>(null);
  const pointed = useMemo(
    (): Omit<uPlot.Options, "width" | "height"> => ({
      ...options,
      padding: [8, rightAxis, 0, 0],
      cursor: { drag: { x: false, y: false }, points: { size: 6 }, y: false },
      hooks: { setCursor: [(made) => setPosition(made.cursor.idx ?? null)] },
    }),
    [options],
  );
  const onPlot = useCallback((made: uPlot | null) => {
    plot.current = made;
  }, []);
  const x = position === null ? undefined : data.x[position];
  return (
    <ChartFrame
      {...{ title, summary, plot }}
      legend={
        <Legend
          looks={looks}
          values={position === null ? null : data.lines.map((line) => line[position] ?? null)}
          note={x === undefined ? "" : describeX(x)}
        />
      }
    >
      {data.x.length === 0 ? (
        <p class="empty" style={{ height: `${height}px` }}>
          no requests yet
        </p>
      ) : (
        <Plot data={data} height={height} options={pointed} onPlot={onPlot} />
      )}
    </ChartFrame>
  );
}
