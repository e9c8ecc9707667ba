import { useMemo } from "preact/hooks";
import type { DrawnRun } from "../../report/comparison/side-by-side.ts";
import { milliseconds, perSecondText } from "../../report/numbers.ts";
import { dashes, type LineLook } from "../charts/chart-look.ts";
import { PercentileChart } from "../charts/percentile-chart.tsx";
import { TimeChart } from "../charts/time-chart.tsx";
import type { EndpointKey } from "../data/endpoint-key.ts";
import { overlay, responseTimeSeries, throughputSeries } from "../data/series.ts";

interface OverlaidChartsProps {
  /** Each from the start of its load on. */
  readonly runs: readonly DrawnRun[];
  /** A new array creates new charts. */
  readonly names: readonly string[];
  readonly endpoint: EndpointKey;
}

const charts = [
  { title: "Requests/s", chart: throughputSeries, line: 0, colour: "requests", format: perSecondText },
  { title: "Failures/s", chart: throughputSeries, line: 1, colour: "failures", format: perSecondText },
  { title: "Response time p50, ms", chart: responseTimeSeries, line: 0, colour: "p50", format: milliseconds },
  { title: "Response time p95, ms", chart: responseTimeSeries, line: 1, colour: "p95", format: milliseconds },
  { title: "Response time p99, ms", chart: responseTimeSeries, line: 2, colour: "p99", format: milliseconds },
] as const;
const noMarks: readonly never[] = [];

/** Several runs in the same charts. */
export function OverlaidCharts({ runs, names, endpoint }: OverlaidChartsProps) {
  const lines = useMemo(() => charts.map(({ chart, line }) => overlay(runs, endpoint, chart, line)), [runs, endpoint]);
  const looks = useMemo(() => charts.map(({ colour, format }) => looksOf(names, colour, format)), [names]);
  const [before, after] = runs;
  return (
    <div class="grid">
      {charts.map(({ title }, position) => {
        const [data, look] = [lines[position], looks[position]];
        if (data === undefined || look === undefined) return null;
        return (
          <TimeChart
            key={title}
            title={title}
            summary={`${names.join(", ")}.`}
            data={data}
            looks={look}
            marks={noMarks}
          />
        );
      })}
      {runs.length === 2 && before !== undefined && after !== undefined && (
        <PercentileChart distributions={after.distributions} before={before.distributions} endpoint={endpoint} />
      )}
    </div>
  );
}

/** The looks of earlier runs, the latest first; the newest has the colour of the chart and a solid line. */
const earlier = [
  { colour: "muted", dash: dashes.dashed },
  { colour: "users", dash: dashes.long },
  { colour: "arrivals", dash: dashes.dotted },
  { colour: "passed", dash: dashes.solid },
  { colour: "text", dash: dashes.dotted },
  { colour: "invalid", dash: dashes.dashed },
  { colour: "muted", dash: dashes.solid },
] as const;

function looksOf(
  names: readonly string[],
  colour: LineLook["colour"],
  format: (value: number) => string,
): readonly LineLook[] {
  return names.map((label, position): LineLook => {
    const age = names.length - 1 - position;
    if (age === 0) return { label, colour, width: 1.75, dash: dashes.solid, scale: "y", format };
    const look = earlier[(age - 1) % earlier.length] ?? earlier[0];
    return { label, ...look, width: 1.25, scale: "y", format };
  });
}
