import { useState } from "preact/hooks";
import type { Session } from "../../api/contract/session.ts";
import { formatClock } from "../../core/duration.ts";
import { Masthead } from "../components/masthead.tsx";
import { api } from "./api-client.ts";
import type { Live } from "./live-store.ts";
import { routeOf } from "./route.ts";

/** The head of the page: test, progress of the run, and the buttons that must always be visible. */
export function LiveMasthead({ live }: { readonly live: Live }) {
  const { session, state, report } = live;
  const run = report?.result.run;
  const test = run?.test ?? session?.test ?? "";
  const profile = run?.profile ?? session?.profile ?? "";
  return (
    <>
      <Masthead
        subject={state?.state === "ready" || test === "" ? test : `${test} / ${profile}`}
        host={run?.host ?? session?.host ?? ""}
      >
        {state !== null && <Progress live={live} />}
        {state !== null && <Buttons live={live} />}
        {session?.visitor.isLoggedIn === true && <Logout isLost={live.connection.kind === "lost"} />}
      </Masthead>
      <Staleness live={live} />
    </>
  );
}

function Progress({ live: { state, connection } }: { readonly live: Live }) {
  if (state === null) return null;
  const { elapsedMs, durationMs } = state;
  const isLost = connection.kind === "lost";
  const tone = isLost
    ? "muted"
    : ({ running: "running", paused: "invalid", stopping: "invalid" }[state.state as string] ?? "muted");
  const isUnderWay = state.state !== "ready" && state.state !== "starting";
  return (
    <span class="progress">
      <span class={tone}>● {state.state}</span>
      {isUnderWay && (
        <span class="number">
          {" "}
          {formatClock(elapsedMs)}
          {durationMs !== null && ` / ${formatClock(durationMs)}`}
        </span>
      )}
      {isUnderWay && durationMs !== null && durationMs > 0 && (
        <progress value={Math.min(1, elapsedMs / durationMs)} max={1} aria-label="progress of the run" />
      )}
    </span>
  );
}

const roles = ["look", "steer", "start"] as const;

/** Whether the visitor has at least the role `wanted`; false until the session is loaded. */
export function may({ session }: Pick<Live, "session">, wanted: Session["visitor"]["role"]): boolean {
  return session !== null && roles.indexOf(session.visitor.role) >= roles.indexOf(wanted);
}

/** A text that replaces controls that the visitor may not use. */
function NotAllowed({ session, what }: Pick<Live, "session"> & { readonly what: string }) {
  if (session === null) return null;
  const { role } = session.visitor;
  return (
    <span class="muted" title={`this page was opened with a token of the role ${role}`}>
      role {role}: {what}
    </span>
  );
}

/** A button that ends the session of the browser. The master then responds with the login page. */
function Logout({ isLost }: { readonly isLost: boolean }) {
  return (
    <form class="screen-only" method="post" action="/logout">
      <button type="submit" disabled={isLost}>
        Log out
      </button>
    </form>
  );
}

/**
 * The buttons of the run. While the master cannot be reached they are disabled, and the banner says what can be done instead.
 * Buttons that the visitor may not use are not shown.
 */
function Buttons({ live }: { readonly live: Live }) {
  const { state, session, connection } = live;
  const { act, problem } = useAction();
  const id = state?.runId ?? null;
  const isLost = connection.kind === "lost";
  const off = isLost ? { disabled: true, title: cannotReach, "aria-describedby": staleId } : {};
  if (state === null) return null;
  if (state.canStart || state.state === "finished" || id === null) {
    if (may(live, "start")) return <a href={routeOf("start")}>New run</a>;
    return <NotAllowed session={session} what="may not start runs" />;
  }
  if (!may(live, "steer")) return <NotAllowed session={session} what="may not steer" />;
  return (
    <>
      {state.state === "running" && (
        <button type="button" {...off} onClick={() => act(() => api.pause(id))}>
          Pause
        </button>
      )}
      {state.state === "paused" && (
        <button type="button" {...off} onClick={() => act(() => api.resume(id))}>
          Resume
        </button>
      )}
      {state.state === "stopping" ? (
        <button type="button" {...off} onClick={() => act(() => api.stop(id, "at-once"))}>
          Stop at once
        </button>
      ) : (
        <button type="button" {...off} onClick={() => act(() => api.stop(id, "gently"))}>
          Stop
        </button>
      )}
      {problem !== null && (
        <span class="failed" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}

/** Runs a request of the user. `problem` is the reason of a failure, until the next request. */
export function useAction() {
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const act = async (action: () => Promise<unknown>): Promise<boolean> => {
    setProblem(null);
    setBusy(true);
    try {
      await action();
      return true;
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { act, problem, isBusy };
}

const staleId = "stale";
const cannotReach = "the master cannot be reached";

/** The banner while the master cannot be reached: how old the shown data is, and how the load can be stopped. */
function Staleness({ live: { connection, state } }: { readonly live: Live }) {
  if (connection.kind !== "lost") return null;
  if (connection.isLoggedOut === true) {
    return (
      <div class="banner invalid" id={staleId}>
        <p>
          ! the session of this page has ended; showing the last known state: <a href="/">log in again</a>
        </p>
      </div>
    );
  }
  const isActive = state !== null && state.state !== "ready" && state.state !== "finished";
  return (
    <div class="banner invalid" id={staleId}>
      <p>! connection to the master lost {ageOf(connection.sinceMs)} ago; showing the last known state, reconnecting</p>
      {isActive && (
        <p class="muted">
          Stop cannot reach the master. To stop the load, press Ctrl+C where the master runs. If the master has ended,
          its workers stop by themselves within <span class="number">--orphan-timeout</span> (60 s by default), and{" "}
          <span class="number">muster master --resume {state.runId}</span> resumes the run.
        </p>
      )}
    </div>
  );
}

/** The time since a moment on the page's clock: "8 s", "3 min". */
export function ageOf(sinceMs: number): string {
  const seconds = Math.round((performance.now() - sinceMs) / 1_000);
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}
