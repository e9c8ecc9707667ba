import { useId } from "preact/hooks";

interface FormFieldProps {
  readonly label: string;
  /** What counts when nothing is typed. */
  readonly hint: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly problem: string | null;
}

/** One line of text, with what is wrong with it under it; that is no part of its name. */
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
