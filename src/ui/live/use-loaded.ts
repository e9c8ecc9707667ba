import { useEffect, useState } from "preact/hooks";

export type Loaded<Value> =
  | { readonly kind: "loading" }
  | { readonly kind: "loaded"; readonly value: Value }
  | { readonly kind: "failed"; readonly text: string };

/** Loads a value when the component is first shown, and again when `key` changes. */
export function useLoaded<Value>(load: () => Promise<Value>, key: string): Loaded<Value> {
  const [loaded, setLoaded] = useState<Loaded<Value>>({ kind: "loading" });
  useEffect(() => {
    let isCurrent = true;
    load().then(
      (value) => isCurrent && setLoaded({ kind: "loaded", value }),
      (error: unknown) =>
        isCurrent && setLoaded({ kind: "failed", text: error instanceof Error ? error.message : String(error) }),
    );
    return () => {
      isCurrent = false;
    };
  }, [key]);
  return loaded;
}
