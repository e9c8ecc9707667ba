import type { MasterOptions } from "./master-options.ts";
import type { Collector } from "./record/collector.ts";
import type { RunBook } from "./record/run-book.ts";
import type { RunTimeline } from "./run-timeline.ts";
import type { StopRequest } from "./stop-request.ts";
import type { Workers } from "./workers/workers.ts";

/** What everybody who carries out a part of one run works with. */
export interface RunParts {
  readonly options: MasterOptions;
  readonly collector: Collector;
  readonly workers: Workers;
  readonly timeline: RunTimeline;
  readonly book: RunBook;
  readonly stop: StopRequest;
}
