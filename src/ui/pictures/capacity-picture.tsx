import { milliseconds, percent } from "../../report/numbers.ts";
import { AnswerFigures } from "./answer-figures.tsx";
import { type CapacityMarks, type CapacitySearch, capacityMarks, loadText } from "./capacity-marks.ts";
import type { TrialPoint, TrialStanding } from "./capacity-points.ts";
import { BoundLine, LabelledLine, Plane, xOf, yOf } from "./plane.tsx";
import { type AxisScale, linearScale, positiveScale } from "./scale.ts";

const standings: Readonly<Record<TrialStanding, { readonly tone: string; readonly word: string }>> = {
  held: { tone: "passed", word: "held" },
  failed: { tone: "failed", word: "failed" },
  "not-judged": { tone: "invalid", word: "not judged" },
  void: { tone: "muted", word: "void, repeated" },
};

const height = { main: 220, small: 120 };

/** A capacity search: its finding in figures, and each trial at its load with its p95, its errors and its goodput. */
export function CapacityPicture({ capacity }: { readonly capacity: CapacitySearch }) {
  const found = capacityMarks(capacity);
  const { points, unit } = found;
  return (
    <>
      <AnswerFigures figures={found.figures} />
      {points.length === 0 ? (
        <p class="muted">no trial has ended</p>
      ) : (
        <div class="grid">
          <TrialPlane
            found={found}
            view={p95View(found)}
            title={`p95 in ms by load in ${unit}`}
            height={height.main}
            wide
          />
          <TrialPlane
            found={found}
            view={errorView(found)}
            title={`Failed requests by load in ${unit}`}
            height={height.small}
          />
          <TrialPlane
            found={found}
            view={goodView(found)}
            title={`Good requests/s by load in ${unit}`}
            height={height.small}
          />
        </div>
      )}
    </>
  );
}

/** The data that one of the pictures shows for each trial. */
interface View {
  readonly y: AxisScale;
  readonly text: (value: number) => string;
  readonly measured: (point: TrialPoint) => number | null;
  readonly intervalOf: (point: TrialPoint) => readonly [low: number, high: number] | null;
  readonly limits: readonly { readonly bound: number; readonly label: string }[];
}

function p95View({ points, p95Limits }: CapacityMarks): View {
  const times = points.flatMap(({ p95Ms, p95LowMs, p95HighMs }) =>
    [p95Ms, p95LowMs, p95HighMs].filter((time) => time !== null),
  );
  const y = positiveScale([...times, ...p95Limits.map(({ bound }) => bound)]);
  return {
    y,
    text: (value) => milliseconds(value).replace(/\.0+$/, ""),
    measured: ({ p95Ms }) => p95Ms,
    // Without an upper bound the interval is open, and drawn up to the top.
    intervalOf: ({ p95LowMs, p95HighMs }) => (p95LowMs === null ? null : [p95LowMs, p95HighMs ?? Number.MAX_VALUE]),
    limits: p95Limits,
  };
}

function errorView({ points, errorLimits }: CapacityMarks): View {
  const most = Math.max(0.01, ...points.map(({ errorRate, errorInterval }) => errorInterval?.[1] ?? errorRate));
  return {
    y: linearScale(0, Math.min(1, most * 1.1), 3),
    text: percent,
    measured: ({ errorRate, p95Ms }) => (p95Ms === null ? null : errorRate),
    intervalOf: ({ errorInterval }) => errorInterval,
    limits: errorLimits.filter(({ bound }) => bound <= most * 1.1),
  };
}

function goodView({ points }: CapacityMarks): View {
  return {
    y: linearScale(0, Math.max(1, ...points.map(({ goodPerSecond }) => goodPerSecond)) * 1.1, 3),
    text: (value) => loadText(value),
    measured: ({ goodPerSecond, p95Ms }) => (p95Ms === null ? null : goodPerSecond),
    intervalOf: () => null,
    limits: [],
  };
}

