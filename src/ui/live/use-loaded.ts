import { useEffect, useState } from "preact/hooks";

export type Loaded<Value> =
  | { readonly kind: "loading" }
  /** `problem`: why the value could not be reloaded. */
  | { readonly kind: "loaded"; readonly value: Value; readonly problem?: string }
  | { readonly kind: "failed"; readonly text: string };

/** Loads a value when the component is first shown, and again when `key` changes. A loaded value remains until the next one is loaded. */
export function useLoaded<Value>(load: () => Promise<Value>, key: string): Loaded<Value> {
  const [loaded, setLoaded] = useState<Loaded<Value>>({ kind: "loading" });
  useEffect(() => {
    let isCurrent = true;
    load().then(
      (value) => isCurrent && setLoaded({ kind: "loaded", value }),
      (error: unknown) => {
        if (!isCurrent) return;
        const text = error instanceof Error ? error.message : String(error);
        setLoaded((before) => (before.kind === "loaded" ? { ...before, problem: text } : { kind: "failed", text }));
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [key]);
  return loaded;
}
