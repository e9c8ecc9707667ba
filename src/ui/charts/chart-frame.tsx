import type { ComponentChildren, RefObject } from "preact";
import { useRef } from "preact/hooks";
import type uPlot from "uplot";
import { usePage } from "../components/page-context.tsx";
import { useBrush } from "../selection/use-brush.ts";

interface ChartFrameProps {
  readonly title: string;
  readonly summary: string;
  readonly legend: ComponentChildren;
  readonly plot: RefObject<uPlot | null>;
  /** Whether the x axis is time: then Shift and an arrow select the time from where the cursor was. */
  readonly isTime?: boolean;
  /** Called when Enter is pressed, with the cursor in place. */
  readonly onEnter?: (plot: uPlot) => void;
  readonly children: ComponentChildren;
}

const cursorStep = 8;

/**
 * The frame of a chart: title, legend and plot. With the keyboard, arrows move the cursor, Shift and an arrow selects time, Enter selects
 * the mark at the cursor, + and - zoom, and Escape selects and shows the whole run.
 */
export function ChartFrame({ title, summary, legend, plot, isTime = false, onEnter, children }: ChartFrameProps) {
  const { axis, select } = usePage();
  const brush = useBrush();
  const anchor = useRef<number | null>(null);
  const actions: Readonly<Record<string, () => unknown>> = {
    ArrowLeft: () => moveCursor(plot.current, -cursorStep),
    ArrowRight: () => moveCursor(plot.current, cursorStep),
    "+": () => axis.zoomBy(2),
    "=": () => axis.zoomBy(2),
    "-": () => axis.zoomBy(0.5),
    PageUp: () => axis.panBy(-0.5),
    PageDown: () => axis.panBy(0.5),
    Escape: () => {
      axis.showAll();
      select({ kind: "clear" });
    },
    ...(onEnter === undefined ? {} : { Enter: () => plot.current !== null && onEnter(plot.current) }),
  };
  const extend = (by: number) => {
    anchor.current ??= secondAtCursor(plot.current);
    moveCursor(plot.current, by);
    const [from, to] = [anchor.current, secondAtCursor(plot.current)];
    if (from !== null && to !== null) brush(Math.min(from, to), Math.max(from, to), true);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -cursorStep, ArrowRight: cursorStep }[event.key];
    if (isTime && event.shiftKey && step !== undefined) {
      event.preventDefault();
      extend(step);
      return;
    }
    if (event.key !== "Shift") anchor.current = null;
    const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
  return (
    <figure class="chart">
      <figcaption>
        <h3>{title}</h3>
        {legend}
      </figcaption>
      <div role="application" aria-label={`${title}. ${summary}`} tabIndex={0} onKeyDown={onKeyDown}>
        {children}
      </div>
    </figure>
  );
}

/** The time at the cursor in seconds; without a cursor, the start of the shown time. */
function secondAtCursor(plot: uPlot | null): number | null {
  return plot === null ? null : plot.posToVal(Math.max(0, plot.cursor.left ?? 0), "x");
}

function moveCursor(plot: uPlot | null, by: number): void {
  if (plot === null) return;
  const width = plot.over.clientWidth;
  const from = plot.cursor.left ?? -1;
  const left = from < 0 ? (by > 0 ? 0 : width) : Math.min(width, Math.max(0, from + by));
  plot.setCursor({ left, top: plot.over.clientHeight / 2 });
}