interface TrialPlaneProps {
  readonly found: CapacityMarks;
  readonly view: View;
  readonly title: string;
  readonly height: number;
  readonly wide?: boolean;
}

function TrialPlane({ found, view, title, height: plot, wide = false }: TrialPlaneProps) {
  const { points, marks, between, unit } = found;
  const { y, text, measured, intervalOf, limits } = view;
  const x = linearScale(0, Math.max(...points.map(({ load }) => load), ...marks.map(({ load }) => load)) * 1.08);
  const told = points.map((point) => {
    const value = measured(point);
    return `trial ${point.number}, ${loadText(point.load)} ${unit}: ${value === null ? "nothing measured" : text(value)}, ${standings[point.standing].word}`;
  });
  const seen = new Set(points.map(({ standing }) => standing));
  return (
    <Plane
      {...{ title, y, wide }}
      x={unit === "users" ? { ...x, ticks: x.ticks.filter(Number.isInteger) } : x}
      summary={told.join("; ")}
      height={plot}
      rows={wide ? marks.length : 0}
      xText={(value) => loadText(value)}
      yText={text}
      legend={
        wide &&
        (Object.keys(standings) as TrialStanding[])
          .filter((standing) => seen.has(standing))
          .map((standing) => (
            <span key={standing} class={standings[standing].tone}>
              <svg aria-hidden="true" viewBox="0 0 12 12">
                <TrialSymbol standing={standing} x="6" y={6} />
              </svg>
              {standings[standing].word}
            </span>
          ))
      }
    >
      {between !== null && (
        <rect
          class="between"
          x={xOf(x, between[0])}
          width={`${Math.max(0, x.share(between[1]) - x.share(between[0])) * 100}%`}
          y="0"
          height={plot}
        />
      )}
      {limits.map(({ bound, label }) => (
        <BoundLine key={label} {...{ y, bound, label }} height={plot} />
      ))}
      {marks.map(({ load, label, tone }, row) => (
        <LabelledLine
          key={label}
          {...{ x, tone }}
          at={load}
          height={plot}
          row={wide ? marks.length - row : 0}
          label={wide ? label : ""}
        />
      ))}
      {points.map((point) => {
        const value = measured(point);
        const interval = value === null ? null : intervalOf(point);
        const at = xOf(x, point.load);
        return (
          <g key={point.number} class={standings[point.standing].tone}>
            {interval !== null && (
              <line
                class={interval[1] === Number.MAX_VALUE ? "interval open" : "interval"}
                x1={at}
                x2={at}
                y1={yOf(y, interval[0], plot)}
                y2={yOf(y, interval[1], plot)}
              />
            )}
            <TrialSymbol standing={point.standing} x={at} y={value === null ? plot : yOf(y, value, plot)} />
            {wide && point.standing !== "held" && point.standing !== "failed" && (
              <text
                x={at}
                dx={x.share(point.load) > 0.6 ? -8 : 8}
                y={(value === null ? plot : yOf(y, value, plot)) - 6}
                text-anchor={x.share(point.load) > 0.6 ? "end" : "start"}
              >
                {`${point.number}: ${standings[point.standing].word}`}
              </text>
            )}
          </g>
        );
      })}
    </Plane>
  );
}

/** The symbol of a trial. Its shape and its colour both show how the trial ended. */
function TrialSymbol({ standing, x, y }: { readonly standing: TrialStanding; readonly x: string; readonly y: number }) {
  if (standing === "held") return <circle cx={x} cy={y} r="3.5" class="filled" />;
  if (standing === "failed") {
    return (
      <svg aria-hidden="true" x={x} y={y} overflow="visible">
        <path d="M-4 -4L4 4M-4 4L4 -4" class="stroke" />
      </svg>
    );
  }
  return <circle cx={x} cy={y} r="3.5" class="hollow" stroke-dasharray={standing === "void" ? "2 2" : ""} />;
}
