import type { ComponentChildren, RefObject } from "preact";
import type uPlot from "uplot";
import { usePage } from "../components/page-context.tsx";

interface ChartFrameProps {
  readonly title: string;
  readonly summary: string;
  readonly legend: ComponentChildren;
  readonly plot: RefObject<uPlot | null>;
  /** Whether the chart spans two columns. */
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}

const cursorStep = 8;

/** The frame of a chart: title, legend and plot. On the keyboard, arrows move the cursor, + and - zoom, and Escape shows the whole run. */
export function ChartFrame({ title, summary, legend, plot, wide = false, children }: ChartFrameProps) {
  const { axis } = usePage();
  const actions: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => moveCursor(plot.current, -cursorStep),
    ArrowRight: () => moveCursor(plot.current, cursorStep),
    "+": () => axis.zoomBy(2),
    "=": () => axis.zoomBy(2),
    "-": () => axis.zoomBy(0.5),
    PageUp: () => axis.panBy(-0.5),
    PageDown: () => axis.panBy(0.5),
    Escape: () => axis.showAll(),
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
  return (
    <figure class={wide ? "chart wide" : "chart"}>
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

function moveCursor(plot: uPlot | null, by: number): void {
  if (plot === null) return;
  const width = plot.over.clientWidth;
  const from = plot.cursor.left ?? -1;
  const left = from < 0 ? (by > 0 ? 0 : width) : Math.min(width, Math.max(0, from + by));
  plot.setCursor({ left, top: plot.over.clientHeight / 2 });
}
