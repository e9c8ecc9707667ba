import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { formatClock } from "../../core/duration.ts";
import { usePage } from "../components/page-context.tsx";
import type { Mark } from "../data/marks.ts";
import { type ChartData, type Line, shownAt } from "../data/series.ts";
import { placeOfEvent } from "../selection/places.ts";
import { useBrush } from "../selection/use-brush.ts";
import { useChoose } from "../selection/use-choose.ts";
import { ChartFrame } from "./chart-frame.tsx";
import type { LimitLine, LineLook } from "./chart-look.ts";
import { Legend } from "./legend.tsx";
import { type DrawnLabel, drawLimits, drawMarks, drawSelected, markAt } from "./marks-layer.ts";
import { Plot } from "./plot.tsx";
import { axis as axisOf, clockAxis, fromZero, rightAxis, seriesOf, timeCursor, zoomOnSelect } from "./plot-options.ts";

export interface TimeChartProps {
  readonly title: string;
  /** The description for screen readers. */
  readonly summary: string;
  readonly data: ChartData;
  /** The looks of the lines, in the order of the data. A new array creates a new chart. */
  readonly looks: readonly LineLook[];
  readonly marks: readonly Mark[];
  readonly limits?: readonly LimitLine[];
  /** The text to show if there is no data. */
  readonly empty?: string;
  readonly height?: number;
  /** The y scale, if it does not start at zero. */
  readonly yScale?: uPlot.Scale;
  readonly drawUnder?: (plot: uPlot) => void;
  readonly note?: (plot: uPlot) => string;
  /** Whether each line is filled down to the next one. */
  readonly isStacked?: boolean;
  /** The values that the legend shows at the cursor, if they are not the drawn ones. */
  readonly told?: readonly Line[];
  /** Text in the legend that is shown with and without a cursor. */
  readonly remark?: string;
}

const noLimits: readonly LimitLine[] = [];

/** A chart over the time of the run. All such charts share one axis, cursor and zoom. */
export function TimeChart(props: TimeChartProps) {
  const { title, summary, data, looks, marks, limits = noLimits, empty, height = 200, remark } = props;
  const [cursor, setCursor] = useState<{ readonly position: number; readonly note: string } | null>(null);
  const { options, onPlot, plot, axis, chooseAt } = usePlot(props, setCursor);
  const drawn = useMemo(() => ({ marks, limits }), [marks, limits]);
  const second = cursor === null ? undefined : data.x[cursor.position];
  return (
    <ChartFrame
      title={title}
      summary={summary}
      plot={plot}
      isTime
      onEnter={(made) => chooseAt(made, made.cursor.left ?? -1, Number.POSITIVE_INFINITY)}
      legend={
        <Legend
          looks={looks}
          values={cursor === null ? null : (props.told ?? data.lines).map((line) => shownAt(line, cursor.position))}
          {...(remark === undefined ? {} : { remark })}
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
  { looks, marks, limits = noLimits, yScale, drawUnder, note, isStacked = false }: TimeChartProps,
  setCursor: (cursor: { position: number; note: string } | null) => void,
) {
  const { axis, colours, selection, shown } = usePage();
  const brush = useBrush();
  const choose = useChoose();
  const plot = useRef<uPlot | null>(null);
  // Hooks read these when they draw, so a new mark does not need a new chart.
  const { range } = selection;
  const layers = useRef({ marks, limits, drawUnder, note, range });
  layers.current = { marks, limits, drawUnder, note, range };
  const labels = useRef<readonly DrawnLabel[]>([]);
  useEffect(() => plot.current?.redraw(false, false), [range]);
  const chooseAt = useCallback(
    (made: uPlot, left: number, top: number) => {
      const mark = markAt(made, layers.current.marks, labels.current, left, top);
      if (mark !== null && shown.current !== null) choose(placeOfEvent(shown.current, mark));
    },
    [choose, shown],
  );

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
      ...(isStacked
        ? { bands: looks.slice(1).map((_, line) => ({ series: [line + 1, line + 2] as [number, number] })) }
        : {}),
      hooks: {
        ready: [(made) => onPress(made.over, (left, top) => chooseAt(made, left, top))],
        drawAxes: [(made) => layers.current.drawUnder?.(made)],
        draw: [
          (made) => {
            drawSelected(made, layers.current.range, axis, colours);
            labels.current = drawMarks(made, layers.current.marks, colours);
            drawLimits(made, layers.current.limits, colours, labels.current);
          },
        ],
        setSelect: [zoomOnSelect(axis, brush)],
        setCursor: [
          (made) => {
            const position = made.cursor.idx ?? null;
            const { left = -1, top = -1 } = made.cursor;
            const isOnMark = left >= 0 && markAt(made, layers.current.marks, labels.current, left, top) !== null;
            made.over.style.cursor = isOnMark ? "pointer" : "";
            setCursor(position === null ? null : { position, note: layers.current.note?.(made) ?? "" });
          },
        ],
      },
    };
  }, [axis, colours, looks, yScale, isStacked, setCursor, brush, chooseAt]);

  const onPlot = useCallback((made: uPlot | null) => {
    plot.current = made;
  }, []);
  return { options, onPlot, plot, axis, chooseAt };
}

/** The distance from which a pointer movement is a drag and not a click. */
const dragPixels = 4;

/** Calls `act` with the position of each click on an element that is not a drag. The listeners are removed with the element. */
function onPress(element: HTMLElement, act: (left: number, top: number) => void): void {
  let [downX, downY] = [0, 0];
  element.addEventListener("mousedown", ({ clientX, clientY }) => {
    [downX, downY] = [clientX, clientY];
  });
  element.addEventListener("click", ({ clientX, clientY }) => {
    if (Math.hypot(clientX - downX, clientY - downY) >= dragPixels) return;
    const { left, top } = element.getBoundingClientRect();
    act(clientX - left, clientY - top);
  });
}
