import { usePage } from "../components/page-context.tsx";
import type { Selection, SelectionChange } from "./selection.ts";

interface UnkeptProps {
  /** What is not kept of the selected worker, class, group or check: "Requests by endpoint". */
  readonly what: string;
}

/** Says that figures are not kept of the selected worker, class, group or check, in their place: those of all would be wrong. */
export function Unkept({ what }: UnkeptProps) {
  const { selection, select } = usePage();
  const [by, text, change] = subjectOf(selection);
  return (
    <p class="empty">
      {what} are not kept by {by}.{" "}
      <button type="button" class="small" onClick={() => select(change)}>
        clear {text}
      </button>
    </p>
  );
}

/** What is selected besides a time: its kind, its text, and what clears it. */
function subjectOf({ worker, userClass, group, check }: Selection): readonly [string, string, SelectionChange] {
  if (worker !== null) return ["worker", `worker #${worker}`, { kind: "worker", worker }];
  if (userClass !== "") return ["class", `class ${userClass}`, { kind: "class", userClass }];
  if (group !== "") return ["group", `group ${group}`, { kind: "group", group }];
  return ["check", `check ${check}`, { kind: "check", check }];
}
