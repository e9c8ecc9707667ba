import type { RunRow } from "../../api/contract/runs.ts";
import type { TestTrend } from "../../api/contract/trends.ts";
import { figureChange } from "../../report/comparison/comparison-cells.ts";
import { milliseconds, percent, perSecondText } from "../../report/numbers.ts";
import { type DrawnLevel, linePath, type TrendFigure, type TrendPoint, trendPicture } from "../data/trend-picture.ts";

interface TrendChartProps {
  readonly trend: TestTrend;
  readonly figure: TrendFigure;
  /** The address of a run's report. */
  readonly addressOf: (run: RunRow) => string;
  readonly timeOf: (run: RunRow) => string;
}

export const trendLooks = {
  p95: { title: "Response time p95, ms", format: milliseconds },
  errorRate: { title: "Failed requests", format: percent },
  requestsPerSecond: { title: "Requests/s", format: perSecondText },
} as const;

const marks: Readonly<Record<string, string>> = { passed: "●", failed: "✗" };

/**
 * A figure of the runs of a test, with the newest run at the right. Each point is a link. The noise bands of the levels
 * are drawn behind.
 */
export function TrendChart({ trend, figure, addressOf, timeOf }: TrendChartProps) {
  const { title, format } = trendLooks[figure];
  const { points, levels, range } = trendPicture(trend, figure);
  const described = (point: TrendPoint) =>
    [
      `${point.run.name ?? point.run.id}: ${format(point.value)}`,
      timeOf(point.run),
      point.run.verdict,
      point.isFew ? `of ${point.run.requests} requests only` : null,
      point.isOutside ? "outside of the noise band" : null,
      ...point.run.tags,
    ]
      .filter((text) => text !== null)
      .join(", ");
  return (
    <figure class="chart trend">
      <figcaption>
        <h3>{title}</h3>
        <span class="muted">{nowText(trend, figure, points)}</span>
      </figcaption>
      <div class="trend-frame">
        <span class="trend-range number">{format(range[1])}</span>
        <span class="trend-range number">{format(range[0])}</span>
        <div class="trend-plot">
          <Levels {...{ points, levels }} />
          {levels.map((level) => (
            <ChangeMark key={level.level.from} {...{ level, figure }} />
          ))}
          {points.map((point) => (
            <a
              key={point.run.id}
              class={`trend-point ${point.run.verdict} ${point.isOutside ? "outside" : ""}`}
              style={{ left: shareText(point.x), top: shareText(point.y) }}
              href={addressOf(point.run)}
              title={described(point)}
              aria-label={described(point)}
              // Every chart and the table have the same runs, so only one chart can be reached with the keyboard.
              tabIndex={figure === "p95" ? 0 : -1}
            >
              {point.isFew && point.run.verdict === "passed" ? "○" : (marks[point.run.verdict ?? ""] ?? "●")}
            </a>
          ))}
        </div>
      </div>
    </figure>
  );
}

interface LevelsProps {
  readonly points: readonly TrendPoint[];
  readonly levels: readonly DrawnLevel[];
}

function Levels({ points, levels }: LevelsProps) {
  return (
    <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
      {levels.map(
        ({ band, fromX, toX, level }) =>
          band !== null && (
            <rect
              key={level.from}
              class="band"
              x={fromX}
              y={band.top}
              width={toX - fromX}
              height={band.bottom - band.top}
            />
          ),
      )}
      {levels.map(({ fromX, toX, y, level }) => (
        <line key={level.from} class="level" x1={fromX} x2={toX} y1={y} y2={y} />
      ))}
      <path class="line" d={linePath(points)} />
    </svg>
  );
}

/** A vertical line where a level begins, with its change. */
function ChangeMark({
  level: { level, fromX, begins },
  figure,
}: {
  readonly level: DrawnLevel;
  readonly figure: TrendFigure;
}) {
  if (begins === null || level.change === null) return null;
  const side = fromX > 0.7 ? "before" : "after";
  return (
    <span class={`trend-change ${side} ${level.isWorse ? "failed" : "passed"}`} style={{ left: shareText(fromX) }}>
      {level.isWorse ? "✗" : "✓"} {figureChange(figure, level.change)}
    </span>
  );
}

/** "148 for 12 runs, noise 140 to 155; the newest run lies outside" */
function nowText({ figures, runs }: TestTrend, figure: TrendFigure, points: readonly TrendPoint[]): string {
  const level = figures[figure].at(-1);
  if (level === undefined || runs.length === 0) return "";
  const { format } = trendLooks[figure];
  const length = `${format(level.value)} for ${level.runs} ${level.runs === 1 ? "run" : "runs"}`;
  const noise =
    level.band === null
      ? "too few runs for a noise band"
      : `noise ${format(level.band.low)} to ${format(level.band.high)}`;
  const outside = points.at(-1)?.isOutside === true ? "; the newest run lies outside" : "";
  return `${length}, ${noise}${outside}`;
}

function shareText(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}
