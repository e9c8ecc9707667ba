import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useMemo, useState } from "preact/hooks";
import { type Colours, readColours } from "../charts/colours.ts";
import { TimeAxis } from "../charts/time-axis.ts";

/** What all charts of a page share. */
interface PageContext {
  readonly axis: TimeAxis;
  readonly colours: Colours;
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
  const value = useMemo(() => ({ axis, colours }), [axis, colours]);
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
