import { useMemo } from "preact/hooks";
import type { RunReport } from "../../report/page/model.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { usePage } from "../components/page-context.tsx";
import { type SelectedFigures, selectedFailures, selectedFigures, selectionNotes } from "./selected-figures.ts";

export interface Selected {
  readonly figures: SelectedFigures;
  readonly failures: Result["errors"];
  readonly notes: readonly string[];
}

/** Times are not kept by status. */
const statusNote = "The status selects failures; cards and times are of all requests.";

/** The figures of the selected part of a run. */
export function useSelected(report: RunReport): Selected {
  const { selection } = usePage();
  const { slices, result, windows, distributions } = report;
  // What comes after the slices is not selected, so a new window changes nothing in a selected time.
  const [whole, length] = selection.range === null ? [result, windows.startMs.length] : [null, 0];
  return useMemo(() => {
    const figures = selectedFigures({ slices, result, windows, distributions }, selection);
    return {
      figures,
      failures: selectedFailures(result, figures, selection),
      notes: [...selectionNotes(report, figures), ...(selection.status === "" ? [] : [statusNote])],
    };
  }, [slices, whole, length, result.errors, distributions.percentiles, selection]);
}
