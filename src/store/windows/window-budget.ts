import type { Span, WindowIndex } from "./window-index.ts";

/** Windows start and end at whole seconds. */
export const secondMs = 1_000;

export interface WindowLimits {
  /** The maximum number of windows of a run. `rows` and `bytes` limit its rows and the size of their histograms. */
  readonly windows: number;
  readonly rows: number;
  readonly bytes: number;
  /** The minimum number of rows that one commit merges while a run exceeds its limits: 200 take about 10 ms. */
  readonly rowsPerCommit: number;
  /**
   * The time in ms before the last window in which windows are not merged, because reports of other workers may still
   * arrive.
   */
  readonly settledAfterMs: number;
}

/**
 * The limits for windows. The limit of bytes keeps a run of any length below 200 MB: with 20 endpoints the file is 1.4
 * times as large as its histograms if these take 2 KB each, and 1.8 times if they take 4 KB, because pages are not full.
 */
export const windowLimits: WindowLimits = {
  windows: 3_600,
  rows: 300_000,
  bytes: 100_000_000,
  rowsPerCommit: 200,
  settledAfterMs: 120_000,
};

export interface CoarseBlock {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Decides which windows to merge, so that a run of any length stays within its limits with the finest possible windows.
 * Blocks are aligned and a power of two seconds wide, so that blocks of one width nest in those of the next:
 *
 *     after 3,600 s   | | | | | | | | | | |    all 1 s wide
 *     from then on    |   |   | | | | | | |    with each new window the two oldest of the finest
 *     after 7,200 s   |   |   |   |   |   |    and so on with these
 *
 * A block with only one window, because its other half is empty, is not merged.
 */
export class WindowBudget {
  readonly limits: WindowLimits;

  constructor(limits = windowLimits) {
    this.limits = limits;
  }

  isExceeded({ spans, rows, bytes }: WindowIndex): boolean {
    return spans.length > this.limits.windows || rows > this.limits.rows || bytes > this.limits.bytes;
  }

  /** Returns the oldest of the finest settled blocks with two windows; null if there is none. */
  next({ spans, endMs }: WindowIndex): CoarseBlock | null {
    const settledMs = endMs - this.limits.settledAfterMs;
    let finest: CoarseBlock | null = null;
    let before: Span | null = null;
    for (const span of spans) {
      if (before !== null) {
        const block = blockOf(before.startMs, span.startMs + span.widthMs);
        const isFiner = finest === null || block.endMs - block.startMs < finest.endMs - finest.startMs;
        if (isFiner && block.endMs <= settledMs) finest = block;
      }
      before = span;
    }
    return finest;
  }
}

/** The smallest block that contains [startMs, endMs). */
function blockOf(startMs: number, endMs: number): CoarseBlock {
  const first = startMs / secondMs;
  const last = endMs / secondMs - 1;
  // The highest bit in which the first and last second differ decides the width of their common block.
  const widthMs = 2 ** (32 - Math.clz32(first ^ last)) * secondMs;
  const start = Math.floor(startMs / widthMs) * widthMs;
  return { startMs: start, endMs: start + widthMs };
}
