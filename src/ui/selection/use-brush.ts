import { useCallback } from "preact/hooks";
import { usePage } from "../components/page-context.tsx";

/** A time after the end of any run, in seconds. */
export const endOfTime = 1e9;

/** Returns a function that selects a time, in seconds: the nearest range that has figures. */
export function useBrush(): (from: number, to: number, replace?: boolean) => void {
  const { axis, select } = usePage();
  return useCallback(
    (from: number, to: number, replace = false) => {
      const nearest = axis.nearest(from, to);
      if (nearest === null) return;
      select({ kind: "range", range: { fromMs: nearest[0] * 1_000, toMs: nearest[1] * 1_000 } }, replace);
    },
    [axis, select],
  );
}
