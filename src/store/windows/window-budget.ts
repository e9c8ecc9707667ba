import type { Span, WindowIndex } from "./window-index.ts";

/** Windows are whole seconds. */
export const secondMs = 1_000;

export interface WindowLimits {
  /** What a run may have of each. */
  readonly windows: number;
  readonly rows: number;
  readonly bytes: number;
  /** Rows that one commit merges at least while a run is over its limits: so many take about 10 ms. */
  readonly rowsPerCommit: number;
  /** Windows that end within so many ms of the last one are not merged: reports of other workers are yet to come. */
  readonly settledAfterMs: number;
}

/**
 * The bytes keep a run of any length below 200 MB: with 20 endpoints the file is 1.4 times as long as its histograms when
 * these take 2 KB each, 1.8 times when they take 4 KB, for pages are not full.
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
 * Says which windows to merge, so that a run of any length stays within its limits with the finest windows that these
 * allow. Blocks are aligned and as wide as a power of two seconds, so blocks of one width fall into those of the next:
 *
 *     after 3,600 s   | | | | | | | | | | |    all 1 s wide
 *     from then on    |   |   | | | | | | |    with each new window the two oldest of the finest
 *     after 7,200 s   |   |   |   |   |   |    and so on with these
 *
 * A block that holds one window only, because nothing happened in its other half, gains nothing and waits.
 */
export class WindowBudget {
  readonly limits: WindowLimits;

  constructor(limits = windowLimits) {
    this.limits = limits;
  }

  isExceeded({ spans, rows, bytes }: WindowIndex): boolean {
    return spans.length > this.limits.windows || rows > this.limits.rows || bytes > this.limits.bytes;
  }

  /** The oldest of the finest settled blocks that hold two windows; null when there is none. */
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

/** The smallest block that holds [startMs, endMs). */
function blockOf(startMs: number, endMs: number): CoarseBlock {
  const first = startMs / secondMs;
  const last = endMs / secondMs - 1;
  // The highest bit in which first and last second differ decides: below it they lie in the same block.
  const widthMs = 2 ** (32 - Math.clz32(first ^ last)) * secondMs;
  const start = Math.floor(startMs / widthMs) * widthMs;
  return { startMs: start, endMs: start + widthMs };
}
