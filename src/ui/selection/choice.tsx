import type { ComponentChildren } from "preact";
import { formatClock } from "../../core/duration.ts";
import { type RunPart, timeEndOf } from "./places.ts";
import { useChoose } from "./use-choose.ts";

interface ChoiceProps {
  /** The part of the run that the text is about; null if it is about the whole run. */
  readonly place: RunPart | null;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** A text that, when clicked, selects the part of the run that it is about. */
export function Choice({ place, class: name = "", children }: ChoiceProps) {
  const choose = useChoose();
  if (place === null) return name === "" ? <>{children}</> : <span class={name}>{children}</span>;
  return (
    <button
      type="button"
      class={`choice ${name}`.trim()}
      title={`select ${inWords(place)}`}
      onClick={() => choose(place)}
    >
      {children}
    </button>
  );
}

/** Describes a part of a run: "GET /jobs, from 03:10 on". */
function inWords({
  endpoint = "",
  status = "",
  error = "",
  worker = null,
  userClass = "",
  group = "",
  check = "",
  range = null,
}: RunPart): string {
  const failure = [status, error].filter((text) => text !== "").join(" ");
  return [
    endpoint,
    failure,
    worker === null ? "" : `worker #${worker}`,
    userClass === "" ? "" : `class ${userClass}`,
    group === "" ? "" : `group ${group}`,
    check === "" ? "" : `check ${check}`,
    range === null ? "" : `the time from ${formatClock(range.fromMs)} ${timeEndOf(range)}`,
  ]
    .filter((text) => text !== "")
    .join(", ");
}
