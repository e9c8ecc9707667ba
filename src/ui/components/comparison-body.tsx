import { useEffect, useMemo, useState } from "preact/hooks";
import { milliseconds, perSecondText } from "../../report/numbers.ts";
import { dashes, type LineLook } from "../charts/chart-look.ts";
import { TimeChart } from "../charts/time-chart.tsx";
import { type ComparedRuns, outcomeSentence, unclearLine } from "../data/comparison.ts";
import { allEndpoints, keyOf } from "../data/endpoint-key.ts";
import { overlay, responseTimeSeries, throughputSeries } from "../data/series.ts";
import { ComparisonTable } from "../tables/comparison-table.tsx";
import { ChartControls } from "./chart-controls.tsx";
import { usePage } from "./page-context.tsx";
import { Time } from "./time.tsx";

const tones = { worse: "failed", better: "passed", unchanged: "muted", incomparable: "invalid" } as const;
const marks = { worse: "✗", better: "✓", unchanged: "=", incomparable: "!" } as const;

/** Two runs in the same charts, and their differences beyond chance. */
export function ComparisonBody({ comparison, before, after }: ComparedRuns) {
  const { axis } = usePage();
  const [endpoint, setEndpoint] = useState(allEndpoints);
  const toSeconds = Math.max(before.result.run.durationMs, after.result.run.durationMs, 1_000) / 1_000;
  useEffect(() => {
    axis.showAll();
    axis.setWhole(0, toSeconds);
  }, [axis, toSeconds]);
  const { outcome, notes } = comparison;
  const unclear = unclearLine(comparison);
  return (
    <main>
      <section class={`verdict ${tones[outcome]}`} aria-label="Outcome of the comparison">
        <p class="sentence">
          <span class={`word ${tones[outcome]}`} aria-hidden="true">
            {marks[outcome]}{" "}
          </span>
          {outcomeSentence(comparison)}
        </p>
        <ul>
          {[comparison.before, comparison.after].map(({ id, name, startedAt }, side) => (
            <li key={side}>
              {side === 0 ? "before" : "after"}: <span class="number">{name ?? id}</span>{" "}
              <span class="muted">{startedAt !== null && <Time at={startedAt} />}</span>
            </li>
          ))}
          {notes.map((note) => (
            <li key={note}>
              <span class="invalid">!</span> {note}
            </li>
          ))}
          {unclear !== null && <li class="muted">{unclear}</li>}
        </ul>
      </section>
      <div class="below">
        <ChartControls endpoints={after.windows.endpoints.map(keyOf)} endpoint={endpoint} onEndpoint={setEndpoint} />
        <OverlaidCharts {...{ before, after, endpoint }} />
      </div>
      <div class="below">
        <ComparisonTable {...{ comparison, endpoint }} />
      </div>
    </main>
  );
}

const requestLooks = looksOf("requests", perSecondText);
const p95Looks = looksOf("p95", milliseconds);
const p99Looks = looksOf("p99", milliseconds);

function looksOf(colour: LineLook["colour"], format: (value: number) => string): readonly LineLook[] {
  return [
    { label: "before", colour: "muted", width: 1.25, dash: dashes.dashed, scale: "y", format },
    { label: "after", colour, width: 1.75, dash: dashes.solid, scale: "y", format },
  ];
}

const noMarks: readonly never[] = [];

function OverlaidCharts({ before, after, endpoint }: Omit<ComparedRuns, "comparison"> & { readonly endpoint: string }) {
  const [requests, p95, p99] = useMemo(
    () => [
      overlay(before, after, endpoint, throughputSeries, 0),
      overlay(before, after, endpoint, responseTimeSeries, 1),
      overlay(before, after, endpoint, responseTimeSeries, 2),
    ],
    [before, after, endpoint],
  );
  const charts = [
    ["Requests/s", requests, requestLooks],
    ["Response time p95, ms", p95, p95Looks],
    ["Response time p99, ms", p99, p99Looks],
  ] as const;
  return (
    <div class="grid">
      {charts.map(([title, data, looks]) =>
        data === undefined ? null : (
          <TimeChart key={title} title={title} summary="Both runs." data={data} looks={looks} marks={noMarks} />
        ),
      )}
    </div>
  );
}
