import type { PlanColumns, RunReport } from "../../report/page/model.ts";
import type { Result } from "../../report/result/result-schema.ts";

/* What the master's API sends and takes, as docs/reference/api.md describes it. */

export interface LiveState {
  readonly runId: string | null;
  readonly state: "ready" | "starting" | "running" | "paused" | "stopping" | "finished";
  readonly elapsedMs: number;
  readonly durationMs: number | null;
  readonly users: number;
  readonly workers: { readonly connected: number; readonly expected: number };
  /** Null unless the run that goes on is a search for the capacity. */
  readonly search: LiveSearch | null;
  readonly canStart: boolean;
}

export interface LiveSearch {
  /** What goes on, in a few words; null when nothing does. */
  readonly now: string | null;
  readonly known: string | null;
  /** The latest ones that have ended. */
  readonly trials: readonly {
    readonly number: number;
    readonly outcome: "passed" | "failed" | "invalid";
    readonly text: string;
  }[];
}

export interface ClassChoice {
  readonly name: string;
  readonly weight: number;
  readonly fixedCount: number | null;
}

export interface ProfileFacts {
  readonly name: string;
  readonly kind: string;
  readonly users: number | null;
  readonly spawnRate: number | null;
  readonly ratePerSecond: number | null;
  readonly durationMs: number | null;
  readonly classes: readonly ClassChoice[];
}

/** What the test offers. */
export interface Session extends LiveState {
  readonly version: string;
  readonly test: string;
  readonly host: string | null;
  readonly profile: string;
  readonly profiles: readonly ProfileFacts[];
}

export interface StartRequest {
  readonly profile?: string;
  readonly users?: number;
  readonly spawnRate?: number;
  readonly ratePerSecond?: number;
  readonly durationMs?: number;
  readonly host?: string;
  readonly classes?: Readonly<Record<string, number | { readonly fixedCount: number }>>;
}

export interface PlanPreview {
  readonly durationMs: number | null;
  readonly peakUsers: number | null;
  readonly peakRatePerSecond: number | null;
  readonly plan: PlanColumns;
  readonly classes: RunReport["classes"];
  readonly thresholds: readonly string[];
  /** What a search for the capacity tries, in a few words; null for any other load. */
  readonly search: string | null;
}

export interface LivePoint {
  readonly requests: number;
  readonly failures: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

export interface LiveWindow {
  readonly runId: string;
  readonly startMs: number;
  readonly widthMs: number;
  readonly users: number;
  readonly usersByClass: Readonly<Record<string, number>>;
  readonly iterations: number;
  readonly droppedIterations: number;
  readonly total: LivePoint;
  /** By "METHOD name"; those with a request. */
  readonly endpoints: Readonly<Record<string, LivePoint>>;
}

export interface LiveWorker {
  readonly number: number | null;
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly state: string;
  readonly lostBecause: string | null;
  readonly users: number;
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly silentMs: number;
  readonly startSkewMs: number | null;
  /** How it did in its latest second; null before its first report. */
  readonly health: LiveHealth | null;
  readonly clockOffsetMs?: number | null;
}

interface LiveHealth {
  readonly cpu: number;
  readonly utilisation: number;
  readonly loopDelayP99Ms: number;
  readonly scheduleLagP99Ms: number | null;
  readonly rssBytes: number;
}

export interface LogLine {
  /** Epoch. */
  readonly at: number;
  readonly level: string;
  readonly node: string;
  readonly message: string;
}

export interface LiveResult {
  readonly runId: string;
  /** Null for the whole run, else when somebody had the statistics begin anew. */
  readonly since: { readonly atMs: number } | null;
  readonly result: Result;
}

export interface RunRow {
  readonly id: string;
  readonly test: string;
  readonly profile: string;
  readonly host: string;
  readonly startedAt: string | null;
  readonly durationMs: number | null;
  readonly verdict: string | null;
  readonly state: string;
  readonly users: number | null;
  readonly requests: number | null;
  readonly failures: number | null;
  readonly p95Ms: number | null;
  readonly requestsPerSecond: number | null;
  readonly name: string | null;
}
