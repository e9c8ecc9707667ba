import type { ClassChoice } from "../../api/contract/session.ts";
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
