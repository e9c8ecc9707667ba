import { useEffect, useRef, useState } from "preact/hooks";
import { parseDuration } from "../../core/duration.ts";
import { api } from "./api-client.ts";
import { may, useAction } from "./live-masthead.tsx";
import type { Live } from "./live-store.ts";

/** The menu that controls the load of the active run. */
export function SteerMenu({ live }: { readonly live: Live }) {
  const { state, report, connection } = live;
  const { act, problem, isBusy } = useAction();
  const isOpenLoad = report !== null && report.plan.users === null && report.plan.ratePerSecond !== null;
  const [value, setValue] = useState("");
  const [over, setOver] = useState("");
  const menu = useClosing();
  const id = state?.runId ?? null;
  const isLost = connection.kind === "lost";
  if (id === null || (state?.state !== "running" && state?.state !== "paused")) return null;
  if (!may(live, "steer")) return null;
  const change = async (event: SubmitEvent) => {
    event.preventDefault();
    const done = await act(() => {
      const overMs = over.trim() === "" ? {} : { overMs: parseDuration(over.trim()) };
      const target = Number(value);
      return api.changeLoad(id, { ...(isOpenLoad ? { ratePerSecond: target } : { users: target }), ...overMs });
    });
    if (done) setValue("");
  };
  return (
    <details class="menu" ref={menu}>
      <summary>Steer ▾</summary>
      <form class="menu-body" onSubmit={change}>
        {isLost && <p class="invalid">! the master cannot be reached</p>}
        <fieldset class="plain" disabled={isLost}>
          <label>
            {isOpenLoad ? "rate per second" : "users"}
            <input
              class="number"
              inputMode="decimal"
              required
              pattern="[0-9]+(\.[0-9]+)?"
              placeholder={isOpenLoad ? "" : String(state.users)}
              value={value}
              onInput={(event) => setValue(event.currentTarget.value)}
            />
          </label>
          <label>
            over
            <input
              class="number"
              placeholder={isOpenLoad ? "at once" : "spawn rate"}
              value={over}
              onInput={(event) => setOver(event.currentTarget.value)}
            />
          </label>
          <button type="submit" disabled={isBusy}>
            Change
          </button>
          <hr />
          {state.state === "running" ? (
            <button type="button" onClick={() => act(() => api.pause(id))}>
              Pause
            </button>
          ) : (
            <button type="button" onClick={() => act(() => api.resume(id))}>
              Resume
            </button>
          )}
          <button type="button" onClick={() => act(() => api.resetStatistics(id))}>
            Reset statistics
          </button>
          <button type="button" onClick={() => act(() => api.stop(id, "gently"))}>
            Stop gently
          </button>
          <button type="button" onClick={() => act(() => api.stop(id, "at-once"))}>
            Stop at once
          </button>
        </fieldset>
        {problem !== null && (
          <p class="failed" role="alert">
            {problem}
          </p>
        )}
      </form>
    </details>
  );
}

/** Closes a menu on Escape and on a click outside, because it covers the content below. */
function useClosing() {
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const onPress = ({ target }: PointerEvent) => {
      if (menu.current !== null && !(target instanceof Node && menu.current.contains(target)))
        menu.current.open = false;
    };
    const onKey = ({ key }: KeyboardEvent) => {
      if (key !== "Escape" || menu.current === null || !menu.current.open) return;
      menu.current.open = false;
      menu.current.querySelector("summary")?.focus();
    };
    addEventListener("pointerdown", onPress);
    addEventListener("keydown", onKey);
    return () => {
      removeEventListener("pointerdown", onPress);
      removeEventListener("keydown", onKey);
    };
  }, []);
  return menu;
}
