import { ComparisonBody } from "../components/comparison-body.tsx";
import { api } from "./api-client.ts";
import { LiveMasthead } from "./live-masthead.tsx";
import type { Live } from "./live-store.ts";
import { Tabs } from "./tabs.tsx";
import { useLoaded } from "./use-loaded.ts";

const maxWindows = 600;

interface ComparePageProps {
  /** The earlier run. */
  readonly a: string;
  readonly b: string;
  readonly live: Live;
}

export function ComparePage({ a, b, live }: ComparePageProps) {
  const runs = useLoaded(async () => {
    const [comparison, before, after] = await Promise.all([
      api.compare(a, b),
      api.report(a, maxWindows),
      api.report(b, maxWindows),
    ]);
    return { comparison, before, after };
  }, `${a} ${b}`);
  return (
    <>
      <LiveMasthead live={live} />
      <Tabs chosen="history" />
      <div class="tab-panel">
        {runs.kind === "loading" && <p class="empty">asking the master…</p>}
        {runs.kind === "failed" && <p class="empty failed">{runs.text}</p>}
        {runs.kind === "loaded" && <ComparisonBody {...runs.value} />}
      </div>
    </>
  );
}
