import { useCallback } from "preact/hooks";
import { usePage } from "../components/page-context.tsx";
import type { RunPart } from "./places.ts";

/** Returns a function that selects a part of a run and nothing else. Its time is widened to whole slices. */
export function useChoose(): (place: RunPart) => void {
  const { axis, select } = usePage();
  return useCallback(
    ({ range, ...rest }: RunPart) => {
      const whole = range == null ? null : axis.snapped(range.fromMs / 1_000, range.toMs / 1_000);
      const part = whole === null ? {} : { range: { fromMs: whole[0] * 1_000, toMs: whole[1] * 1_000 } };
      select({ kind: "part", part: { ...rest, ...part } });
    },
    [axis, select],
  );
}
