import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { LiveState } from "../../api/contract/live.ts";
import type { TestTrend } from "../../api/contract/trends.ts";
import { formatClock } from "../../core/duration.ts";
import { count, milliseconds, percent, perSecondText } from "../../report/numbers.ts";
import type { RunReport } from "../../report/page/model.ts";
import { fewestTimes, pointsAfter, pointsOfSlices } from "../../report/page/parts/wide-times.ts";
import { responseTime } from "../components/cards.tsx";
import { allEndpoints } from "../data/endpoint-key.ts";
import { latestRates } from "../data/latest-rates.ts";
import { withLocalTimes } from "../data/local-time.ts";
import { highest } from "../data/series.ts";
import { sparkPaths } from "../data/spark.ts";
import { linePath, trendPicture } from "../data/trend-picture.ts";
import { verdictSentence } from "../data/verdict-sentence.ts";
import { ageText, byAttention, type WallTone, wallTone } from "../data/wall.ts";
import { api } from "./api-client.ts";
import type { Live } from "./live-store.ts";
import { routeOf } from "./route.ts";
import { useLoaded } from "./use-loaded.ts";

const refreshMs = 30_000;

/** A page for a wall screen: the active run, or all tests, readable from five metres. It needs neither mouse nor keyboard. */
export function WallPage({ live, shows }: { readonly live: Live; readonly shows: string | undefined }) {
  return (
    <main class="wall">
      <Lost live={live} />
      {shows === "all" ? <AllTests live={live} /> : <OneRun live={live} />}
      <footer>
        <a href={routeOf("overview")}>muster</a>
        <a href={shows === "all" ? routeOf("wall") : routeOf("wall", "all")}>
          {shows === "all" ? "this run" : "all tests"}
        </a>
      </footer>
    </main>
  );
}

function Lost({ live: { connection } }: { readonly live: Live }) {
  if (connection.kind !== "lost") return null;
  const seconds = Math.round((performance.now() - connection.sinceMs) / 1_000);
  return (
    <p class="wall-lost" role="status">
      ! no connection to the master for {seconds} s: this is how it was
    </p>
  );
}

function OneRun({ live: { report, state, connection } }: { readonly live: Live }) {
  if (report === null || state === null) {
    return <WallVerdict tone="muted" mark="○" word={state === null ? "Loading" : "No run yet"} reason="" />;
  }
  const { run } = report.result;
  const { word, mark, text } = verdictSentence(report, state.search !== null);
  const [short = text, ...rest] = text.split(": ");
  return (
    <>
      <h1 class="wall-subject">
        {run.test} / {run.profile} <span class="muted">{run.host}</span>
      </h1>
      <WallVerdict
        tone={connection.kind === "lost" ? "muted" : word}
        mark={mark}
        word={short}
        reason={withLocalTimes(rest.join(": "))}
      />
      <RunFigures {...{ report, state }} />
      <WallLine {...report} />
    </>
  );
}

/** The p95 of each window, or of merged windows where they have few requests. */
function WallLine({ windows, slices }: Pick<RunReport, "windows" | "slices">) {
  const merged = pointsOfSlices(slices, windows, windows.total, allEndpoints);
  const points = [...merged, ...pointsAfter(windows, windows.total, merged.at(-1)?.toMs ?? 0)];
  const at = windows.startMs.map((start) => points.find(({ fromMs, toMs }) => fromMs <= start && start < toMs));
  const p95Ms = at.map((point) => point?.p95Ms ?? null);
  const requests = at.map((point) => (point?.isFew === false ? fewestTimes : 0));
  const { known, few } = sparkPaths(p95Ms, requests, 1_000, 100, 240);
  const of = few === "" ? "" : `; dotted: of fewer than ${fewestTimes} requests`;
  return (
    <figure class="wall-line">
      <figcaption>
        p95 over the run, 0 to {milliseconds(highest(p95Ms))} ms{of}
      </figcaption>
      <svg viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true">
        <path d={known} />
        <path class="few" d={few} />
      </svg>
    </figure>
  );
}

