import { parentPort, workerData } from "node:worker_threads";
import { MusterError } from "../../core/errors.ts";
import { Store } from "../../store/store.ts";
import { archiveAnswer } from "./archive-answer.ts";
import type { ArchiveQuestion } from "./archive-question.ts";

export interface ArchiveRequest {
  readonly number: number;
  readonly question: ArchiveQuestion;
}

export type ArchiveReply =
  | { readonly number: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly number: number; readonly error: { readonly code: string; readonly message: string } };

const { dataFolder } = workerData as { readonly dataFolder: string };

parentPort?.on("message", ({ number, question }: ArchiveRequest) => {
  try {
    using store = Store.open(dataFolder);
    const bytes = archiveAnswer(store, question);
    parentPort?.postMessage({ number, bytes } satisfies ArchiveReply, [bytes.buffer]);
  } catch (error) {
    // A bug ends the thread; the archive receives it as the thread's "error" event.
    if (!(error instanceof MusterError)) throw error;
    const { code, message } = error;
    parentPort?.postMessage({ number, error: { code, message } } satisfies ArchiveReply);
  }
});
