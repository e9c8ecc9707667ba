import type { WebSocket } from "ws";
import { MusterError } from "../../core/errors.ts";
import {
  type Challenge,
  isProven,
  type Nonces,
  newNonce,
  type Proof,
  proofOf,
  readIntroduction,
  readProof,
  versionOf,
} from "../../protocol/authentication.ts";
import { parseMessage } from "../../protocol/channel.ts";
import { protocolVersion, type RefusalReason } from "../../protocol/version.ts";
import { type Hello, hello as helloSchema } from "../../protocol/worker-messages.ts";

export interface IntroductionListener {
  /** Called when the other side has proven that it knows the token. */
  onProven(): void;
  /** Called with the hello. No further call follows. */
  onHello(hello: Hello): void;
  /** Called when the connection is refused. No further call follows. `detail` may contain untrusted text. */
  onRefused(reason: RefusalReason, detail: string): void;
}

/**
 * The handshake of one connection, from its first message to the hello: both sides prove that they know the token
 * (`authentication.ts`).
 */
export class WorkerIntroduction {
  readonly #socket: WebSocket;
  readonly #token: string;
  readonly #listener: IntroductionListener;
  #nonces: Nonces | null = null;
  #isProven = false;

  constructor(socket: WebSocket, token: string, listener: IntroductionListener) {
    this.#socket = socket;
    this.#token = token;
    this.#listener = listener;
    socket.on("message", this.#receive);
  }

  readonly #receive = (data: Buffer, isBinary: boolean): void => {
    try {
      if (isBinary) this.#refuse("bad-message", "a binary frame");
      else this.#take(data.toString("utf8"));
    } catch (error) {
      if (!(error instanceof MusterError)) throw error;
      this.#refuse("bad-message", error.message);
    }
  };

  #take(text: string): void {
    if (this.#nonces === null) this.#challenge(text);
    else if (!this.#isProven) this.#check(readProof(text), this.#nonces);
    else {
      const hello = parseMessage(helloSchema, text);
      this.#end();
      this.#listener.onHello(hello);
    }
  }

  #challenge(text: string): void {
    const version = versionOf(text);
    if (version !== null && version !== protocolVersion) {
      this.#refuse("protocol-version", `it has version ${version}, and this master ${protocolVersion}`);
      return;
    }
    const { nonce } = readIntroduction(text);
    this.#nonces = { worker: nonce, master: newNonce() };
    this.#send({ type: "challenge", nonce: this.#nonces.master });
  }

  #check({ proof }: Proof, nonces: Nonces): void {
    if (!isProven(proof, this.#token, "worker", nonces)) {
      this.#refuse("token", "its proof of the token is wrong");
      return;
    }
    this.#isProven = true;
    this.#listener.onProven();
    this.#send({ type: "proof", proof: proofOf(this.#token, "master", nonces) });
  }

  #refuse(reason: RefusalReason, detail: string): void {
    this.#end();
    this.#listener.onRefused(reason, detail);
  }

  #end(): void {
    this.#socket.off("message", this.#receive);
  }

  #send(message: Challenge | Proof): void {
    this.#socket.send(JSON.stringify(message));
  }
}
