import { useMemo } from "preact/hooks";
import { parseSelector } from "../../core/thresholds/selector.ts";
import { bytes, milliseconds, percent, perSecondText } from "../../report/numbers.ts";
import type { OwnColumns, OwnSeries, RunReport } from "../../report/page/model.ts";
import { fewestTimes, pointsOfColumns, type TimesPoint } from "../../report/page/parts/wide-times.ts";
import { TimesChart } from "../causes/times-chart.tsx";
import type { Mark } from "../data/marks.ts";
import { highest } from "../data/series.ts";
import { dashes, type LimitLine, type LineLook } from "./chart-look.ts";
import { TimeChart } from "./time-chart.tsx";

type Kind = OwnSeries["kind"];

const shortText = (value: number) =>
  Math.abs(value) >= 1_000 ? milliseconds(value) : String(Number(value.toPrecision(3)));

/** The title and the format of each kind. */
const kinds: Readonly<Record<Kind, { readonly title: string; readonly format: (value: number) => string }>> = {
  group: { title: "duration, ms", format: milliseconds },
  "first-event": { title: "time to the first event, ms", format: milliseconds },
  "event-gap": { title: "time between events, ms", format: milliseconds },
  trend: { title: "p50 and p95", format: shortText },
  counter: { title: "per second", format: perSecondText },
  rate: { title: "share", format: percent },
  gauge: { title: "last value", format: shortText },
  observed: { title: "observed", format: shortText },
};

interface OwnChartsProps {
  readonly report: Pick<RunReport, "own" | "slices" | "result">;
  readonly shown: readonly Kind[];
  readonly marks: readonly Mark[];
}

/** The series of some kinds over time, one chart each, on the time axis of the page. */
export function OwnCharts({ report: { own, slices, result }, shown, marks }: OwnChartsProps) {
  const { thresholds } = result;
  const series = own?.series.filter(({ kind }) => shown.includes(kind)) ?? [];
  if (own === undefined || series.length === 0) return null;
  return (
    <div class="grid below">
      {series.map((one) => (
        <OwnChart key={`${one.kind} ${one.name}`} {...{ own, marks, slices, thresholds }} series={one} />
      ))}
    </div>
  );
}

interface OwnChartProps {
  readonly own: OwnColumns;
  readonly slices: RunReport["slices"];
  readonly series: OwnSeries;
  readonly marks: readonly Mark[];
  readonly thresholds: RunReport["result"]["thresholds"];
}

/** The chart of a series. The times of a group are merged into points with enough values, if the slices have the group. */
function OwnChart({ slices, ...props }: OwnChartProps) {
  const { kind, name } = props.series;
  const points = useMemo(() => (kind === "group" ? groupPoints(slices, name) : null), [slices, kind, name]);
  if (points === null) return <SeriesChart {...props} />;
  const title = `${name}: ${kinds[kind].title}`;
  return <TimesChart {...{ title, points }} what="groups" marks={props.marks} height={140} />;
}

function groupPoints(slices: RunReport["slices"], name: string): readonly TimesPoint[] | null {
  const group = slices?.groups.find((one) => one.name === name);
  if (slices === undefined || group === undefined || group.responseTime === null) return null;
  return pointsOfColumns(slices, [group]);
}

/** The bounds of the thresholds on an observed metric. Other metrics have no lines. */
function boundsOf({ kind, name }: OwnSeries, thresholds: OwnChartProps["thresholds"]): LimitLine[] {
  if (kind !== "observed") return [];
  return thresholds.flatMap(({ metric, expression }): LimitLine[] => {
    const [, bound] = /[<>]=?\s*([\d.e+-]+)\s*$/.exec(expression) ?? [];
    const isOwn = metric.startsWith("observed{") && parseSelector(metric).conditions[0]?.value === name;
    return isOwn && bound !== undefined ? [{ bound: Number(bound), label: expression }] : [];
  });
}

function SeriesChart({ own, series, marks, thresholds }: Omit<OwnChartProps, "slices">) {
  const { kind, name, unit = "", values, p95 } = series;
  const { title: what, format: usual } = kinds[kind];
  const title = unit === "" ? what : `${what}, ${unit}`;
  const format = unit === "bytes" ? bytes : usual;
  const isDistribution = p95 !== null;
  const { data, hasFew } = useMemo(() => {
    const x = own.startMs.map((start, position) => (start + (own.widthMs[position] ?? 0) / 2) / 1_000);
    return p95 === null ? { data: { x, lines: [values] }, hasFew: false } : timesOf(x, { ...series, p95 });
  }, [own, series]);
  const looks = useMemo((): LineLook[] => {
    const look = { scale: "y", format, dash: dashes.solid } as const;
    if (!isDistribution) return [{ ...look, label: title, colour: "requests", width: 1.5 }];
    const few = { ...look, colour: "muted", width: 1, dash: dashes.dotted } as const;
    return [
      { ...look, label: "p50", colour: "p50", width: 1.5 },
      { ...look, label: "p95", colour: "p95", width: 2 },
      { ...few, label: "p50 of few", quiet: true },
      { ...few, label: `both of fewer than ${fewestTimes}`, quiet: !hasFew },
    ];
  }, [isDistribution, hasFew, title, format]);
  const limits = useMemo(() => boundsOf(series, thresholds), [series, thresholds]);
  const summary = `At most ${format(highest(p95 ?? values))}${p95 === null ? "" : " for p95"} in one window.`;
  return <TimeChart title={`${name}: ${title}`} {...{ summary, data, looks, marks, limits }} height={140} />;
}

/** Returns the p50 and p95 of entries with enough values, and of entries with few. */
function timesOf(
  x: readonly number[],
  { values, p95, few = [] }: OwnSeries & { readonly p95: NonNullable<OwnSeries["p95"]> },
) {
  const lines = [0, 1].flatMap((isFew) =>
    [values, p95].map((line) => line.map((value, at) => ((few[at] ?? 0) === isFew ? value : null))),
  );
  return { data: { x, lines }, hasFew: lines.slice(2).some((line) => line.some((value) => value !== null)) };
}
