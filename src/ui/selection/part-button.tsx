import type { ComponentChildren } from "preact";
import { usePage } from "../components/page-context.tsx";
import { isError, type Selection, type SelectionChange } from "./selection.ts";

interface PartButtonProps {
  /** The selection that a click makes. If it is already made, a click clears it. */
  readonly change: SelectionChange;
  readonly children: ComponentChildren;
}

/** A table cell that, when clicked, selects the part of the run that it names. */
export function PartButton({ change, children }: PartButtonProps) {
  const { selection, select } = usePage();
  return (
    <button type="button" class="choice" aria-pressed={isChosen(selection, change)} onClick={() => select(change)}>
      {children}
    </button>
  );
}

function isChosen(selection: Selection, change: SelectionChange): boolean {
  switch (change.kind) {
    case "endpoint":
      return change.endpoint === selection.endpoint;
    case "status":
      return change.status === selection.status;
    case "error":
      return isError(selection, change.error);
    case "worker":
      return change.worker === selection.worker;
    case "class":
      return change.userClass === selection.userClass;
    case "group":
      return change.group === selection.group;
    case "check":
      return change.check === selection.check;
    default:
      return false;
  }
}
