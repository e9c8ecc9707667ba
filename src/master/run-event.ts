/** Something that happened to a run, for the timeline of its result. */
export interface RunEvent {
  /** Milliseconds since the start of the run. */
  readonly atMs: number;
  readonly kind:
    | "users-changed"
    | "rate-changed"
    | "paused"
    | "resumed"
    | "stopped"
    | "statistics-reset"
    | "shape-ended"
    | "drift-found"
    | "trial-ended"
    | "search-ended"
    | "threshold-breached"
    | "worker-lost"
    | "worker-left"
    | "worker-returned"
    | "worker-joined"
    | "worker-slow"
    | "worker-strained"
    | "master-resumed"
    | "store-failed";
  /** One line for a person. */
  readonly text: string;
}
