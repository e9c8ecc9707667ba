import { useCallback, useMemo } from "preact/hooks";
import type uPlot from "uplot";
import { formatClock } from "../../core/duration.ts";
import { count, milliseconds, perSecondText } from "../../report/numbers.ts";
import type { RunReport } from "../../report/page/model.ts";
import { fewestTimes, pointsAfter, pointsOfSlices, type TimesPoint } from "../../report/page/parts/wide-times.ts";
import { columnsOfEndpoint, type EndpointKey } from "../data/endpoint-key.ts";
import { limitsOf } from "../data/limits.ts";
import type { Mark } from "../data/marks.ts";
import { type ChartData, highest, throughputSeries, timesData } from "../data/series.ts";
import { kindSeries } from "../selection/kind-series.ts";
import { dashes, type LineLook } from "./chart-look.ts";
import { TimeChart } from "./time-chart.tsx";

const noData: ChartData = { x: [], lines: [] };

const rateLooks: readonly LineLook[] = [
  { label: "requests/s", colour: "requests", width: 1.5, dash: dashes.solid, scale: "y", format: perSecondText },
  {
    label: "failures/s",
    colour: "failures",
    width: 1.5,
    dash: dashes.dotted,
    filled: true,
    scale: "y",
    format: perSecondText,
  },
];

export interface EndpointChartProps {
  readonly report: RunReport;
  readonly endpoint: EndpointKey;
  readonly marks: readonly Mark[];
}

/**
 * Requests and failures per second. For one kind of failures, the numbers come from the slices.
 * @param status the chosen kind; empty for all
 */
export function ThroughputChart({ report, endpoint, marks, status }: EndpointChartProps & { readonly status: string }) {
  const { slices } = report;
  const ofKind = useMemo(
    // Exceptions of the test's code are not failures of requests.
    () => (["", "exception"].includes(status) || slices === undefined ? null : kindSeries(slices, endpoint, status)),
    [slices, endpoint, status],
  );
  const all = useMemo(() => {
    const columns = columnsOfEndpoint(report, endpoint);
    return columns === null ? noData : throughputSeries(report.windows, columns);
  }, [report, endpoint]);
  const data = ofKind ?? all;
  const looks = useMemo(
    () => rateLooks.map((look, line) => (line === 1 && ofKind !== null ? { ...look, label: `${status}/s` } : look)),
    [ofKind === null, status],
  );
  const title = ofKind === null && status !== "" ? "Throughput and failures of all kinds" : "Throughput and failures";
  const limits = useMemo(
    () => limitsOf(report.result.thresholds, endpoint).filter(({ chart }) => chart === "throughput"),
    [report.result.thresholds, endpoint],
  );
  const [requests = [], failures = []] = data.lines;
  const summary = `At most ${perSecondText(highest(requests))} requests per second and ${perSecondText(highest(failures))} failures per second.`;
  return <TimeChart {...{ title, summary, data, looks, marks, limits }} empty="no requests yet" />;
}

const knownLooks: readonly LineLook[] = [
  { label: "p50", colour: "p50", width: 1.5, dash: dashes.solid, scale: "y", format: milliseconds },
  { label: "p95", colour: "p95", width: 2, dash: dashes.solid, scale: "y", format: milliseconds },
  { label: "p99", colour: "p99", width: 1.5, dash: dashes.dashed, scale: "y", format: milliseconds },
];
const fewLook: LineLook = {
  ...{ label: `p95 of fewer than ${fewestTimes} requests`, colour: "muted", width: 1, dash: dashes.dotted },
  ...{ scale: "y", format: milliseconds },
};
const allLooks = [...knownLooks, { ...fewLook, quiet: true }];
const looksWithFew = [...knownLooks, fewLook];

/**
 * p50, p95 and p99 over time. Windows with too few requests are merged into one point with their neighbours, which is noted in the legend.
 */
export function ResponseTimeChart({ report, endpoint, marks }: EndpointChartProps) {
  const { windows, slices } = report;
  const columns = columnsOfEndpoint(report, endpoint);
  // The windows that the slices have do not change, and merging their times takes long.
  const merged = useMemo(
    () => (columns === null ? [] : pointsOfSlices(slices, windows, columns, endpoint)),
    [slices, endpoint, columns === null],
  );
  const points = useMemo((): readonly TimesPoint[] => {
    if (columns === null) return [];
    return [...merged, ...pointsAfter(windows, columns, merged.at(-1)?.toMs ?? 0)];
  }, [merged, windows, endpoint]);
  const data = useMemo(() => timesData(points), [points]);
  const limits = useMemo(
    () => limitsOf(report.result.thresholds, endpoint).filter(({ chart }) => chart === "response-time"),
    [report.result.thresholds, endpoint],
  );
  const note = useCallback((plot: uPlot) => describePoint(points[plot.cursor.idx ?? -1]), [points]);
  const hasFew = points.some(({ isFew, requests }) => isFew && requests > 0);
  const [a, b, c] = data.lines.map((line) => milliseconds(highest(line)));
  const summary = `At most ${a} ms for p50, ${b} ms for p95 and ${c} ms for p99 in one window.`;
  return (
    <TimeChart
      title="Response time, ms"
      {...{ summary, data, marks, limits, note }}
      looks={hasFew ? looksWithFew : allLooks}
      empty="no requests yet"
      {...(points.some(({ isWide, isFew }) => isWide && !isFew)
        ? { remark: `points of at least ${fewestTimes} requests` }
        : {})}
    />
  );
}

/** Describes a point that is not a single window with enough requests. */
function describePoint(point: TimesPoint | undefined): string {
  if (point === undefined || !(point.isWide || point.isFew)) return "";
  const { fromMs, toMs, requests } = point;
  return `${count(requests)} ${requests === 1 ? "request" : "requests"} in ${formatClock(fromMs)}–${formatClock(toMs)}`;
}
