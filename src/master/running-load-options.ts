import type { Collector } from "./collector.ts";
import type { MasterOptions } from "./master-options.ts";
import type { Roster } from "./roster.ts";
import type { RunBook } from "./run-book.ts";
import type { RunTimeline } from "./run-timeline.ts";
import type { StopRequest } from "./stop-request.ts";

export interface RunningLoadOptions {
  readonly options: MasterOptions;
  readonly collector: Collector;
  readonly roster: Roster;
  readonly timeline: RunTimeline;
  readonly book: RunBook;
  readonly stop: StopRequest;
  /** What `setup` returned. */
  readonly setup: Record<string, unknown>;
  readonly isTimeKnown: () => boolean;
  /** It is to end before its plan does: to be written down. */
  readonly onCutShort: () => void;
}
