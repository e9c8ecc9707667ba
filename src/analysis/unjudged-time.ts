/** A part of a run in which the measurements do not show what the service did, in ms since the start of the run. */
export interface UnjudgedTime {
  readonly fromMs: number;
  readonly toMs: number;
}

const secondMs = 1_000;
/** How late a worker may start its first user for the first second of the load to count as whole. */
const promptStartMs = 100;

/** The data that shows which parts of a run cannot be judged. */
export interface UnjudgedSources {
  readonly missing: readonly UnjudgedTime[];
  readonly events: readonly { readonly atMs: number; readonly kind: string }[];
  /** The times in which scenarios were paused, each up to when their users had started again; default none. */
  readonly pauses?: readonly UnjudgedTime[];
  /** How late the workers that the load began with started their first user, in ms. */
  readonly startSkewsMs: readonly number[];
}

/**
 * Lists the parts of a run that thresholds leave out: those whose reports are missing because a worker was lost, those in
 * which the load was paused or its users started again after a pause, and those before all workers had started.
 */
export function unjudgedTimes({ missing, events, pauses = [], startSkewsMs }: UnjudgedSources): UnjudgedTime[] {
  const startedMs = Math.max(0, ...startSkewsMs);
  return [
    ...(startedMs > promptStartMs ? [{ fromMs: 0, toMs: startedMs }] : []),
    // Other workers take over within a second or more, and after a pause users start again.
    ...missing.map(({ fromMs, toMs }) => ({ fromMs, toMs: toMs + secondMs })),
    ...pausesIn(events).map((pause) => ({ ...pause, toMs: pause.toMs + secondMs })),
    ...pauses,
  ];
}

/** Whether any part of [fromMs, toMs) is unjudged. */
export function touches(times: readonly UnjudgedTime[], fromMs: number, toMs: number): boolean {
  return times.some((time) => time.fromMs < toMs && fromMs < time.toMs);
}

/** How long the load was paused before `endMs`, by the events of the run. */
export function pausedMs(events: UnjudgedSources["events"], endMs: number): number {
  return pausedBefore(pausesIn(events), endMs);
}

/** How long the load was paused before `endMs`. */
export function pausedBefore(pauses: readonly UnjudgedTime[], endMs: number): number {
  return pauses.reduce((sum, { fromMs, toMs }) => sum + Math.max(0, Math.min(toMs, endMs) - fromMs), 0);
}

/** The time of the run when its load had lasted for `loadMs`, without its pauses. */
export function timeOfLoad(loadMs: number, pauses: readonly UnjudgedTime[] = []): number {
  return pauses.reduce((atMs, { fromMs, toMs }) => (atMs > fromMs ? atMs + toMs - fromMs : atMs), loadMs);
}

/** The pauses of the load. The end of a pause that was not resumed is Infinity. */
export function pausesIn(events: UnjudgedSources["events"]): UnjudgedTime[] {
  const pauses: UnjudgedTime[] = [];
  let fromMs: number | null = null;
  for (const { kind, atMs } of events) {
    if (kind === "paused") fromMs ??= atMs;
    if (kind !== "resumed" || fromMs === null) continue;
    pauses.push({ fromMs, toMs: atMs });
    fromMs = null;
  }
  return fromMs === null ? pauses : [...pauses, { fromMs, toMs: Number.POSITIVE_INFINITY }];
}
