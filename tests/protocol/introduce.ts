import assert from "node:assert/strict";
import type { WebSocket } from "ws";
import { isProven, newNonce, proofOf } from "../../src/protocol/authentication.ts";
import { protocolVersion } from "../../src/protocol/version.ts";

/** What a worker says before its hello. */
export interface Introduced {
  readonly token: string;
  readonly protocol?: number;
}

/** Introduces a worker as soon as the socket is open. Calls `onProven` when both sides have proven that they know the token. */
export function introduce(
  socket: WebSocket,
  { token, protocol = protocolVersion }: Introduced,
  onProven: () => void,
): void {
  const nonce = newNonce();
  let masterNonce: string | null = null;
  const receive = (data: Buffer, isBinary: boolean) => {
    if (isBinary) return;
    const message = JSON.parse(String(data)) as { type: string; nonce: string; proof: string };
    if (message.type === "challenge") {
      masterNonce = message.nonce;
      const proof = proofOf(token, "worker", { worker: nonce, master: masterNonce });
      socket.send(JSON.stringify({ type: "proof", proof }));
    } else if (message.type === "proof" && masterNonce !== null) {
      assert.ok(isProven(message.proof, token, "master", { worker: nonce, master: masterNonce }));
      socket.off("message", receive);
      onProven();
    }
  };
  socket.on("message", receive);
  socket.once("open", () => socket.send(JSON.stringify({ type: "introduction", protocol, nonce })));
}

/** Whether a message of the master belongs to the introduction. */
export function isOfIntroduction({ type }: { readonly type: string }): boolean {
  return type === "challenge" || type === "proof";
}
