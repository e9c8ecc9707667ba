import type { IncomingMessage } from "node:http";
import type { RawData, WebSocket } from "ws";
import { MusterError } from "../../core/errors.ts";
import { printable } from "../../core/readable-text.ts";
import {
  type Introduction,
  isProven,
  limitBytes,
  newNonce,
  type Proof,
  proofOf,
  readMasterAnswer,
} from "../../protocol/authentication.ts";
import { protocolVersion, type RefusalReason, refusalReasons } from "../../protocol/version.ts";

/** The other side refused this worker before it proved that it is the master. */
export class RefusedError extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The other side is not a master of this version, or does not know the token. */
export class ForeignError extends Error {}

/**
 * Proves over a socket that this side knows the token, and waits until the other side has done so too (`authentication.ts`). Nothing
 * else is sent, and nothing else that arrives has any effect. Create it before the socket is open.
 */
export class MasterLogin {
  readonly #socket: WebSocket;
  readonly #token: string;
  readonly #nonce = newNonce();
  readonly #done = Promise.withResolvers<void>();
  #masterNonce: string | null = null;
  #liftLimit = () => {};

  constructor(socket: WebSocket, token: string) {
    this.#socket = socket;
    this.#token = token;
    this.#done.promise.catch(() => {
      // `done` reports it.
    });
    socket.once("upgrade", ({ socket: connection }: IncomingMessage) => {
      this.#liftLimit = limitBytes(connection);
    });
    socket.once("open", () => this.#send({ type: "introduction", protocol: protocolVersion, nonce: this.#nonce }));
    socket.on("message", this.#receive);
    socket.once("close", this.#closed);
  }

  /**
   * Resolves when both sides have proven that they know the token.
   * @throws RefusedError, or ForeignError, or Error if the socket closes
   */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  readonly #receive = (data: RawData, isBinary: boolean): void => {
    try {
      if (isBinary) throw new ForeignError("it sent a binary frame before its proof");
      this.#take(String(data));
    } catch (error) {
      const foreign =
        error instanceof MusterError
          ? new ForeignError(`it sent a message that muster does not know: ${error.message}`)
          : error;
      this.#end();
      this.#done.reject(foreign);
    }
  };

  #take(text: string): void {
    const message = readMasterAnswer(text);
    if (message.type === "refused") {
      const isKnown = Object.hasOwn(refusalReasons, message.reason);
      if (!isKnown) throw new ForeignError("it refused this worker for an unknown reason");
      throw new RefusedError(message.reason as RefusalReason, printable(message.message));
    }
    if (message.type === "challenge" && this.#masterNonce === null) this.#prove(message.nonce);
    else if (message.type === "proof" && this.#masterNonce !== null) this.#check(message, this.#masterNonce);
    else throw new ForeignError(`it sent a ${message.type} at the wrong time`);
  }

  #prove(masterNonce: string): void {
    this.#masterNonce = masterNonce;
    const nonces = { worker: this.#nonce, master: masterNonce };
    this.#send({ type: "proof", proof: proofOf(this.#token, "worker", nonces) });
  }

  #check({ proof }: Proof, master: string): void {
    if (!isProven(proof, this.#token, "master", { worker: this.#nonce, master })) {
      throw new ForeignError("it does not know the token");
    }
    this.#end();
    this.#done.resolve();
  }

  readonly #closed = (): void => {
    this.#end();
    this.#done.reject(new Error("it closed the connection before authentication was complete"));
  };

  #end(): void {
    this.#liftLimit();
    this.#socket.off("message", this.#receive);
    this.#socket.off("close", this.#closed);
  }

  #send(message: Introduction | Proof): void {
    this.#socket.send(JSON.stringify(message));
  }
}
