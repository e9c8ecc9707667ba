import { once } from "node:events";
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { WebSocket } from "ws";
import { ConfigurationError, exitCodes, MusterError } from "../core/errors.ts";
import { maxPayloadBytes } from "../protocol/channel.ts";
import { protocolVersion } from "../protocol/version.ts";
import type { Hello } from "../protocol/worker-messages.ts";

/** No master answered, or it went away. */
export class MasterLostError extends MusterError {
  readonly code = "master-lost";
  readonly exitCode = exitCodes.tooFewWorkers;
}

export interface ConnectOptions {
  /** ws:// or wss:// URL of the master. */
  readonly url: string;
  /** How long to go on trying while no master answers. */
  readonly connectTimeoutMs: number;
  readonly signal: AbortSignal;
}

const firstRetryMs = 100;
const longestRetryMs = 2_000;
const handshakeTimeoutMs = 5_000;

/**
 * Opens a socket to the master; a master that is not there yet is tried again, with a growing delay.
 * @throws MasterLostError when none answers in time; ConfigurationError when the URL is wrong or no master is behind it.
 */
export async function connectToMaster(options: ConnectOptions): Promise<WebSocket> {
  const giveUpAt = performance.now() + options.connectTimeoutMs;
  for (let retryMs = firstRetryMs; ; retryMs = Math.min(retryMs * 2, longestRetryMs)) {
    const socket = new WebSocket(options.url, {
      maxPayload: maxPayloadBytes,
      perMessageDeflate: false,
      handshakeTimeout: handshakeTimeoutMs,
    });
    try {
      await once(socket, "open", { signal: options.signal });
      return socket;
    } catch (cause) {
      socket.on("error", () => {
        // Already told by the rejection above.
      });
      socket.terminate();
      if (options.signal.aborted) throw cause;
      const reason = (cause as Error).message || (cause as { code?: string }).code || String(cause);
      if (reason.startsWith("Unexpected server response")) {
        throw new ConfigurationError(`${options.url} is not a muster master: ${reason.toLowerCase()}`, { cause });
      }
      if (performance.now() + retryMs > giveUpAt) {
        throw new MasterLostError(`no master at ${options.url} (${reason})`, { cause });
      }
      // A crowd of workers should not knock in step.
      await delay(retryMs * (0.5 + Math.random() / 2), undefined, { signal: options.signal });
    }
  }
}

export function newHello(token: string, version: string): Hello {
  return {
    type: "hello",
    protocol: protocolVersion,
    token,
    id: crypto.randomUUID(),
    host: hostname(),
    pid: process.pid,
    version,
  };
}
