import { formatClock } from "../../core/duration.ts";
import type { RunReport } from "../../report/page/model.ts";
import { Masthead } from "../components/masthead.tsx";
import { ReportBody } from "../components/report-body.tsx";

export function ReportPage({ report }: { readonly report: RunReport }) {
  const { run } = report.result;
  return (
    <div class="page">
      <Masthead subject={`${run.test} / ${run.profile}`} host={run.host}>
        <span class="number muted">
          {run.startedAt.slice(0, 16).replace("T", " ")} UTC, {formatClock(run.durationMs)}
        </span>
      </Masthead>
      <ReportBody report={report} />
    </div>
  );
}
