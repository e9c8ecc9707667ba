import type { RunRow } from "../../api/contract/runs.ts";
import type { TestTrend } from "../../api/contract/trends.ts";
import { figureChange } from "../../report/comparison/comparison-cells.ts";
import { TrendChart, trendLooks } from "../charts/trend-chart.tsx";
import { localDateTime } from "../data/local-time.ts";
import { alsoChanged, type TrendFigure } from "../data/trend-picture.ts";
import { api } from "./api-client.ts";
import { goTo, routeOf } from "./route.ts";
import { useLoaded } from "./use-loaded.ts";

const figures = ["p95", "errorRate", "requestsPerSecond"] as const;

interface TrendsProps {
  /** A key that changes when a run starts or ends. */
  readonly version: string;
  /** The test to show, with the profile in the next field; by default those of the newest run. */
  readonly test: string | undefined;
  readonly profile: string | undefined;
}

/** How the figures of a test and profile have developed from run to run. */
export function Trends({ version, test, profile }: TrendsProps) {
  const trends = useLoaded(api.trends, version);
  if (trends.kind === "loading") return null;
  if (trends.kind === "failed") return <p class="failed">{trends.text}</p>;
  const trend = trends.value.find((one) => one.test === test && one.profile === profile) ?? trends.value[0];
  if (trend === undefined) return null;
  return (
    <section class="trends" aria-label="Trend">
      <div class="toolbar">
        <label>
          trend of{" "}
          <select
            value={trends.value.indexOf(trend)}
            onChange={(event) => {
              const next = trends.value[Number(event.currentTarget.value)];
              if (next !== undefined) goTo("history", next.test, next.profile);
            }}
          >
            {trends.value.map((one, position) => (
              <option key={`${one.test} / ${one.profile}`} value={position}>
                {one.test} / {one.profile}
              </option>
            ))}
          </select>
        </label>
        <span class="muted">{countText(trend)}</span>
        <span class="fill" />
        <a href={routeOf("wall")}>wall: this run</a>
        <a href={routeOf("wall", "all")}>wall: all tests</a>
      </div>
      {trend.runs.length < 2 ? (
        <p class="muted">a trend needs two runs that passed or failed</p>
      ) : (
        <>
          <div class="grid trend-grid">
            {figures.map((figure) => (
              <TrendChart key={figure} {...{ trend, figure, timeOf }} addressOf={({ id }) => routeOf("runs", id)} />
            ))}
          </div>
          <ChangeList trend={trend} />
        </>
      )}
    </section>
  );
}

/** The change points of all figures as sentences, the newest first. */
function ChangeList({ trend }: { readonly trend: TestTrend }) {
  const changes = figures
    .flatMap((figure) => trend.figures[figure].map((level) => ({ figure, level })))
    .filter(({ level }) => level.change !== null)
    .sort((a, b) => b.level.from - a.level.from);
  if (changes.length === 0) return <p class="muted">no change beyond the noise of these runs</p>;
  return (
    <ol class="trend-changes" aria-label="Changes">
      {changes.map(({ figure, level }) => {
        const [before, run] = [trend.runs[level.from - 1], trend.runs[level.from]];
        if (before === undefined || run === undefined) return null;
        return (
          <li key={`${figure} ${level.from}`}>
            <span class={level.isWorse ? "failed" : "passed"}>{level.isWorse ? "✗ worse" : "✓ better"}</span>{" "}
            {changeText(figure, level.change ?? 0, level.value)} since{" "}
            <a href={routeOf("runs", run.id)}>{run.name ?? run.id}</a>
            <span class="muted">
              {" "}
              {[timeOf(run), ...run.tags, ...alsoChanged(before, run).map((text) => `also: ${text}`)].join(", ")}
            </span>{" "}
            <a href={routeOf("compare", before.id, run.id)}>compare</a>
          </li>
        );
      })}
    </ol>
  );
}

function changeText(figure: TrendFigure, change: number, value: number): string {
  const { title, format } = trendLooks[figure];
  return `${title}: ${figureChange(figure, change)}, to ${format(value)}`;
}

function countText({ runs, leftOut }: TestTrend): string {
  const counted = `${runs.length} ${runs.length === 1 ? "run" : "runs"}`;
  return leftOut === 0 ? counted : `${counted}; ${leftOut} invalid, aborted or unfinished left out`;
}

function timeOf({ startedAt, createdAt }: RunRow): string {
  return localDateTime(startedAt ?? createdAt);
}
