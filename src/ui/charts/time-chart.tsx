import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { formatClock } from "../../core/duration.ts";
import { usePage } from "../components/page-context.tsx";
import type { Mark } from "../data/marks.ts";
import { type ChartData, shownAt } from "../data/series.ts";
import { useBrush } from "../selection/use-brush.ts";
import { ChartFrame } from "./chart-frame.tsx";
import type { LimitLine, LineLook } from "./chart-look.ts";
import { Legend } from "./legend.tsx";
import { drawLimits, drawMarks, drawSelected } from "./marks-layer.ts";
import { Plot } from "./plot.tsx";
import { axis as axisOf, clockAxis, fromZero, rightAxis, seriesOf, timeCursor, zoomOnSelect } from "./plot-options.ts";

export interface TimeChartProps {
  readonly title: string;
  /** The description for screen readers. */
  readonly summary: string;
  readonly data: ChartData;
  /** One per line of the data. A new object creates a new chart. */
  readonly looks: readonly LineLook[];
  readonly marks: readonly Mark[];
  readonly limits?: readonly LimitLine[];
  /** The text that is shown without data. */
  readonly empty?: string;
  readonly height?: number;
  /** The y scale, if it does not start at zero. */
  readonly yScale?: uPlot.Scale;
  readonly drawUnder?: (plot: uPlot) => void;
  readonly note?: (plot: uPlot) => string;
}

const noLimits: readonly LimitLine[] = [];

/** A chart over the time of the run. All such charts share axis, cursor and zoom. */
export function TimeChart(props: TimeChartProps) {
  const { title, summary, data, looks, marks, limits = noLimits, empty, height = 200 } = props;
  const [cursor, setCursor] = useState<{ readonly position: number; readonly note: string } | null>(null);
  const { options, onPlot, plot, axis } = usePlot(props, setCursor);
  const drawn = useMemo(() => ({ marks, limits }), [marks, limits]);
  const second = cursor === null ? undefined : data.x[cursor.position];
  return (
    <ChartFrame
      title={title}
      summary={summary}
      plot={plot}
      isTime
      legend={
        <Legend
          looks={looks}
          values={cursor === null ? null : data.lines.map((line) => shownAt(line, cursor.position))}
          note={[second === undefined ? "" : formatClock(second * 1_000), cursor?.note ?? ""].join(" ").trim()}
        />
      }
    >
      {data.x.length === 0 ? (
        <p class="empty" style={{ height: `${height}px` }}>
          {empty ?? "nothing measured"}
        </p>
      ) : (
        <Plot {...{ data, height, options, onPlot, drawn, axis }} />
      )}
    </ChartFrame>
  );
}

function usePlot(
  { looks, marks, limits = noLimits, yScale, drawUnder, note }: TimeChartProps,
  setCursor: (cursor: { position: number; note: string } | null) => void,
) {
  const { axis, colours, selection } = usePage();
  const brush = useBrush();
  const plot = useRef<uPlot | null>(null);
  // Hooks read these when they draw, so that a new mark does not need a new chart.
  const { range } = selection;
  const layers = useRef({ marks, limits, drawUnder, note, range });
  layers.current = { marks, limits, drawUnder, note, range };
  useEffect(() => plot.current?.redraw(false, false), [range]);

  const options = useMemo((): Omit<uPlot.Options, "width" | "height"> => {
    const left = looks.find(({ scale }) => scale === "y");
    const right = looks.find(({ scale }) => scale === "right");
    return {
      ...timeCursor(axis),
      padding: [8, right === undefined ? rightAxis : 0, 0, 0],
      scales: {
        x: { time: false, range: () => [...axis.range] },
        y: yScale ?? { range: fromZero(() => layers.current.limits) },
        ...(right === undefined ? {} : { right: { range: fromZero(() => noLimits) } }),
      },
      axes: [
        clockAxis(colours),
        axisOf(colours, left?.format ?? String, "left"),
        ...(right === undefined ? [] : [axisOf(colours, right.format, "right")]),
      ],
      series: [{}, ...seriesOf(looks, colours)],
      hooks: {
        drawAxes: [(made) => layers.current.drawUnder?.(made)],
        draw: [
          (made) => {
            drawSelected(made, layers.current.range, axis, colours);
            const labels = drawMarks(made, layers.current.marks, colours);
            drawLimits(made, layers.current.limits, colours, labels);
          },
        ],
        setSelect: [zoomOnSelect(axis, brush)],
        setCursor: [
          (made) => {
            const position = made.cursor.idx ?? null;
            setCursor(position === null ? null : { position, note: layers.current.note?.(made) ?? "" });
          },
        ],
      },
    };
  }, [axis, colours, looks, yScale, setCursor, brush]);

  const onPlot = useCallback((made: uPlot | null) => {
    plot.current = made;
  }, []);
  return { options, onPlot, plot, axis };
}
