import type { LineLook } from "./chart-look.ts";

interface LegendProps {
  readonly looks: readonly LineLook[];
  /** The values at the cursor; null without a cursor. */
  readonly values: readonly (number | null)[] | null;
  /** Text before the names: the time at the cursor, and a note of the chart. */
  readonly note: string;
  /** Text after the names. */
  readonly remark?: string;
}

/** The names of the lines, each drawn as in the chart, and their values at the cursor. */
export function Legend({ looks, values, note, remark }: LegendProps) {
  return (
    <div class="legend">
      {note !== "" && <span class="number">{note}</span>}
      {looks.map(({ label, colour, width, dash, format, quiet }, position) => {
        if (quiet === true) return null;
        const value = values?.[position] ?? null;
        return (
          <span key={label}>
            <svg aria-hidden="true" viewBox="0 0 20 8">
              <line
                x1="0"
                x2="20"
                y1="4"
                y2="4"
                stroke={`var(--${colour})`}
                stroke-width={Math.max(1.5, width)}
                stroke-dasharray={dash.join(" ")}
              />
            </svg>
            {label}
            {value !== null && <span class="number"> {format(value)}</span>}
          </span>
        );
      })}
      {remark !== undefined && <span>{remark}</span>}
    </div>
  );
}
