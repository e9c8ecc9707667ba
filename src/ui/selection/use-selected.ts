import { useMemo } from "preact/hooks";
import type { RunReport } from "../../report/page/model.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { usePage } from "../components/page-context.tsx";
import { type SelectedFigures, selectedFailures, selectedFigures } from "./selected-figures.ts";
import { selectionNotes } from "./selection-notes.ts";

export interface Selected {
  readonly figures: SelectedFigures;
  readonly failures: Result["errors"];
  readonly notes: readonly string[];
}

/** Returns the figures of the selected part of a run. A page calls it only once, and passes the figures to its parts. */
export function useSelected(report: RunReport): Selected {
  const { selection } = usePage();
  const { slices, result, windows, distributions, workers } = report;
  // Windows after the slices cannot be selected, so a new window changes nothing in a selected range.
  const [whole, length] = selection.range === null ? [result, windows.startMs.length] : [null, 0];
  return useMemo(() => {
    const figures = selectedFigures(report, selection);
    return {
      figures,
      failures: selectedFailures(result, figures, selection),
      notes: selectionNotes(report, figures, selection),
    };
  }, [slices, whole, length, result.errors, distributions.percentiles, workers, selection]);
}
