import type { ComponentChildren } from "preact";
import type { AxisScale } from "./scale.ts";

interface PlaneProps {
  readonly title: string;
  /** A description of the picture for screen readers. */
  readonly summary: string;
  readonly height: number;
  readonly x: AxisScale;
  readonly y: AxisScale;
  readonly xText: (value: number) => string;
  readonly yText: (value: number) => string;
  readonly legend?: ComponentChildren;
  /** Content between the title and the plot. */
  readonly note?: ComponentChildren;
  /** The number of rows of text above the plot. */
  readonly rows?: number;
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}

export const rowHeight = 18;

/**
 * The frame of a picture that is drawn as SVG: title, axes and grid. Positions along x are percentages of the width, so the
 * picture fits every width without being measured, and prints without changes.
 */
export function Plane(props: PlaneProps) {
  const { title, summary, height, x, y, xText, yText, legend, note, rows = 0, wide = false, children } = props;
  return (
    <figure class={wide ? "chart wide" : "chart"}>
      <figcaption>
        <h3>{title}</h3>
        <div class="legend">{legend}</div>
      </figcaption>
      {note}
      <div class="plane" style={{ paddingTop: `${rows * rowHeight + 4}px` }}>
        <svg role="img" aria-label={`${title}. ${summary}`} width="100%" height={height}>
          {y.ticks.map((tick) => (
            <g key={tick}>
              <line class="grid-line" x1="0" x2="100%" y1={yOf(y, tick, height)} y2={yOf(y, tick, height)} />
              <text class="tick" x="-6" y={yOf(y, tick, height) + 4} text-anchor="end">
                {yText(tick)}
              </text>
            </g>
          ))}
          {x.ticks.map((tick) => (
            <text key={tick} class="tick" x={xOf(x, tick)} y={height + 18} text-anchor="middle">
              {xText(tick)}
            </text>
          ))}
          <line class="axis-line" x1="0" x2="100%" y1={height} y2={height} />
          {children}
        </svg>
      </div>
    </figure>
  );
}

export function xOf(scale: AxisScale, value: number): string {
  return `${Math.round(scale.share(value) * 1e4) / 100}%`;
}

export function yOf(scale: AxisScale, value: number, height: number): number {
  return Math.round((1 - scale.share(value)) * height * 10) / 10;
}

interface LabelledLineProps {
  readonly x: AxisScale;
  readonly at: number;
  readonly height: number;
  readonly row: number;
  readonly label: string;
  readonly tone: string;
}

/** A vertical line with its label in a row above the plot. */
export function LabelledLine({ x, at, height, row, label, tone }: LabelledLineProps) {
  const isRight = x.share(at) > 0.6;
  return (
    <g class={tone}>
      <line class="mark-line" x1={xOf(x, at)} x2={xOf(x, at)} y1={-row * rowHeight + 2} y2={height} />
      <text x={xOf(x, at)} dx={isRight ? -4 : 4} y={-row * rowHeight + 12} text-anchor={isRight ? "end" : "start"}>
        {label}
      </text>
    </g>
  );
}

interface LimitLineProps {
  readonly y: AxisScale;
  readonly bound: number;
  readonly height: number;
  readonly label: string;
}

/** The bound of a target as a horizontal line. */
export function BoundLine({ y, bound, height, label }: LimitLineProps) {
  const at = yOf(y, bound, height);
  return (
    <g class="failed">
      <line class="bound-line" x1="0" x2="100%" y1={at} y2={at} />
      <text x="4" y={at < 4 ? at + 12 : at - 4}>
        {label}
      </text>
    </g>
  );
}

interface PathProps {
  readonly x: AxisScale;
  readonly y: AxisScale;
  readonly height: number;
  readonly points: readonly (readonly [x: number, y: number | null])[];
  readonly class: string;
}

/** A line through points; null is a gap. The line is stretched to the width of the plot, but its stroke is not. */
export function Path({ x, y, height, points, class: className }: PathProps) {
  let isPenDown = false;
  let path = "";
  for (const [at, value] of points) {
    if (value === null) isPenDown = false;
    else {
      path += `${isPenDown ? "L" : "M"}${Math.round(x.share(at) * 1e5) / 100} ${yOf(y, value, height)}`;
      isPenDown = true;
    }
  }
  return (
    <svg aria-hidden="true" viewBox={`0 0 1000 ${height}`} preserveAspectRatio="none" width="100%" height={height}>
      <path class={className} d={path} vector-effect="non-scaling-stroke" />
    </svg>
  );
}
