import type { RunParts } from "./run-context.ts";

export interface RunningLoadOptions extends RunParts {
  /** What `setup` returned. */
  readonly setup: Record<string, unknown>;
  readonly isTimeKnown: () => boolean;
  /** It is to end before its plan does: to be written down. */
  readonly onEndedEarly: () => void;
}
