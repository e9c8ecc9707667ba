import { type SpikeWindow, windowMs } from "./spike-window.ts";

/**
 * Finds the first window from which on all windows are good for `lengthMs`. A window that is missing, or in which requests
 * were due and none ended, is not good.
 *
 * @param loneLapsesPerTen the number of windows in ten that may be bad, if no two are adjacent: a p95 of one second is
 * noisy
 */
export function firstStretch(
  windows: readonly SpikeWindow[],
  isGood: (window: SpikeWindow) => boolean,
  lengthMs: number,
  loneLapsesPerTen = 0,
): SpikeWindow | undefined {
  const length = Math.ceil(lengthMs / windowMs);
  return windows.find((first, start) => {
    const stretch = windows.slice(start, start + length);
    const last = stretch.at(-1);
    if (stretch.length < length || last === undefined) return false;
    if (last.startMs - first.startMs > (length - 0.5) * windowMs) return false; // windows are missing in between
    const good = stretch.map((window) => !hangs(window) && isGood(window));
    const lapses = good.filter((one) => !one).length;
    const inARow = good.some((one, i) => !one && good[i + 1] === false);
    return good[0] === true && !inARow && lapses <= (length / 10) * loneLapsesPerTen;
  });
}

/** Whether requests were due in a second and none ended. */
export function hangs({ offered, requests }: SpikeWindow): boolean {
  return offered > 0 && requests === 0;
}
