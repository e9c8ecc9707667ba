import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Duplex } from "node:stream";
import * as z from "zod";
import { parseMessage } from "./channel.ts";
import { protocolVersion } from "./version.ts";

/*
 * How worker and master prove to each other that they know the token, before the hello. The token itself is never sent.
 *
 *     worker  introduction (protocol, nonce)  -->
 *                                             <--  challenge (nonce)                  master
 *             proof of the worker             -->
 *                                             <--  proof of the master
 *             hello                           -->
 *
 * A proof is an HMAC-SHA-256 (RFC 2104) with the token as its key. The worker proves first, so that a stranger who connects to the
 * master gets nothing with which it could try tokens offline.
 */

/** The most bytes that either side takes from the other before the other has proven itself. */
const mostBytesBeforeProof = 64 * 1024;
/** The time for opening a connection, from TCP to the hello. */
export const handshakeTimeoutMs = 5_000;

const hex32Bytes = z.string().regex(/^[0-9a-f]{64}$/);

/** The first message of a worker. Other versions have other fields beside `protocol`. */
const introduction = z.object({
  type: z.literal("introduction"),
  protocol: z.literal(protocolVersion),
  nonce: hex32Bytes,
});
const challenge = z.strictObject({ type: z.literal("challenge"), nonce: hex32Bytes });
const proof = z.strictObject({ type: z.literal("proof"), proof: hex32Bytes });
const refusal = z.strictObject({
  type: z.literal("refused"),
  reason: z.string().max(100),
  message: z.string().max(1_000),
});

/** The message with which a worker introduces itself, before its hello. */
export type Introduction = z.infer<typeof introduction>;
export type Proof = z.infer<typeof proof>;
/** The reply of the master to an introduction. */
export type Challenge = z.infer<typeof challenge>;
export type EarlyRefusal = z.infer<typeof refusal>;

/** Returns the version of a first message; null if it names none. @throws ProtocolError if it is not JSON */
export function versionOf(text: string): number | null {
  const { data } = z.object({ protocol: z.int() }).safeParse(parseMessage(z.unknown(), text));
  return data?.protocol ?? null;
}

/** @throws ProtocolError if the text is not an introduction; the next two functions throw likewise */
export function readIntroduction(text: string): Introduction {
  return parseMessage(introduction, text);
}

export function readProof(text: string): Proof {
  return parseMessage(proof, text);
}

export function readMasterAnswer(text: string): Challenge | Proof | EarlyRefusal {
  return parseMessage(z.discriminatedUnion("type", [challenge, proof, refusal]), text);
}

/** Returns 32 random bytes in hex, to be used once. */
export function newNonce(): string {
  return randomBytes(32).toString("hex");
}

/** The side that proves itself. Its name is part of the proof, so that the receiver cannot send the same proof back. */
export type ProvingSide = "worker" | "master";

export interface Nonces {
  readonly worker: string;
  readonly master: string;
}

/** Returns the proof in hex. It holds for one connection, one side, and one version of the protocol. */
export function proofOf(token: string, side: ProvingSide, nonces: Nonces): string {
  const text = `muster ${protocolVersion} ${side}\n${nonces.worker}\n${nonces.master}`;
  return createHmac("sha256", token).update(text).digest("hex");
}

/** Whether a proof is correct. The comparison takes constant time. */
export function isProven(given: string, token: string, side: ProvingSide, nonces: Nonces): boolean {
  return timingSafeEqual(Buffer.from(given, "hex"), Buffer.from(proofOf(token, side, nonces), "hex"));
}

/**
 * Destroys a socket on which more than `mostBytesBeforeProof` arrive, however they are divided into messages and fragments.
 * @param spent the number of bytes that have already arrived
 * @returns a function that lifts the limit
 */
export function limitBytes(socket: Duplex, spent = 0): () => void {
  let bytes = spent;
  const count = (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (bytes > mostBytesBeforeProof) socket.destroy();
  };
  socket.on("data", count);
  return () => socket.off("data", count);
}
