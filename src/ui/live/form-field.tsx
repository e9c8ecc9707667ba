import { useId } from "preact/hooks";

interface FormFieldProps {
  readonly label: string;
  /** The value that applies when nothing is typed. */
  readonly hint: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly problem: string | null;
}

/** A text field with its problem below it. The problem is a description of the field and not a part of its name. */
export function FormField({ label, hint, value, onValue, problem }: FormFieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={`${id}-input`}>{label}</label>
      <input
        id={`${id}-input`}
        value={value}
        placeholder={hint}
        onInput={(event) => onValue(event.currentTarget.value)}
        {...(problem === null ? {} : { "aria-invalid": true, "aria-describedby": `${id}-problem` })}
      />
      {problem !== null && (
        <span id={`${id}-problem`} class="failed" role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}
