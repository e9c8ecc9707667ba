import { type ComponentChildren, createContext } from "preact";
import { useCallback, useContext, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { RunReport } from "../../report/page/model.ts";
import { type Colours, readColours } from "../charts/colours.ts";
import { TimeAxis } from "../charts/time-axis.ts";
import { formatHash, pageHash } from "../selection/page-hash.ts";
import {
  changedSelection,
  formatSelection,
  parseSelection,
  type Selection,
  type SelectionChange,
} from "../selection/selection.ts";

interface PageSelection {
  readonly selection: Selection;
  /** Changes the selection, and with it the URL: by a new entry of the history, or with `replace` in the current one. */
  readonly select: (change: SelectionChange, replace?: boolean) => void;
}

/** The state that all charts and tables of a page share. */
interface PageContext extends PageSelection {
  readonly axis: TimeAxis;
  readonly colours: Colours;
  /** The report on the page, in which clicks are looked up; null before there is one. */
  readonly shown: { current: RunReport | null };
}

const context = createContext<PageContext | null>(null);

export function usePage(): PageContext {
  const page = useContext(context);
  if (page === null) throw new Error("usePage needs a PageProvider");
  return page;
}

export function PageProvider({ children }: { readonly children: ComponentChildren }) {
  const axis = useMemo(() => new TimeAxis(), []);
  const colours = useColours();
  const selected = useUrlSelection();
  const shown = useRef<RunReport | null>(null);
  useEscape(selected.select);
  const value = useMemo(() => ({ axis, colours, shown, ...selected }), [axis, colours, selected]);
  return <context.Provider value={value}>{children}</context.Provider>;
}

/** The current colours, which change with the colour scheme of the system, the toggle, and printing. */
function useColours(): Colours {
  const [colours, setColours] = useState(readColours);
  useEffect(() => {
    const update = () => setColours(readColours());
    const queries = ["(prefers-color-scheme: dark)", "print"].map((query) => matchMedia(query));
    for (const query of queries) query.addEventListener("change", update);
    const toggled = new MutationObserver(update);
    toggled.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      for (const query of queries) query.removeEventListener("change", update);
      toggled.disconnect();
    };
  }, []);
  return colours;
}

/** Clears the selection on Escape, unless another element of the page handles the key, such as a text field. */
function useEscape(select: PageSelection["select"]): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isTyping =
        event.target instanceof Element && event.target.closest("input, select, textarea, .menu") !== null;
      if (event.key === "Escape" && !event.defaultPrevented && !isTyping) select({ kind: "clear" });
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [select]);
}

/** Stores the selection in the fragment of the URL. It survives a reload, and the back button returns to the one before. */
function useUrlSelection(): PageSelection {
  const [text, setText] = useState(() => pageHash(location.hash).selection);
  useEffect(() => {
    const update = () => setText(pageHash(location.hash).selection);
    for (const event of ["popstate", "hashchange"]) addEventListener(event, update);
    return () => {
      for (const event of ["popstate", "hashchange"]) removeEventListener(event, update);
    };
  }, []);
  const selection = useMemo(() => parseSelection(text), [text]);
  const select = useCallback((change: SelectionChange, replace = false) => {
    const { path, selection: before } = pageHash(location.hash);
    const after = formatSelection(changedSelection(parseSelection(before), change));
    if (after === before) return;
    const hash = formatHash({ path, selection: after });
    if (replace) history.replaceState(history.state, "", hash);
    else history.pushState(null, "", hash);
    setText(after);
  }, []);
  return useMemo(() => ({ selection, select }), [selection, select]);
}
