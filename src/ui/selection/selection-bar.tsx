import { formatClock } from "../../core/duration.ts";
import type { RunReport } from "../../report/page/model.ts";
import { usePage } from "../components/page-context.tsx";
import { useLazy } from "../components/use-lazy.ts";
import { allEndpoints } from "../data/endpoint-key.ts";
import type { SelectedFigures } from "./selected-figures.ts";
import { isSelected, type Selection, type SelectionChange } from "./selection.ts";

interface SelectionBarProps {
  readonly report: RunReport;
  readonly figures: SelectedFigures;
  readonly notes: readonly string[];
}

const loadMoved = () => import("./moved-list.tsx");

/** The selection, with a button for each part that clears it, and notes on what its figures do not include. Empty without a selection. */
export function SelectionBar({ report, figures, notes }: SelectionBarProps) {
  const { selection, select } = usePage();
  const { range } = figures;
  const isKnown = range !== null && range.end > range.first;
  const moved = useLazy(loadMoved, isKnown);
  if (!isSelected(selection)) return null;
  return (
    <>
      <section class="selection" aria-label="Selection">
        <div class="toolbar">
          <span class="muted">Selected:</span>
          {range !== null && <Chip part="time" text={clocks(range)} change={{ kind: "range", range: null }} />}
          {chipsOf(selection).map((chip) => (
            <Chip key={chip.part} {...chip} />
          ))}
          <span class="fill" />
          <button type="button" title="Escape" onClick={() => select({ kind: "clear" })}>
            clear selection
          </button>
        </div>
      </section>
      {notes.map((note) => (
        <p key={note} class="note">
          {note}
        </p>
      ))}
      {moved !== null && isKnown && <moved.MovedList {...{ report, range }} />}
    </>
  );
}

interface ChipProps {
  /** The kind of the selected part: "endpoint". */
  readonly part: string;
  readonly text: string;
  /** The change that clears the part. */
  readonly change: SelectionChange;
}

function Chip({ part, text, change }: ChipProps) {
  const { select } = usePage();
  return (
    <button type="button" class="number" aria-label={`Clear the ${part} ${text}`} onClick={() => select(change)}>
      {text} ×
    </button>
  );
}

/** Returns the selected parts, except for the time. */
function chipsOf({ endpoint, status, error, worker, userClass, group, check }: Selection): ChipProps[] {
  const all: readonly (ChipProps | false)[] = [
    endpoint !== allEndpoints && { part: "endpoint", text: endpoint, change: { kind: "endpoint", endpoint } },
    status !== "" && { part: "status", text: status, change: { kind: "status", status } },
    error !== "" && { part: "error", text: error, change: { kind: "error", error: { endpoint, status, error } } },
    worker !== null && { part: "worker", text: `worker #${worker}`, change: { kind: "worker", worker } },
    userClass !== "" && { part: "class", text: `class ${userClass}`, change: { kind: "class", userClass } },
    group !== "" && { part: "group", text: `group ${group}`, change: { kind: "group", group } },
    check !== "" && { part: "check", text: `check ${check}`, change: { kind: "check", check } },
  ];
  return all.filter((chip) => chip !== false);
}

function clocks({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): string {
  return `${formatClock(fromMs)}–${formatClock(toMs)}`;
}
