import { useId } from "preact/hooks";
import type { ClassChoice, ProfileFacts, Session } from "../../api/contract/session.ts";
import { durationText, emptyDraft, type StartDraft, takesUsers } from "../data/start-form.ts";

interface StartFieldsProps {
  readonly draft: StartDraft;
  readonly change: (changes: Partial<StartDraft>) => void;
  readonly profile: ProfileFacts | undefined;
  readonly session: Session;
  readonly problemOf: (field: string) => string | null;
}

/** The fields of the start form. */
export function StartFields({ draft, change, profile, session, problemOf }: StartFieldsProps) {
  const hint = (value: number | null | undefined) => (value == null ? "as planned" : String(value));
  const isUsers = profile === undefined || takesUsers(profile);
  return (
    <>
      {session.profiles.length > 1 && (
        <label class="field">
          profile
          <select value={draft.profile} onChange={(event) => change(emptyDraft(event.currentTarget.value))}>
            {session.profiles.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {isUsers ? (
        <>
          <FormField
            label="users"
            hint={hint(profile?.users)}
            value={draft.users}
            onValue={(users) => change({ users })}
            problem={problemOf("users")}
          />
          <FormField
            label="spawn rate, users per second"
            hint={hint(profile?.spawnRate)}
            value={draft.spawnRate}
            onValue={(spawnRate) => change({ spawnRate })}
            problem={problemOf("spawnRate")}
          />
        </>
      ) : (
        <FormField
          label="arrivals per second"
          hint={hint(profile.ratePerSecond)}
          value={draft.ratePerSecond}
          onValue={(ratePerSecond) => change({ ratePerSecond })}
          problem={problemOf("ratePerSecond")}
        />
      )}
      <FormField
        label="run time, such as 90s or 1h30m"
        hint={profile?.durationMs == null ? "as planned" : durationText(profile.durationMs)}
        value={draft.duration}
        onValue={(duration) => change({ duration })}
        problem={problemOf("durationMs")}
      />
      <FormField
        label="host"
        hint={session.host ?? "http://…"}
        value={draft.host}
        onValue={(host) => change({ host })}
        problem={problemOf("host")}
      />
      {profile !== undefined && (
        <ClassPicker
          classes={profile.classes}
          weights={draft.classes}
          onWeights={(classes) => change({ classes })}
          problemOf={problemOf}
        />
      )}
    </>
  );
}

interface ClassPickerProps {
  readonly classes: readonly ClassChoice[];
  readonly weights: Readonly<Record<string, string>>;
  readonly onWeights: (weights: Readonly<Record<string, string>>) => void;
  readonly problemOf: (field: string) => string | null;
}

/** The user classes with their weights. Weight 0 excludes a class. */
function ClassPicker({ classes, weights, onWeights, problemOf }: ClassPickerProps) {
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
              hint={fixedCount === null ? String(weight) : `fixed at ${fixedCount} users`}
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

interface FormFieldProps {
  readonly label: string;
  /** The value that applies if nothing is typed. */
  readonly hint: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly problem: string | null;
}

/** A text field with its problem below it. The problem describes the field, and is not a part of its name. */
function FormField({ label, hint, value, onValue, problem }: FormFieldProps) {
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
