import { useMemo, useState } from "preact/hooks";
import { formatClock } from "../../core/duration.ts";
import type { RunReport } from "../../report/model.ts";
import { WorkerCharts } from "../charts/worker-charts.tsx";
import { RunCards } from "../components/cards.tsx";
import { EventList } from "../components/event-list.tsx";
import { ExceptionList } from "../components/exception-list.tsx";
import { Overview } from "../components/overview.tsx";
import { Ratios } from "../components/ratios.tsx";
import { RunFacts } from "../components/run-facts.tsx";
import { Section } from "../components/section.tsx";
import { ThemeToggle } from "../components/theme-toggle.tsx";
import { Verdict } from "../components/verdict.tsx";
import { allEndpoints } from "../data/endpoint-key.ts";
import { marksOf } from "../data/marks.ts";
import { CheckTable } from "../tables/check-table.tsx";
import { EndpointTable } from "../tables/endpoint-table.tsx";
import { FailureTable } from "../tables/failure-table.tsx";
import { PercentileTable } from "../tables/percentile-table.tsx";
import { WorkerTable } from "../tables/worker-table.tsx";

const contents = [
  ["overview", "Overview"],
  ["endpoints", "Endpoints"],
  ["percentiles", "Percentiles"],
  ["failures", "Failures"],
  ["checks", "Checks"],
  ["workers", "Workers"],
  ["ratios", "Ratios"],
  ["run", "Run"],
] as const;

/** A finished run, all of it on one page: to be read from top to bottom, searched, and printed. */
export function ReportPage({ report }: { readonly report: RunReport }) {
  const [endpoint, setEndpoint] = useState(allEndpoints);
  const marks = useMemo(() => marksOf(report), [report]);
  const { result } = report;
  return (
    <div class="page">
      <Masthead report={report} />
      <main>
        <Verdict report={report} />
        <RunCards result={result} />
        <nav class="contents" aria-label="Contents">
          {contents.map(([id, title]) => (
            <a key={id} href={`#${id}`}>
              {title}
            </a>
          ))}
        </nav>
        <Section id="overview" title="Overview">
          <Overview {...{ report, endpoint, marks }} onEndpoint={setEndpoint} />
        </Section>
        <Section id="endpoints" title="Endpoints">
          <EndpointTable {...{ report, endpoint }} onEndpoint={setEndpoint} />
        </Section>
        <Section id="percentiles" title="Percentiles">
          <PercentileTable result={result} />
        </Section>
        <Section id="failures" title="Failures">
          <FailureTable result={result} />
          <ExceptionList exceptions={report.exceptions} />
        </Section>
        <Section id="checks" title="Checks">
          <CheckTable checks={result.checks} />
        </Section>
        <Section id="workers" title="Workers">
          <WorkerTable workers={result.workers} />
          <div class="below">
            <WorkerCharts workers={report.workers} marks={marks} />
          </div>
        </Section>
        <Section id="ratios" title="Ratios">
          <Ratios report={report} />
        </Section>
        <Section id="run" title="Run">
          <div class="columns">
            <RunFacts report={report} />
            <EventList marks={marks} />
          </div>
        </Section>
      </main>
    </div>
  );
}

function Masthead({ report }: { readonly report: RunReport }) {
  const { run } = report.result;
  return (
    <header class="masthead">
      <span class="brand">muster</span>
      <h1 class="subject">
        {run.test} / {run.profile}
      </h1>
      <span class="muted">{run.host}</span>
      <span class="fill" />
      <span class="number muted">
        {run.startedAt.slice(0, 16).replace("T", " ")} UTC, {formatClock(run.durationMs)}
      </span>
      <ThemeToggle />
    </header>
  );
}
