import { ComparisonBody } from "../components/comparison-body.tsx";
import { ReportBody } from "../components/report-body.tsx";
import { useTab } from "../components/tab.ts";
import { reportStatus } from "../data/tab-status.ts";
import { api } from "./api-client.ts";
import { Downloads } from "./downloads.tsx";
import { LiveMasthead } from "./live-masthead.tsx";
import type { Live } from "./live-store.ts";
import { Tabs } from "./tabs.tsx";
import { useLoaded } from "./use-loaded.ts";

const maxWindows = 1_200;

/** The report of a stored run. */
export function StoredRunPage({ id, live }: { readonly id: string; readonly live: Live }) {
  const report = useLoaded(() => api.report(id, maxWindows), `${id} ${live.connects}`);
  useTab(report.kind === "loaded" ? reportStatus(report.value) : null);
  return (
    <>
      <LiveMasthead live={live} />
      <Tabs chosen="history">
        <Downloads id={id} />
      </Tabs>
      {report.kind === "loading" && <p class="empty">loading…</p>}
      {report.kind === "failed" && <p class="empty failed">{report.text}</p>}
      {report.kind === "loaded" && (
        <>
          <p class="stored">
            {report.value.result.run.test} / {report.value.result.run.profile}, <span class="number">{id}</span>
          </p>
          <ReportBody report={report.value} />
        </>
      )}
    </>
  );
}

const maxComparedWindows = 600;

interface ComparePageProps {
  /** The earlier run. */
  readonly a: string;
  readonly b: string;
  readonly live: Live;
}

/** The comparison of two stored runs. */
export function ComparePage({ a, b, live }: ComparePageProps) {
  const runs = useLoaded(async () => {
    const [comparison, before, after] = await Promise.all([
      api.compare(a, b),
      api.report(a, maxComparedWindows),
      api.report(b, maxComparedWindows),
    ]);
    return { comparison, before, after };
  }, `${a} ${b} ${live.connects}`);
  return (
    <>
      <LiveMasthead live={live} />
      <Tabs chosen="history" />
      <div class="tab-panel">
        {runs.kind === "loading" && <p class="empty">loading…</p>}
        {runs.kind === "failed" && <p class="empty failed">{runs.text}</p>}
        {runs.kind === "loaded" && <ComparisonBody {...runs.value} />}
      </div>
    </>
  );
}
