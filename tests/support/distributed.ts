import { once } from "node:events";
import { type RawData, WebSocket } from "ws";
import { protocolVersion } from "../../src/protocol/version.ts";
import { MusterProcess } from "./muster-process.ts";
import type { Cleanup } from "./test-process.ts";
import { patienceMs } from "./wait-until.ts";

/** Starts a `muster worker` for the master at `port` on this machine. */
export function startWorker(cleanup: Cleanup, port: number, token: string, ...words: string[]): MusterProcess {
  return new MusterProcess(cleanup, ["worker", `--master-port=${port}`, ...words], { env: { MUSTER_TOKEN: token } });
}

/** A hello message as a worker of this version sends it. */
export function validHello(token: string): Record<string, unknown> {
  return {
    type: "hello",
    protocol: protocolVersion,
    token,
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

/**
 * Connects to a master like an unknown client, sends `frames` (objects as JSON), and reads until the master closes the
 * socket, or closes it after `closeAfterMs`.
 */
export async function talkTo(
  cleanup: Cleanup,
  port: number,
  frames: readonly unknown[],
  { closeAfterMs }: { readonly closeAfterMs?: number } = {},
): Promise<Conversation> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  cleanup.after(() => socket.terminate());
  const said: Conversation["said"][number][] = [];
  socket.on("message", (data: RawData) => said.push(JSON.parse(String(data))));
  const closed = once(socket, "close", { signal: AbortSignal.timeout(patienceMs) });
  await once(socket, "open", { signal: AbortSignal.timeout(patienceMs) });
  for (const frame of frames) {
    socket.send(typeof frame === "string" || frame instanceof Uint8Array ? frame : JSON.stringify(frame));
  }
  if (closeAfterMs !== undefined) setTimeout(() => socket.terminate(), closeAfterMs);
  const [closeCode, closeReason] = (await closed) as [number, Buffer];
  return { said, closeCode, closeReason: closeReason.toString("utf8") };
}
