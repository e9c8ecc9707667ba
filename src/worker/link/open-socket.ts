import { once } from "node:events";
import { WebSocket } from "ws";
import { maxPayloadBytes } from "../../protocol/channel.ts";

/** Why there is no socket. `isForeign`: no master can be at this URL, or something else answers there. */
export class NoSocketError extends Error {
  readonly isForeign: boolean;

  constructor(message: string, isForeign: boolean, options: ErrorOptions) {
    super(message, options);
    this.isForeign = isForeign;
  }
}

/** @throws NoSocketError, also when nothing has answered after `timeoutMs` or the signal is raised. */
export async function openSocket(url: string, timeoutMs: number, signal: AbortSignal): Promise<WebSocket> {
  const socket = newSocket(url, timeoutMs);
  try {
    await once(socket, "open", { signal });
    return socket;
  } catch (cause) {
    socket.on("error", () => {
      // Already told by the rejection above.
    });
    socket.terminate();
    const reason = (cause as Error).message || (cause as { code?: string }).code || String(cause);
    const isForeign = reason.startsWith("Unexpected server response");
    throw new NoSocketError(isForeign ? reason.toLowerCase() : reason, isForeign, { cause });
  }
}

function newSocket(url: string, handshakeTimeout: number): WebSocket {
  try {
    return new WebSocket(url, { maxPayload: maxPayloadBytes, perMessageDeflate: false, handshakeTimeout });
  } catch (cause) {
    throw new NoSocketError((cause as Error).message.toLowerCase(), true, { cause });
  }
}
