import { useMemo } from "preact/hooks";
import { milliseconds, percent, perSecondText } from "../../report/numbers.ts";
import type { OwnColumns, OwnSeries, RunReport } from "../../report/page/model.ts";
import type { Mark } from "../data/marks.ts";
import { highest } from "../data/series.ts";
import { dashes, type LineLook } from "./chart-look.ts";
import { TimeChart } from "./time-chart.tsx";

type Kind = OwnSeries["kind"];

const shortText = (value: number) =>
  Math.abs(value) >= 1_000 ? milliseconds(value) : String(Number(value.toPrecision(3)));

/** How each kind is named and written. */
const kinds: Readonly<Record<Kind, { readonly title: string; readonly format: (value: number) => string }>> = {
  group: { title: "duration, ms", format: milliseconds },
  "first-event": { title: "time to the first event, ms", format: milliseconds },
  "event-gap": { title: "time between events, ms", format: milliseconds },
  trend: { title: "p50 and p95", format: shortText },
  counter: { title: "per second", format: perSecondText },
  rate: { title: "share", format: percent },
  gauge: { title: "last value", format: shortText },
};

export const groupKinds: readonly Kind[] = ["group"];
export const streamKinds: readonly Kind[] = ["first-event", "event-gap"];
export const metricKinds: readonly Kind[] = ["trend", "counter", "rate", "gauge"];

export function hasSeries({ own }: Pick<RunReport, "own">, shown: readonly Kind[]): boolean {
  return own?.series.some(({ kind }) => shown.includes(kind)) === true;
}

interface OwnChartsProps {
  readonly report: Pick<RunReport, "own">;
  readonly shown: readonly Kind[];
  readonly marks: readonly Mark[];
}

/** The series of some kinds over time, one chart each, on the time axis of the page. */
export function OwnCharts({ report: { own }, shown, marks }: OwnChartsProps) {
  const series = own?.series.filter(({ kind }) => shown.includes(kind)) ?? [];
  if (own === undefined || series.length === 0) return null;
  return (
    <div class="grid below">
      {series.map((one) => (
        <OwnChart key={`${one.kind} ${one.name}`} {...{ own, marks }} series={one} />
      ))}
    </div>
  );
}

interface OwnChartProps {
  readonly own: OwnColumns;
  readonly series: OwnSeries;
  readonly marks: readonly Mark[];
}

function OwnChart({ own, series, marks }: OwnChartProps) {
  const { kind, name, values, p95 } = series;
  const { title, format } = kinds[kind];
  const isDistribution = p95 !== null;
  const looks = useMemo((): LineLook[] => {
    const look = { scale: "y", format, dash: dashes.solid } as const;
    if (!isDistribution) return [{ ...look, label: title, colour: "requests", width: 1.5 }];
    return [
      { ...look, label: "p50", colour: "p50", width: 1.5 },
      { ...look, label: "p95", colour: "p95", width: 2 },
    ];
  }, [isDistribution, title, format]);
  const data = useMemo(() => {
    const x = own.startMs.map((start, position) => (start + (own.widthMs[position] ?? 0) / 2) / 1_000);
    return { x, lines: p95 === null ? [values] : [values, p95] };
  }, [own, series]);
  const summary = `At most ${format(highest(p95 ?? values))}${p95 === null ? "" : " for p95"} in one window.`;
  return <TimeChart title={`${name}: ${title}`} {...{ summary, data, looks, marks }} height={140} />;
}
