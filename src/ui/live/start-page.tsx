import { useEffect, useState } from "preact/hooks";
import type { PlanPreview, ProfileFacts, Session } from "../../api/contract/session.ts";
import { LoadChart } from "../charts/load-chart.tsx";
import { usePage } from "../components/page-context.tsx";
import { noWindows } from "../data/live-run.ts";
import {
  durationText,
  emptyDraft,
  type FieldProblem,
  readForm,
  type StartDraft,
  takesUsers,
} from "../data/start-form.ts";
import { api, RequestProblem } from "./api-client.ts";
import { FormField } from "./form-field.tsx";
import { LiveMasthead } from "./live-masthead.tsx";
import type { Live } from "./live-store.ts";
import { goTo } from "./route.ts";
import { ClassPicker, PlanFacts } from "./start-panels.tsx";
import { Tabs } from "./tabs.tsx";

/** While somebody types, the master is not asked. */
const typingMs = 250;

export function StartPage({ live }: { readonly live: Live }) {
  return (
    <>
      <LiveMasthead live={live} />
      <main>
        <Tabs chosen="start" />
        {live.session === null ? (
          <p class="empty">loading…</p>
        ) : (
          <StartForm key={live.session.test} live={live} session={live.session} />
        )}
      </main>
    </>
  );
}

function StartForm({ live: { state }, session }: { readonly live: Live; readonly session: Session }) {
  const [draft, setDraft] = useState<StartDraft>(() => emptyDraft(session.profile));
  const [refusal, setRefusal] = useState<FieldProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const { preview, problems } = usePreview(draft);
  const profile = session.profiles.find(({ name }) => name === draft.profile);
  const change = (changes: Partial<StartDraft>) => {
    setRefusal(null);
    setDraft({ ...draft, ...changes });
  };
  const all = refusal === null ? problems : [refusal, ...problems];
  const problemOf = (field: string) => all.find((problem) => problem.field === field)?.text ?? null;
  const start = async (event: SubmitEvent) => {
    event.preventDefault();
    const read = readForm(draft);
    if (read.kind === "problems") return;
    setBusy(true);
    try {
      await api.start(read.request);
      goTo("overview");
    } catch (error) {
      setRefusal(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  const workers = state?.workers ?? session.workers;
  const others = all.filter(({ field }) => field === "");
  return (
    <form class="start" onSubmit={start}>
      <div class="start-fields">
        <Fields {...{ draft, change, profile, session, problemOf }} />
        {others.map(({ text }) => (
          <p key={text} class="failed" role="alert">
            {text}
          </p>
        ))}
        <button type="submit" class="primary" disabled={isBusy || state?.canStart === false}>
          Start
        </button>
        <p class="muted">
          {state?.canStart === false
            ? "a run goes on: it must end first"
            : `${workers.connected} of ${workers.expected} workers are here`}
        </p>
      </div>
      <PlanSide preview={preview} />
    </form>
  );
}

interface FieldsProps {
  readonly draft: StartDraft;
  readonly change: (changes: Partial<StartDraft>) => void;
  readonly profile: ProfileFacts | undefined;
  readonly session: Session;
  readonly problemOf: (field: string) => string | null;
}

function Fields({ draft, change, profile, session, problemOf }: FieldsProps) {
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
        label="run time, as 90s or 1h30m"
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

function PlanSide({ preview }: { readonly preview: PlanPreview | null }) {
  const { axis } = usePage();
  const toSeconds = (preview?.plan.atMs.at(-1) ?? 60_000) / 1_000;
  useEffect(() => {
    axis.showAll();
    axis.setWhole(0, toSeconds);
  }, [axis, toSeconds]);
  if (preview === null) return <p class="empty">the plan is drawn here</p>;
  return (
    <div>
      {preview.search === null ? (
        <LoadChart report={{ plan: preview.plan, windows: noWindows }} marks={noMarks} />
      ) : (
        <p class="empty">the search decides the load, trial by trial</p>
      )}
      <PlanFacts preview={preview} />
    </div>
  );
}

const noMarks: readonly never[] = [];
/** What the master would make of the draft. The last answer stays until there is another. */
function usePreview(draft: StartDraft) {
  const [preview, setPreview] = useState<PlanPreview | null>(null);
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  useEffect(() => {
    const read = readForm(draft);
    if (read.kind === "problems") {
      setProblems(read.problems);
      return;
    }
    let isCurrent = true;
    const timer = setTimeout(async () => {
      try {
        const answer = await api.plan(read.request);
        if (!isCurrent) return;
        setPreview(answer);
        setProblems([]);
      } catch (error) {
        if (isCurrent) setProblems([asProblem(error)]);
      }
    }, typingMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [draft]);
  return { preview, problems };
}

function asProblem(error: unknown): FieldProblem {
  const text = error instanceof Error ? error.message : String(error);
  return { field: error instanceof RequestProblem ? (error.field ?? "") : "", text };
}
