import { once } from "node:events";
import { type RawData, WebSocket } from "ws";
import { type Introduced, introduce, isOfIntroduction } from "../protocol/introduce.ts";
import { MusterProcess } from "./muster-process.ts";
import type { Cleanup } from "./test-process.ts";
import { patienceMs } from "./wait-until.ts";

/** Starts a `muster worker` for the master at `port` on this machine. */
export function startWorker(cleanup: Cleanup, port: number, token: string, ...words: string[]): MusterProcess {
  return new MusterProcess(cleanup, ["worker", `--master-port=${port}`, ...words], { env: { MUSTER_TOKEN: token } });
}

/** A hello message as a worker of this version sends it. */
export function validHello(): Record<string, unknown> {
  return {
    type: "hello",
    id: "a-stranger",
    host: "nowhere",
    pid: 1,
    version: "0.0.0",
    session: null,
  };
}

export interface Conversation {
  /** The messages of the master, in order. */
  readonly said: readonly { readonly type: string; readonly [field: string]: unknown }[];
  readonly closeCode: number;
  readonly closeReason: string;
}

export interface TalkOptions {
  readonly closeAfterMs?: number;
  /** Introduces itself first; by default, the frames are the first that it sends. */
  readonly introduced?: Introduced;
}

/**
 * Connects to a master like an unknown client, sends `frames` (objects as JSON), and reads until the master closes the
 * socket, or closes it after `closeAfterMs`.
 */
export async function talkTo(
  cleanup: Cleanup,
  port: number,
  frames: readonly unknown[],
  { closeAfterMs, introduced }: TalkOptions = {},
): Promise<Conversation> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  cleanup.after(() => socket.terminate());
  const said: Conversation["said"][number][] = [];
  socket.on("message", (data: RawData) => {
    const message = JSON.parse(String(data));
    if (!isOfIntroduction(message)) said.push(message);
  });
  const closed = once(socket, "close", { signal: AbortSignal.timeout(patienceMs) });
  const send = () => {
    for (const frame of frames) {
      socket.send(typeof frame === "string" || frame instanceof Uint8Array ? frame : JSON.stringify(frame));
    }
  };
  if (introduced === undefined) socket.once("open", send);
  else introduce(socket, introduced, send);
  if (closeAfterMs !== undefined) setTimeout(() => socket.terminate(), closeAfterMs);
  const [closeCode, closeReason] = (await closed) as [number, Buffer];
  return { said, closeCode, closeReason: closeReason.toString("utf8") };
}
