import { usePage } from "../components/page-context.tsx";
import type { Selection, SelectionChange } from "./selection.ts";

interface UnkeptProps {
  /** The figures that are not recorded for the selected worker, class, group or check: "Requests by endpoint". */
  readonly what: string;
}

/**
 * Notes that figures are not recorded for the selected worker, class, group or check. It replaces these figures, because those
 * of the whole run would be wrong.
 */
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

/** Returns the kind of the selected part, its text, and the change that clears it. */
function subjectOf({ worker, userClass, group, check }: Selection): readonly [string, string, SelectionChange] {
  if (worker !== null) return ["worker", `worker #${worker}`, { kind: "worker", worker }];
  if (userClass !== "") return ["class", `class ${userClass}`, { kind: "class", userClass }];
  if (group !== "") return ["group", `group ${group}`, { kind: "group", group }];
  return ["check", `check ${check}`, { kind: "check", check }];
}
