import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { ChartData } from "../data/series.ts";
import type { TimeAxis } from "./time-axis.ts";

interface PlotProps {
  readonly data: ChartData;
  readonly height: number;
  /** The options of the chart. A new object creates a new chart, so keep the object while only the data changes. */
  readonly options: Omit<uPlot.Options, "width" | "height">;
  readonly onPlot?: (plot: uPlot | null) => void;
  /** The data that hooks draw. A change redraws the chart. */
  readonly drawn?: unknown;
  /** The axis, if its shown range changes without new data. */
  readonly axis?: Pick<TimeAxis, "range" | "subscribe">;
}

/** The distance out of sight, in pixels, at which a chart is already kept up to date before it is scrolled to. */
const nearlyInSight = "200px";

/**
 * A uPlot chart that fills the width of its parent. A chart out of sight is not redrawn until it comes into sight,
 * because drawing takes most of the time of an update.
 */
export function Plot({ data, height, options, onPlot, drawn, axis }: PlotProps) {
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(data);
  latest.current = data;
  const sight = useRef({ isIn: true, isStale: false });

  useEffect(() => {
    const parent = element.current;
    if (parent === null) return;
    const width = Math.max(1, parent.clientWidth);
    const made = new uPlot({ ...options, width, height, legend: { show: false } }, aligned(latest.current), parent);
    plot.current = made;
    onPlot?.(made);
    const observer = new ResizeObserver(() => {
      const next = Math.max(1, parent.clientWidth);
      if (next !== made.width) made.setSize({ width: next, height });
    });
    observer.observe(parent);
    const inSight = new IntersectionObserver(
      (entries) => {
        const isIn = entries.at(-1)?.isIntersecting ?? true;
        if (isIn && sight.current.isStale) made.setData(aligned(latest.current));
        sight.current = { isIn, isStale: isIn ? false : sight.current.isStale };
      },
      { rootMargin: nearlyInSight },
    );
    inSight.observe(parent);
    return () => {
      observer.disconnect();
      inSight.disconnect();
      onPlot?.(null);
      plot.current = null;
      made.destroy();
    };
  }, [options, height, onPlot]);

  useEffect(() => {
    if (sight.current.isIn) plot.current?.setData(aligned(data));
    else sight.current.isStale = true;
  }, [data]);
  useEffect(() => {
    if (sight.current.isIn) plot.current?.redraw(false, false);
    else sight.current.isStale = true;
  }, [drawn]);
  useEffect(
    () =>
      axis?.subscribe(() => {
        const [min, max] = axis.range;
        if (sight.current.isIn) plot.current?.setScale("x", { min, max });
        else sight.current.isStale = true;
      }),
    [axis],
  );

  return <div class="canvas" ref={element} style={{ height: `${height}px` }} />;
}

function aligned({ x, lines }: ChartData): uPlot.AlignedData {
  return [x as number[], ...(lines as (number | null | undefined)[][])];
}
