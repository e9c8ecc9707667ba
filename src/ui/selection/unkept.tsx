import { usePage } from "../components/page-context.tsx";

interface UnkeptProps {
  /** What is not kept of the selected worker or class: "Requests by endpoint". */
  readonly what: string;
}

/** Says that figures are not kept of the selected worker or class, in their place: those of all would be wrong. */
export function Unkept({ what }: UnkeptProps) {
  const { selection, select } = usePage();
  const { worker, userClass } = selection;
  const part = worker === null ? `class ${userClass}` : `worker #${worker}`;
  return (
    <p class="empty">
      {what} {worker === null ? "are not kept by class" : "are not kept by worker"}.{" "}
      <button
        type="button"
        class="small"
        onClick={() => select(worker === null ? { kind: "class", userClass: "" } : { kind: "worker", worker: null })}
      >
        clear {part}
      </button>
    </p>
  );
}
