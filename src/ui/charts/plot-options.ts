import type uPlot from "uplot";
import { formatClock } from "../../core/duration.ts";
import type { LimitLine, LineLook } from "./chart-look.ts";
import type { Colours } from "./colours.ts";
import type { TimeAxis } from "./time-axis.ts";

const monospace = '11px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace';
const leftAxis = 56;
/** The width of a right axis. A chart without one leaves this space empty, which aligns the time axes of all charts. */
export const rightAxis = 44;
/** The tick distances of a time axis, in seconds. */
const clockSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400];
/** The y axis includes a limit up to this multiple of the highest value. A higher limit would make the data a flat line. */
const limitInSight = 3;

/** A y axis of fixed width, which aligns the time axes of all charts. */
export function axis(colours: Colours, format: (value: number) => string, side: "left" | "right"): uPlot.Axis {
  return {
    scale: side === "left" ? "y" : "right",
    side: side === "left" ? 3 : 1,
    stroke: colours.muted,
    font: monospace,
    size: side === "left" ? leftAxis : rightAxis,
    gap: 4,
    grid: { show: side === "left", stroke: colours.border, width: 1 },
    ticks: { show: false },
    // Trailing zeros after the decimal point are removed.
    values: (_plot, splits) =>
      splits.map((split) =>
        split === null
          ? null
          : format(split)
              .replace(/(\.\d*?)0+(?= |$)/, "$1")
              .replace(/\.(?= |$)/, ""),
      ),
  };
}

export function clockAxis(colours: Colours): uPlot.Axis {
  return {
    stroke: colours.muted,
    font: monospace,
    size: 24,
    gap: 4,
    space: 64,
    incrs: clockSteps,
    grid: { show: false },
    ticks: { stroke: colours.border, size: 4, width: 1 },
    values: (_plot, splits) => splits.map((split) => formatClock(split * 1_000)),
  };
}

export function seriesOf(looks: readonly LineLook[], colours: Colours): uPlot.Series[] {
  return looks.map(({ colour, width, dash, filled, scale }) => ({
    scale,
    stroke: colours[colour],
    width,
    dash: [...dash],
    points: { size: 4, width: 1, fill: colours[colour] },
    ...(filled === true ? { fill: `color-mix(in srgb, ${colours[colour]} 20%, transparent)` } : {}),
  }));
}

/** A range from zero to a little above the highest value, or above a limit that is close to it. */
export function fromZero(limits: () => readonly LimitLine[]): uPlot.Range.Function {
  return (_plot, _min, max) => {
    const most = max ?? 0;
    const inSight = limits()
      .map(({ bound }) => bound)
      .filter((bound) => most === 0 || bound <= most * limitInSight);
    const top = Math.max(most, ...inSight);
    return [0, top === 0 ? 1 : top * 1.08];
  };
}

/** The cursor that all charts over time share. Dragging zooms the axis of all of them. */
export function timeCursor(axis: TimeAxis): Pick<uPlot.Options, "cursor" | "select"> {
  return {
    cursor: {
      sync: { key: "time", scales: ["x", null] },
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
      y: false,
      bind: {
        dblclick: () => () => {
          axis.showAll();
          return null;
        },
      },
    },
  };
}

/** Zooms to a range that was dragged over. @param onBrush takes the range, in seconds */
export function zoomOnSelect(axis: TimeAxis, onBrush: (from: number, to: number) => void): (plot: uPlot) => void {
  return (plot) => {
    const { left, width } = plot.select;
    if (width < 4) return;
    const [from, to] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    axis.zoomTo(...(axis.nearest(from, to) ?? ([from, to] as const)));
    onBrush(from, to);
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  };
}
