import type { Collector } from "./collector.ts";
import type { MasterOptions } from "./master-options.ts";
import type { Roster } from "./roster.ts";
import type { RunBook } from "./run-book.ts";
import type { RunTimeline } from "./run-timeline.ts";
import type { StopRequest } from "./stop-request.ts";

/** What everybody who carries out a part of one run works with. */
export interface RunParts {
  readonly options: MasterOptions;
  readonly collector: Collector;
  readonly roster: Roster;
  readonly timeline: RunTimeline;
  readonly book: RunBook;
  readonly stop: StopRequest;
}
