import { useMemo } from "preact/hooks";
import type { DrawnRun } from "../../report/comparison/side-by-side.ts";
import { milliseconds, perSecondText } from "../../report/numbers.ts";
import {
  fewestTimes,
  pointsAfter,
  pointsOfSections,
  pointsOfSlices,
  type TimesPoint,
} from "../../report/page/parts/wide-times.ts";
import { dashes, type LineLook } from "../charts/chart-look.ts";
import { PercentileChart } from "../charts/percentile-chart.tsx";
import { TimeChart } from "../charts/time-chart.tsx";
import { columnsOfEndpoint, type EndpointKey } from "../data/endpoint-key.ts";
import { type ChartData, knownAndFew, overlay, throughputSeries } from "../data/series.ts";

interface OverlaidChartsProps {
  /** The runs, each beginning at the start of its load. */
  readonly runs: readonly DrawnRun[];
  /** The names of the runs. A new array creates new charts. */
  readonly names: readonly string[];
  readonly endpoint: EndpointKey;
}

const rates = [
  { title: "Requests/s", line: 0, colour: "requests" },
  { title: "Failures/s", line: 1, colour: "failures" },
] as const;
const percentiles = [
  { title: "Response time p50, ms", percentile: "p50Ms", colour: "p50" },
  { title: "Response time p95, ms", percentile: "p95Ms", colour: "p95" },
  { title: "Response time p99, ms", percentile: "p99Ms", colour: "p99" },
] as const;
const noMarks: readonly never[] = [];
const noData: ChartData = { x: [], lines: [[]] };

/** Several runs in the same charts. As in the charts of one run, percentiles of few requests are merged or drawn separately. */
export function OverlaidCharts({ runs, names, endpoint }: OverlaidChartsProps) {
  const [before, after] = runs;
  const points = useMemo(() => runs.map((run) => pointsOf(run, endpoint)), [runs, endpoint]);
  return (
    <div class="grid">
      {rates.map((rate) => (
        <RateChart key={rate.title} {...{ runs, names, endpoint, ...rate }} />
      ))}
      {percentiles.map((one) => (
        <TimesChart key={one.title} {...{ points, names, ...one }} />
      ))}
      {runs.length === 2 && before !== undefined && after !== undefined && (
        <PercentileChart distributions={after.distributions} before={before.distributions} endpoint={endpoint} />
      )}
    </div>
  );
}

function RateChart({ runs, names, endpoint, title, line, colour }: OverlaidChartsProps & (typeof rates)[number]) {
  const data = useMemo(
    () =>
      overlay(
        runs.map((run): ChartData => {
          const columns = columnsOfEndpoint(run, endpoint);
          if (columns === null) return noData;
          const { x, lines } = throughputSeries(run.windows, columns);
          return { x, lines: [lines[line] ?? []] };
        }),
      ),
    [runs, endpoint, line],
  );
  const looks = useMemo(() => looksOf(names, colour, perSecondText), [names, colour]);
  return <TimeChart {...{ title, data, looks }} summary={`${names.join(", ")}.`} marks={noMarks} />;
}

type TimesChartProps = Pick<OverlaidChartsProps, "names"> &
  (typeof percentiles)[number] & {
    /** The points of each run. */
    readonly points: readonly (readonly TimesPoint[])[];
  };

function TimesChart({ points, names, title, percentile, colour }: TimesChartProps) {
  const data = useMemo(() => overlay(points.map((some) => knownAndFew(some, percentile))), [points, percentile]);
  const few = points.map((some) => some.some(({ isFew, requests }) => isFew && requests > 0)).join();
  const looks = useMemo(() => {
    const hasFew = few.split(",");
    return looksOf(names, colour, milliseconds).flatMap((look, run): LineLook[] => [
      look,
      {
        ...{ ...look, label: `${look.label}: fewer than ${fewestTimes} requests`, width: 1, dash: dashes.dotted },
        quiet: hasFew[run] !== "true",
      },
    ]);
  }, [names, colour, few]);
  const isMerged = points.some((some) => some.some(({ isWide, isFew }) => isWide && !isFew));
  return (
    <TimeChart
      {...{ title, data, looks }}
      summary={`${names.join(", ")}.`}
      marks={noMarks}
      {...(isMerged ? { remark: `points of at least ${fewestTimes} requests` } : {})}
    />
  );
}

/** The response times of a run, merged where it has slices. */
function pointsOf(run: DrawnRun, endpoint: EndpointKey): readonly TimesPoint[] {
  const columns = columnsOfEndpoint(run, endpoint);
  if (columns === null) return [];
  const { sections } = run;
  const ofSections = sections === undefined ? null : columnsOfEndpoint({ windows: sections }, endpoint);
  if (sections !== undefined && ofSections !== null) {
    return pointsOfSections(run.windows, columns, sections, ofSections);
  }
  const merged = pointsOfSlices(run.slices, run.windows, columns, endpoint);
  return [...merged, ...pointsAfter(run.windows, columns, merged.at(-1)?.toMs ?? Number.NEGATIVE_INFINITY)];
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
