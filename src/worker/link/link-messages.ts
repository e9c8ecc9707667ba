import type { MessagePort } from "node:worker_threads";
import type { MasterMessage } from "../../protocol/master-messages.ts";
import type { RefusalReason } from "../../protocol/version.ts";
import type { WorkerMessage, WorkerSession } from "../../protocol/worker-messages.ts";
import type { TlsFiles } from "./open-socket.ts";

/* The messages between the main thread and the link's thread. Times are those of `monotonicMs`, which is the same in both. */

/** The start parameters of the thread. */
export interface LinkStart {
  /** ws:// or wss:// URL of the master. */
  readonly url: string;
  /** The files for wss://. */
  readonly tls?: TlsFiles;
  readonly token: string;
  /** The version of this muster. */
  readonly version: string;
  /** The time to keep trying to reach a master that is not there, or that was lost while no load runs, in ms. */
  readonly connectTimeoutMs: number;
  readonly port: MessagePort;
  /** The memory of a `MainHeartbeat`. */
  readonly heartbeat: SharedArrayBuffer;
  /** The folder in which this process keeps compiled code; null if it keeps none. */
  readonly compileCache: string | null;
}

/** Messages of the worker to the master. The thread itself sends clock probes and heartbeats. */
export type WorkerWord = Exclude<WorkerMessage, { type: "clock-probe" | "heartbeat" }>;

/** Messages of the master that the thread passes to the worker. */
export type MasterWord = Exclude<MasterMessage, { type: "refused" | "clock-reply" | "heartbeat" | "ack" }>;

/** The progress of the worker, for the next hello. */
export type WorkerProgress = Pick<WorkerSession, "state" | "stopped" | "lifecycle">;

/** Orders of the main thread. Messages that cannot be sent yet are sent later or are contained in the next hello. */
export type LinkOrder =
  | { readonly type: "say"; readonly message: WorkerWord }
  /** Sends a report until it is acknowledged. Its memory is transferred to the thread. */
  | { readonly type: "report"; readonly sequence: number; readonly frame: Uint8Array<ArrayBuffer> }
  | { readonly type: "progress"; readonly progress: WorkerProgress }
  /** Closes the socket and ends the thread. */
  | { readonly type: "close" };

/** Events of the thread. */
export type LinkEvent =
  | { readonly type: "message"; readonly message: MasterWord }
  /** A piece of a data file of the test: `data-frame.ts`. */
  | { readonly type: "data"; readonly frame: Uint8Array }
  /** The start of the run: sent before `start`, and again when it is known more exactly. */
  | { readonly type: "timeline"; readonly startedAtMs: number }
  /** The master has acknowledged all reports up to this one. */
  | { readonly type: "acknowledged"; readonly sequence: number }
  /** The socket was lost and the thread reconnects. `welcome` or `ended` follows. */
  | { readonly type: "disconnected"; readonly reason: string }
  /** The master has been silent for so long that the load must stop. */
  | { readonly type: "orphaned"; readonly silentMs: number }
  /** The thread has ended. This is the last event. */
  | { readonly type: "ended"; readonly end: LinkEnd };

/** Why the thread gave up. */
export type LinkEnd =
  | { readonly kind: "no-master"; readonly reason: string }
  /** Something else answers at the URL. */
  | { readonly kind: "not-a-master"; readonly reason: string }
  | { readonly kind: "lost"; readonly reason: string; readonly left: Undelivered }
  /** The master sent an invalid message. `runId` is null if the worker was never welcomed. */
  | { readonly kind: "not-understood"; readonly reason: string; readonly left: Undelivered | null }
  | {
      readonly kind: "refused";
      readonly reason: RefusalReason;
      readonly message: string;
      /** The number of reports that are not acknowledged; null if the worker was never welcomed. */
      readonly left: Undelivered | null;
    };

/** The number of reports that are not acknowledged. */
export interface Undelivered {
  readonly runId: string;
  readonly reports: number;
}
