import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { formatClock } from "../../core/duration.ts";
import { figureChange } from "../../report/comparison/comparison-cells.ts";
import type { SideBySide, SideFigures } from "../../report/comparison/side-by-side.ts";
import { count, milliseconds, percent, perSecondText } from "../../report/numbers.ts";
import { fromLoadStart, outcomeLooks } from "../data/comparison.ts";
import { allEndpoints, keyOf } from "../data/endpoint-key.ts";
import { localDateTime } from "../data/local-time.ts";
import { verdictMarks } from "../data/verdict-sentence.ts";
import { TableBox } from "../tables/table-box.tsx";
import { ChartControls } from "./chart-controls.tsx";
import { OverlaidCharts } from "./overlaid-charts.tsx";
import { usePage } from "./page-context.tsx";

type Run = SideBySide["runs"][number];
type FigureComparison = SideBySide["comparisons"][number]["total"]["figures"][number];
type Figure = FigureComparison["figure"];

/** Several runs beside each other, in the given order: their facts, their charts, and each endpoint. */
export function SideBySideBody({ runs, comparisons }: SideBySide) {
  const { axis } = usePage();
  const [endpoint, setEndpoint] = useState(allEndpoints);
  const drawn = useMemo(() => runs.map((run) => fromLoadStart(run.drawn)), [runs]);
  const names = useMemo(() => runs.map(({ facts }) => facts.name ?? facts.id), [runs]);
  const toSeconds = Math.max(1_000, ...runs.map(({ facts }) => facts.durationMs ?? 0)) / 1_000;
  useEffect(() => axis.setWhole(0, toSeconds), [axis, toSeconds]);
  const endpoints = [...new Set(runs.flatMap((run) => run.endpoints.map(keyOf)))];
  const charted = [...new Set(runs.flatMap((run) => run.drawn.windows.endpoints.map(keyOf)))];
  return (
    <main class="compared runs">
      <RunsTable {...{ runs, names, comparisons }} />
      <div class="below">
        <ChartControls endpoints={charted} endpoint={endpoint} onEndpoint={setEndpoint} />
        <OverlaidCharts runs={drawn} {...{ names, endpoint }} />
      </div>
      <div class="below">
        <EndpointsTable {...{ runs, names, comparisons, endpoints }} />
      </div>
      <p class="muted below">
        Changes are from the run before: ✗ certainly worse, ✓ certainly better, (in brackets) not certain.
      </p>
    </main>
  );
}

interface TableProps extends SideBySide {
  readonly names: readonly string[];
}

function RunsTable({ runs, names, comparisons }: TableProps) {
  const changed = (figure: Figure) => (position: number) =>
    comparisons[position - 1]?.total.figures.find((one) => one.figure === figure);
  const rows: readonly [title: string, cell: (run: Run, position: number) => ComponentChildren][] = [
    ["verdict", ({ facts: { verdict } }) => <Verdict verdict={verdict} />],
    ["test", ({ facts }) => (facts.test === null ? "–" : `${facts.test} / ${facts.profile}`)],
    ["host", ({ facts }) => facts.host ?? "–"],
    ["started", ({ facts }) => (facts.startedAt === null ? "–" : localDateTime(facts.startedAt))],
    ["length", ({ facts }) => (facts.durationMs === null ? "–" : formatClock(facts.durationMs))],
    ["peak users", ({ facts }) => (facts.peakUsers === null ? "–" : count(facts.peakUsers))],
    ["workers", ({ facts }) => (facts.workers === null ? "–" : count(facts.workers))],
    ["requests", ({ total }) => count(total.requests)],
    ["req/s", (run, at) => <Cell text={rateText(run)} change={changed("requestsPerSecond")(at)} />],
    ["failed", ({ total }, at) => <Cell text={failedText(total)} change={changed("errorRate")(at)} />],
    ["p50 ms", ({ total }, at) => <Cell text={timeText(total.p50Ms)} change={changed("p50")(at)} />],
    ["p95 ms", ({ total }, at) => <Cell text={timeText(total.p95Ms)} change={changed("p95")(at)} />],
    ["p99 ms", ({ total }, at) => <Cell text={timeText(total.p99Ms)} change={changed("p99")(at)} />],
    ["compared with the run before", (_run, at) => comparisons[at - 1]?.notes.join("; ") ?? ""],
  ];
  return (
    <TableBox caption="Runs">
      <HeadRow title="run" names={names} />
      <tbody>
        {rows.map(([title, cell]) => (
          <tr key={title}>
            <th scope="row">{title}</th>
            {runs.map((run, position) => (
              <td key={position}>{cell(run, position)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </TableBox>
  );
}

function EndpointsTable({
  runs,
  names,
  comparisons,
  endpoints,
}: TableProps & { readonly endpoints: readonly string[] }) {
  return (
    <TableBox caption="Response time p95 by endpoint">
      <HeadRow title="p95 ms" names={names} />
      <tbody>
        {endpoints.map((key) => (
          <tr key={key}>
            <th scope="row">{key}</th>
            {runs.map((run, position) => {
              const found = run.endpoints.find((endpoint) => keyOf(endpoint) === key);
              const compared = comparisons[position - 1]?.endpoints.find((endpoint) => keyOf(endpoint) === key);
              const change = compared?.figures.find(({ figure }) => figure === "p95");
              return (
                <td key={position}>
                  {found === undefined ? "–" : <Cell text={timeText(found.p95Ms)} change={change} />}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </TableBox>
  );
}

function HeadRow({ title, names }: { readonly title: string; readonly names: readonly string[] }) {
  return (
    <thead>
      <tr>
        <th scope="col">{title}</th>
        {names.map((name, position) => (
          <th key={position} scope="col" class="number">
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Verdict({ verdict }: { readonly verdict: string | null }) {
  if (verdict === null) return <span class="muted">○ no result</span>;
  return (
    <span class={verdict}>
      {verdictMarks[verdict as keyof typeof verdictMarks] ?? "○"} {verdict}
    </span>
  );
}

/** A value and its change from the run before. */
function Cell({ text, change }: { readonly text: string; readonly change: FigureComparison | undefined }) {
  if (change === undefined || change.change === null) return <span class="number">{text}</span>;
  const { tone, mark } = outcomeLooks[change.outcome];
  const moved = figureChange(change.figure, change.change);
  return (
    <span class="number">
      {text}{" "}
      <span class={tone}>
        {change.outcome === "unclear" ? `(${moved})` : moved}
        {mark}
      </span>
    </span>
  );
}

function rateText({ total, facts }: Run): string {
  return facts.durationMs === null || facts.durationMs === 0
    ? "–"
    : perSecondText((total.requests / facts.durationMs) * 1_000);
}

function failedText({ failures, requests }: SideFigures): string {
  return failures === null || requests === 0 ? "–" : percent(failures / requests);
}

function timeText(ms: number | null): string {
  return ms === null ? "–" : milliseconds(ms);
}
