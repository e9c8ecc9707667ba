import { useMemo } from "preact/hooks";
import { count, milliseconds, perSecondText } from "../../report/numbers.ts";
import type { RunReport } from "../../report/page/model.ts";
import { dashes, type LineLook } from "../charts/chart-look.ts";
import type { Token } from "../charts/colours.ts";
import { HeatChart } from "../charts/heat-chart.tsx";
import { LoadScatterChart } from "../charts/load-scatter-chart.tsx";
import { TimeChart } from "../charts/time-chart.tsx";
import { allEndpoints, type EndpointKey } from "../data/endpoint-key.ts";
import type { Mark } from "../data/marks.ts";
import { highest } from "../data/series.ts";
import type { Selection } from "../selection/selection.ts";
import { failureSeries, phaseSeries, type StackedData } from "./stacked-series.ts";

interface CauseChartProps {
  readonly report: Pick<RunReport, "slices">;
  readonly endpoint: EndpointKey;
  readonly marks: readonly Mark[];
}

interface CauseChartsProps extends CauseChartProps, Pick<Selection, "status"> {
  readonly report: RunReport;
}

/** The distribution over time and the response time by load; also the failures by kind and the phases of requests, if there are any. */
export function CauseCharts({ report, endpoint, marks, status }: CauseChartsProps) {
  const hasPhases = report.slices?.series.some(({ kind }) => kind === "phase") === true;
  return (
    <>
      <HeatChart {...{ report, endpoint, marks }} />
      <LoadScatterChart {...{ report, endpoint }} />
      {report.slices !== undefined && report.result.total.failures > 0 && (
        <FailureChart {...{ report, endpoint, marks, status }} />
      )}
      {hasPhases && <PhaseChart {...{ report, endpoint, marks }} />}
    </>
  );
}

/** The failures per second, stacked by kind. @param status the chosen kind; empty for all */
export function FailureChart({
  report: { slices },
  endpoint,
  marks,
  status,
}: CauseChartProps & { readonly status: string }) {
  const data = useMemo(
    () => (slices === undefined ? null : failureSeries(slices, endpoint, status)),
    [slices, endpoint, status],
  );
  const most = perSecondText(highest(data?.lines[0] ?? []));
  return (
    <StackedChart
      title="Failures/s by kind"
      {...{ data, marks }}
      colours={failureColours}
      format={perSecondText}
      summary={`${count(data?.names.length ?? 0)} kinds, together at most ${most} per second.`}
      empty={data === null ? "failures over time are not kept for this endpoint" : "no failures"}
    />
  );
}

/** The mean time of each phase of a request, stacked: what a request spends its time on. */
function PhaseChart({ report: { slices }, endpoint, marks }: CauseChartProps) {
  const data = useMemo(() => (slices === undefined ? null : phaseSeries(slices, endpoint)), [slices, endpoint]);
  return (
    <StackedChart
      title="Phases of a request, mean ms"
      {...{ data, marks }}
      colours={phaseColours}
      format={milliseconds}
      labels={phaseLabels}
      summary={`Together at most ${milliseconds(highest(data?.lines[0] ?? []))} ms.`}
      empty={
        data === null && endpoint !== allEndpoints
          ? "with more than 20 endpoints, phases over time are recorded for all of them together"
          : "no requests yet"
      }
    />
  );
}

/** The colours of the failures, from the bottom of the stack. */
const failureColours: readonly Token[] = ["failures", "arrivals", "users", "requests", "passed", "muted"];
const phaseColours: Readonly<Record<string, Token>> = {
  blocked: "muted",
  connect: "users",
  tls: "arrivals",
  sending: "passed",
  waiting: "p95",
  receiving: "p99",
};
const phaseLabels: Readonly<Record<string, string>> = {
  blocked: "waiting for a connection",
  connect: "connecting",
  tls: "TLS",
  sending: "sending",
  waiting: "waiting for the first byte",
  receiving: "receiving",
};
const dashOrder = [dashes.solid, dashes.dashed, dashes.dotted, dashes.long];
const nothing: StackedData = { x: [], lines: [], names: [], parts: [] };

interface StackedChartProps {
  readonly title: string;
  readonly data: StackedData | null;
  readonly marks: readonly Mark[];
  /** The colours of the lines: by name, or by position from the bottom. */
  readonly colours: readonly Token[] | Readonly<Record<string, Token>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly format: (value: number) => string;
  readonly summary: string;
  readonly empty: string;
}

function StackedChart({ title, data, marks, colours, labels = {}, format, summary, empty }: StackedChartProps) {
  const { names, parts } = data ?? nothing;
  const looks = useMemo(
    () =>
      names.map((name, position): LineLook => {
        const fromBottom = names.length - 1 - position;
        const colour = Array.isArray(colours)
          ? colours[fromBottom % colours.length]
          : (colours as Record<string, Token>)[name];
        return {
          label: labels[name] ?? name,
          colour: colour ?? "muted",
          width: 1.25,
          dash: dashOrder[fromBottom % dashOrder.length] ?? dashes.solid,
          ...{ filled: true, scale: "y", format },
        };
      }),
    [names.join("\n")],
  );
  return <TimeChart isStacked {...{ title, data: data ?? nothing, told: parts, looks, marks, summary, empty }} />;
}
