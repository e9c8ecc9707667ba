import type { MessagePort } from "node:worker_threads";
import type { MasterMessage } from "../../protocol/master-messages.ts";
import type { RefusalReason } from "../../protocol/version.ts";
import type { WorkerMessage, WorkerSession } from "../../protocol/worker-messages.ts";

/* What main and the link's thread say to each other. Times are those of `monotonicMs`, which both read alike. */

/** What the thread is started with. */
export interface LinkStart {
  /** ws:// or wss:// URL of the master. */
  readonly url: string;
  /** Certificates to trust with wss://, PEM; without it those that Node.js trusts. */
  readonly authority?: string;
  readonly token: string;
  /** This muster's. */
  readonly version: string;
  /** For how long a master is looked for that is not there, or is lost while no load runs. */
  readonly connectTimeoutMs: number;
  readonly port: MessagePort;
  /** The memory of a `MainHeartbeat`. */
  readonly heartbeat: SharedArrayBuffer;
  readonly usesCompileCache: boolean;
}

/** What the worker says to its master. Clock probes and heartbeats are the thread's own. */
export type WorkerWord = Exclude<WorkerMessage, { type: "clock-probe" | "heartbeat" }>;

/** What concerns the worker of what its master says. */
export type MasterWord = Exclude<MasterMessage, { type: "refused" | "clock-reply" | "heartbeat" | "ack" }>;

/** How far the worker is, for the hello of the next socket. */
export type WorkerProgress = Pick<WorkerSession, "state" | "stopped" | "lifecycle">;

/** From main. What it says before it is in, or while the master is away, is said later or told by the next hello. */
export type LinkOrder =
  | { readonly type: "say"; readonly message: WorkerWord }
  /** A report, to be sent until it is acknowledged; its memory moves to the thread. */
  | { readonly type: "report"; readonly sequence: number; readonly frame: Uint8Array<ArrayBuffer> }
  | { readonly type: "progress"; readonly progress: WorkerProgress }
  /** Hang up and end. */
  | { readonly type: "close" };

/** From the thread. */
export type LinkEvent =
  | { readonly type: "message"; readonly message: MasterWord }
  /** A piece of the test's data: `data-frame.ts`. */
  | { readonly type: "data"; readonly frame: Uint8Array }
  /** When the run started, as far as that is known now; again when it is known better. Before `start` at the latest. */
  | { readonly type: "timeline"; readonly startedAtMs: number }
  /** The master has all reports up to this one. */
  | { readonly type: "acknowledged"; readonly sequence: number }
  /** The socket is gone; the thread tries again. `welcome` follows, or `ended`. */
  | { readonly type: "disconnected"; readonly reason: string }
  /** So long without a word from the master that the load has to stop. */
  | { readonly type: "orphaned"; readonly silentMs: number }
  /** There is no master any more. The last event. */
  | { readonly type: "ended"; readonly end: LinkEnd };

/** Why the thread has given up. */
export type LinkEnd =
  | { readonly kind: "no-master"; readonly reason: string }
  /** Something else answers at the URL. */
  | { readonly kind: "not-a-master"; readonly reason: string }
  | { readonly kind: "lost"; readonly reason: string; readonly left: Undelivered }
  /** The master said what is no message. Null for a worker that had not been in. */
  | { readonly kind: "not-understood"; readonly reason: string; readonly left: Undelivered | null }
  | {
      readonly kind: "refused";
      readonly reason: RefusalReason;
      readonly message: string;
      /** Null for a worker that had not been in. */
      readonly left: Undelivered | null;
    };

/** Reports that no master has acknowledged. */
export interface Undelivered {
  readonly runId: string;
  readonly reports: number;
}
