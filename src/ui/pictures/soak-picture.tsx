import { formatClock } from "../../core/duration.ts";
import { AnswerFigures } from "./answer-figures.tsx";
import { BoundLine, Path, Plane, xOf, yOf } from "./plane.tsx";
import { type AxisScale, linearScale, timeScale } from "./scale.ts";
import { type SoakMarks, type SoakReport, soakMarks } from "./soak-marks.ts";
import { soakFigures } from "./soak-series.ts";

/** The most important series of a soak, each with its fitted line, the interval of its slope, and where it crosses its target. */
export function SoakPictures({ report }: { readonly report: SoakReport }) {
  const pictures = soakMarks(report);
  const { drift } = report.result;
  return (
    <>
      <AnswerFigures figures={drift === null ? [] : soakFigures(drift)} />
      <div class="grid">
        {pictures.map((marks, position) => (
          <SoakPicture key={marks.title} marks={marks} isFirst={position === 0} />
        ))}
      </div>
    </>
  );
}

function SoakPicture({ marks, isFirst }: { readonly marks: SoakMarks; readonly isFirst: boolean }) {
  const { title, finding, tone, points, line, ahead, band, levels, limit, crossing, toMs, format } = marks;
  const height = isFirst ? 200 : 120;
  const measured = points.flatMap(([, value]) => (value === null ? [] : [value]));
  const drawn = [...line, ...ahead, ...levels].flatMap(([, value]) => (value === null ? [] : [value]));
  const most = Math.max(0, ...measured, ...drawn);
  const isInSight = limit !== null && limit <= most * 1.5;
  const y = linearScale(0, (isInSight ? Math.max(most, limit) : most) * 1.1 || 1, isFirst ? 4 : 3);
  const x = timeScale(0, toMs);
  const plot = { x, y, height };
  return (
    <Plane
      title={title}
      summary={finding}
      {...plot}
      note={<p class={`finding ${tone}`}>{finding}</p>}
      wide={isFirst}
      xText={formatClock}
      yText={(value) => format(value).replace(/\.0+(?= |$)/, "")}
    >
      {isInSight && <BoundLine y={y} bound={limit} height={height} label={`target ${format(limit)}`} />}
      {band !== null && <Band {...plot} {...band} />}
      <Path {...plot} points={points} class="measured" />
      <Path {...plot} points={line} class={`fitted ${tone}`} />
      <Path {...plot} points={ahead} class={`fitted ahead ${tone}`} />
      <Path {...plot} points={levels} class={`fitted ${tone}`} />
      {crossing !== null && (
        <g class="failed">
          <line
            class="mark-line"
            x1={xOf(x, crossing.atMs)}
            x2={xOf(x, crossing.atMs)}
            y1={yOf(y, crossing.value, height)}
            y2={height}
          />
          <circle cx={xOf(x, crossing.atMs)} cy={yOf(y, crossing.value, height)} r="4.5" class="filled" />
          <text x={xOf(x, crossing.atMs)} dx="-6" y={height - 6} text-anchor="end">
            {formatClock(crossing.atMs)}
          </text>
        </g>
      )}
    </Plane>
  );
}

interface BandProps extends NonNullable<SoakMarks["band"]> {
  readonly x: AxisScale;
  readonly y: AxisScale;
  readonly height: number;
}

function Band({ x, y, height, low, high }: BandProps) {
  const corners = [...low, ...high.toReversed()].map(
    ([at, value]) => `${Math.round(x.share(at) * 1e5) / 100},${yOf(y, value ?? 0, height)}`,
  );
  return (
    <svg aria-hidden="true" viewBox={`0 0 1000 ${height}`} preserveAspectRatio="none" width="100%" height={height}>
      <polygon class="band" points={corners.join(" ")} />
    </svg>
  );
}
