import { useEffect, useState } from "preact/hooks";
import type { PlanPreview, Session } from "../../api/contract/session.ts";
import { formatClock } from "../../core/duration.ts";
import { count, percent, perSecondText } from "../../report/numbers.ts";
import { LoadChart } from "../charts/load-chart.tsx";
import { usePage } from "../components/page-context.tsx";
import { noWindows } from "../data/live-run.ts";
import { emptyDraft, type FieldProblem, readForm, type StartDraft } from "../data/start-form.ts";
import { api, RequestProblem } from "./api-client.ts";
import { LiveMasthead, may } from "./live-masthead.tsx";
import type { Live } from "./live-store.ts";
import { goTo } from "./route.ts";
import { StartFields } from "./start-fields.tsx";
import { Tabs } from "./tabs.tsx";

/** The delay between the last keystroke and the request of a plan. */
const typingMs = 250;

export function StartPage({ live }: { readonly live: Live }) {
  return (
    <>
      <LiveMasthead live={live} />
      <main>
        <Tabs chosen="start" />
        {live.session === null ? (
          <p class="empty">loading…</p>
        ) : !may(live, "start") ? (
          <p class="empty">
            Starting a run, and planning one, needs a token of the role start; this page was opened with one of the role{" "}
            {live.session.visitor.role}.
          </p>
        ) : (
          <StartForm key={live.session.test} live={live} session={live.session} />
        )}
      </main>
    </>
  );
}

function StartForm({ live: { state, connection }, session }: { readonly live: Live; readonly session: Session }) {
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
        <StartFields {...{ draft, change, profile, session, problemOf }} />
        {others.map(({ text }) => (
          <p key={text} class="failed" role="alert">
            {text}
          </p>
        ))}
        <button
          type="submit"
          class="primary"
          disabled={isBusy || state?.canStart === false || connection.kind === "lost"}
        >
          Start
        </button>
        <p class="muted">
          {state?.canStart === false
            ? state.state === "finished"
              ? "the last run still writes or sends its results"
              : "a run is active and must end first"
            : `${workers.connected} of ${workers.expected} workers are connected`}
        </p>
      </div>
      <PlanSide preview={preview} />
    </form>
  );
}

function PlanSide({ preview }: { readonly preview: PlanPreview | null }) {
  const { axis } = usePage();
  const toSeconds = (preview?.plan.atMs.at(-1) ?? 60_000) / 1_000;
  useEffect(() => {
    axis.showAll();
    axis.setWhole(0, toSeconds);
  }, [axis, toSeconds]);
  if (preview === null) return <p class="empty">no plan yet</p>;
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
/** The plan that the master computes for the draft. The last plan is shown until the next one arrives. */
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

/** The figures of a plan. */
function PlanFacts({ preview }: { readonly preview: PlanPreview }) {
  const { durationMs, peakUsers, peakRatePerSecond, classes, thresholds, search } = preview;
  const isSearch = search !== null;
  const facts = [
    ...(isSearch ? [["search", search]] : []),
    [
      "duration",
      durationMs === null ? "until it is stopped" : `${isSearch ? "at most " : ""}${formatClock(durationMs)}`,
    ],
    ...(peakUsers === null || isSearch ? [] : [["peak users", count(peakUsers)]]),
    ...(peakRatePerSecond === null || isSearch ? [] : [["peak arrivals/s", perSecondText(peakRatePerSecond)]]),
    ...classes.map(({ name, share }) => [name, percent(share)]),
    [
      isSearch ? "thresholds of a trial" : "thresholds",
      thresholds.length === 0 ? "none: every run passes" : thresholds.join("; "),
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
