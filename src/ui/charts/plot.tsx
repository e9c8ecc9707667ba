import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { ChartData } from "../data/series.ts";

interface PlotProps {
  readonly data: ChartData;
  readonly height: number;
  /** A new object creates a new chart: keep it while only the data changes. */
  readonly options: Omit<uPlot.Options, "width" | "height">;
  readonly onPlot?: (plot: uPlot | null) => void;
  /** The data that hooks draw; a change redraws the chart. */
  readonly drawn?: unknown;
}

/** A uPlot chart that fills the width of its parent. */
export function Plot({ data, height, options, onPlot, drawn }: PlotProps) {
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(data);
  latest.current = data;

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
    return () => {
      observer.disconnect();
      onPlot?.(null);
      plot.current = null;
      made.destroy();
    };
  }, [options, height, onPlot]);

  useEffect(() => plot.current?.setData(aligned(data)), [data]);
  useEffect(() => plot.current?.redraw(false, false), [drawn]);

  return <div class="canvas" ref={element} style={{ height: `${height}px` }} />;
}

function aligned({ x, lines }: ChartData): uPlot.AlignedData {
  return [x as number[], ...(lines as (number | null | undefined)[][])];
}