function RunFigures({ report, state }: { readonly report: RunReport; readonly state: LiveState }) {
  const { result, windows } = report;
  const { total } = result;
  const isOver = report.state === "finished";
  const rate = isOver ? total.requestsPerSecond : latestRates(windows, state).requests;
  const isEnding = state.state === "stopping";
  const running = isEnding
    ? "the load is over"
    : state.durationMs === null
      ? "running"
      : `running, of ${formatClock(state.durationMs)}`;
  return (
    <dl class="wall-figures">
      <WallFigure title="p95 ms" value={responseTime(total, "95")} />
      <WallFigure title="failed" value={total.requests === 0 ? "–" : percent(total.failures / total.requests)} />
      <WallFigure title="req/s" value={rate === null ? "–" : perSecondText(rate)} />
      <WallFigure title={isOver ? "peak users" : "users"} value={count(isOver ? result.peakUsers : state.users)} />
      <WallFigure title={isOver ? "ran" : running} value={formatClock(state.elapsedMs)} />
    </dl>
  );
}

interface WallVerdictProps {
  readonly tone: WallTone;
  readonly mark: string;
  readonly word: string;
  readonly reason: string;
}

function WallVerdict({ tone, mark, word, reason }: WallVerdictProps) {
  return (
    <section class={`wall-verdict tone-${tone}`} aria-label="Verdict">
      <p class="wall-word">
        <span aria-hidden="true">{mark}</span> {word}
      </p>
      {reason !== "" && <p class="wall-reason">{reason}</p>}
    </section>
  );
}

function WallFigure({ title, value }: { readonly title: string; readonly value: ComponentChildren }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function AllTests({ live }: { readonly live: Live }) {
  const [round, setRound] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setRound((last) => last + 1), refreshMs);
    return () => clearInterval(timer);
  }, []);
  const trends = useLoaded(api.trends, `${round} ${live.state?.runId} ${live.state?.state}`);
  if (trends.kind !== "loaded") {
    return <p class="wall-subject">{trends.kind === "loading" ? "loading…" : `! ${trends.text}`}</p>;
  }
  const { value: known, problem } = trends;
  const failing = known.filter(({ latest }) => wallTone(latest) === "failed").length;
  return (
    <>
      <h1 class="wall-subject">
        {known.length} {known.length === 1 ? "test" : "tests"}{" "}
        {known.length > 0 && (
          <span class={failing === 0 ? "passed" : "failed"}>
            {failing === 0 ? "✓ none failed" : `✗ ${failing} failed`}
          </span>
        )}
      </h1>
      {problem !== undefined && <p class="wall-reason">! not up to date: {problem}</p>}
      <ul class="wall-tiles">
        {byAttention(known).map((trend) => (
          <Tile key={`${trend.test} ${trend.profile}`} trend={trend} />
        ))}
      </ul>
    </>
  );
}

const words = {
  passed: ["✓", "Passed"],
  failed: ["✗", "Failed"],
  invalid: ["!", "Invalid"],
  aborted: ["!", "Aborted"],
  running: ["●", "Running"],
  muted: ["○", "No result"],
} as const;

/** The newest run of a test, and the trend of its p95. */
function Tile({ trend }: { readonly trend: TestTrend }) {
  const { latest } = trend;
  const tone = wallTone(latest);
  const [mark, word] = words[tone];
  const picture = trendPicture(trend, "p95");
  const isOutside = picture.points.at(-1)?.run.id === latest.id && picture.points.at(-1)?.isOutside === true;
  const line = linePath(picture.points);
  return (
    <li class={`wall-tile tone-${tone}`}>
      <p class="wall-word">
        <span aria-hidden="true">{mark}</span> {word}
      </p>
      <p class="wall-name">
        {trend.test} / {trend.profile}
      </p>
      <p class="wall-number">
        {latest.p95Ms === null || tone === "invalid" ? "–" : milliseconds(latest.p95Ms)}{" "}
        <span class="unit">ms p95</span>
        {isOutside && <span class="unit invalid"> ! unusual</span>}
      </p>
      <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
        {picture.levels.map(
          ({ band, fromX, toX, level }) =>
            band !== null && (
              <rect key={level.from} x={fromX} y={band.top} width={toX - fromX} height={band.bottom - band.top} />
            ),
        )}
        <path d={line} />
      </svg>
      <p class="muted">{ageText(latest.startedAt ?? latest.createdAt, Date.now())}</p>
    </li>
  );
}
