import { useEffect, useMemo, useState } from "preact/hooks";
import { figureName, type UnclearFigures, unclearFigures } from "../../report/comparison/comparison-cells.ts";
import { type ComparedRuns, fromLoadStart, outcomeSentence } from "../data/comparison.ts";
import { allEndpoints, keyOf } from "../data/endpoint-key.ts";
import { ComparisonTable, ObservedChanges } from "../tables/comparison-table.tsx";
import { ChartControls } from "./chart-controls.tsx";
import { DifferenceList } from "./difference-list.tsx";
import { OverlaidCharts } from "./overlaid-charts.tsx";
import { usePage } from "./page-context.tsx";
import { Time } from "./time.tsx";

const beforeAndAfter = ["before", "after"];
const tones = { worse: "failed", better: "passed", unchanged: "muted", incomparable: "invalid" } as const;
const marks = { worse: "✗", better: "✓", unchanged: "=", incomparable: "!" } as const;

/** Two runs in the same charts, and the differences between them beyond chance. */
export function ComparisonBody({ comparison, before, after }: ComparedRuns) {
  const { axis } = usePage();
  const [endpoint, setEndpoint] = useState(allEndpoints);
  const sides = useMemo(() => [before, after].map(fromLoadStart), [before, after]);
  const toSeconds = Math.max(before.result.run.durationMs, after.result.run.durationMs, 1_000) / 1_000;
  useEffect(() => {
    axis.showAll();
    axis.setWhole(0, toSeconds);
  }, [axis, toSeconds]);
  const { outcome, notes } = comparison;
  const unclear = comparison.asked.isSame ? unclearFigures([comparison.total, ...comparison.endpoints]) : [];
  return (
    <main class="compared">
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
          {unclear.map(({ because, figures }) => (
            <li key={because} class="muted">
              not certain, as {because}: {namesOf(figures)}
            </li>
          ))}
        </ul>
      </section>
      <div class="below differences">
        <DifferenceList comparison={comparison} />
      </div>
      <div class="below">
        <ChartControls endpoints={after.windows.endpoints.map(keyOf)} endpoint={endpoint} onEndpoint={setEndpoint} />
        <OverlaidCharts runs={sides} names={beforeAndAfter} endpoint={endpoint} />
      </div>
      <div class="below">
        <ComparisonTable {...{ comparison, endpoint }} />
      </div>
      {comparison.observed !== undefined && (
        <div class="below">
          <ObservedChanges observed={comparison.observed} />
        </div>
      )}
    </main>
  );
}

/** The maximum number of figures that are named with a reason. */
const mostNames = 6;

function namesOf(figures: UnclearFigures["figures"]): string {
  const names = figures
    .slice(0, mostNames)
    .map((one) => `${keyOf(one) === "Aggregated" ? "all" : keyOf(one)} ${figureName(one.figure)}`);
  const more = figures.length - names.length;
  return [...names, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}
