import type { ClassChoice, PlanPreview } from "../../api/contract/session.ts";
import { formatClock } from "../../core/duration.ts";
import { count, percent, rate } from "../../report/numbers.ts";
import { FormField } from "./form-field.tsx";

interface ClassPickerProps {
  readonly classes: readonly ClassChoice[];
  readonly weights: Readonly<Record<string, string>>;
  readonly onWeights: (weights: Readonly<Record<string, string>>) => void;
  readonly problemOf: (field: string) => string | null;
}

/** Which user classes take part, and with what weight; 0 leaves one out. */
export function ClassPicker({ classes, weights, onWeights, problemOf }: ClassPickerProps) {
  return (
    <fieldset class="classes">
      <legend>user classes, by weight</legend>
      {classes.map(({ name, weight, fixedCount }) => {
        const isIn = (weights[name] ?? String(weight)).trim() !== "0";
        return (
          <div key={name} class="class">
            <label>
              <input
                type="checkbox"
                checked={isIn}
                onChange={() => onWeights({ ...weights, [name]: isIn ? "0" : String(weight || 1) })}
              />{" "}
              {name}
            </label>
            <FormField
              label={`weight of ${name}`}
              hint={fixedCount === null ? String(weight) : `${fixedCount} users, always`}
              value={weights[name] ?? ""}
              onValue={(value) => onWeights({ ...weights, [name]: value })}
              problem={problemOf(`classes.${name}`)}
            />
          </div>
        );
      })}
    </fieldset>
  );
}

/** What the plan comes to, in figures. */
export function PlanFacts({ preview }: { readonly preview: PlanPreview }) {
  const { durationMs, peakUsers, peakRatePerSecond, classes, thresholds, search } = preview;
  const isSearch = search !== null;
  const facts = [
    ...(isSearch ? [["tried are", search]] : []),
    ["length", durationMs === null ? "until it is stopped" : `${isSearch ? "at most " : ""}${formatClock(durationMs)}`],
    ...(peakUsers === null || isSearch ? [] : [["users at most", count(peakUsers)]]),
    ...(peakRatePerSecond === null || isSearch ? [] : [["arrivals/s at most", rate(peakRatePerSecond)]]),
    ...classes.map(({ name, share }) => [name, percent(share)]),
    [
      isSearch ? "a trial has to hold" : "thresholds",
      thresholds.length === 0 ? "none: the run passes whatever it measures" : thresholds.join("; "),
    ],
  ];
  return (
    <dl class="facts below">
      {facts.map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd class="number">{value}</dd>
        </>
      ))}
    </dl>
  );
}
