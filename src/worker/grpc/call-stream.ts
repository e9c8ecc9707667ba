import type { Readable, Writable } from "node:stream";
import type { Client, Metadata } from "@grpc/grpc-js";
import { InvalidValue } from "../../core/invalid-value.ts";
import type { GrpcMessage, GrpcResponse, GrpcStream } from "../../scenario/definition/grpc.ts";
import type { GrpcMethod } from "./methods.ts";
import type { OpenCall } from "./open-call.ts";
import { asItIs, SingleReply } from "./single-reply.ts";

/** A call with a stream in one or both directions. grpc-js buffers at most 16 messages in each direction. */
export class CallStream implements GrpcStream {
  readonly #method: GrpcMethod;
  readonly #open: OpenCall;
  /** The stream from the server; null if the server answers with one message. */
  readonly #incoming: Readable | null;
  /** The stream to the server; null if the client sends one message. */
  readonly #outgoing: Writable | null;
  readonly #limitMs: number;
  #hasEnded = false;
  /** Functions that resume code waiting for a message, for room to send, or for the status. */
  readonly #waiting = new Set<() => void>();

  /**
   * @param first the first message, which is the only one for a method that sends one; null for none
   * @param deadline the deadline on the clock of `Date.now()`; Infinity for none
   * @param limitMs the longest wait for a message, for room to send, or for the status
   */
  constructor(
    client: Client,
    method: GrpcMethod,
    open: OpenCall,
    first: Buffer | null,
    metadata: Metadata,
    deadline: number,
    limitMs: number,
  ) {
    this.#method = method;
    this.#open = open;
    this.#limitMs = limitMs;
    const { path } = method;
    const options = deadline === Number.POSITIVE_INFINITY ? {} : { deadline };
    const decode = (bytes: Buffer): GrpcMessage => {
      open.received(bytes.length);
      return method.decode(bytes) as GrpcMessage;
    };
    if (!method.receivesStream) {
      const reply = new SingleReply();
      const call = client.makeClientStreamRequest(path, asItIs, decode, metadata, options, reply.take);
      open.begun(call, reply);
      [this.#incoming, this.#outgoing] = [null, call];
    } else if (method.sendsStream) {
      const call = client.makeBidiStreamRequest(path, asItIs, decode, metadata, options);
      open.begun(call, null);
      [this.#incoming, this.#outgoing] = [call, call];
    } else {
      const argument = first ?? Buffer.alloc(0);
      open.sent(argument.length);
      const call = client.makeServerStreamRequest(path, asItIs, decode, argument, metadata, options);
      open.begun(call, null);
      [this.#incoming, this.#outgoing] = [call, null];
    }
    // The status reports the same error.
    for (const stream of new Set([this.#incoming, this.#outgoing])) stream?.on("error", () => {});
    this.#incoming?.on("readable", this.#changed);
    this.#outgoing?.on("drain", this.#changed);
    open.ended.then(this.#changed, this.#changed);
    if (first !== null && this.#outgoing !== null) this.#send(first);
  }

  async write(message: object): Promise<boolean> {
    if (this.#outgoing === null)
      throw new InvalidValue(`${this.#method.name} sends one message, which was already sent`);
    const bytes = this.#method.encode(message);
    if (!(await this.#isOpen())) return false;
    if (this.#hasEnded) throw new InvalidValue(`${this.#method.name}: write was called after end`);
    if (this.#send(bytes)) return true;
    await this.#until(() => this.#outgoing?.writableNeedDrain !== true, "the connection accepts no more data");
    return await this.#isOpen();
  }

  /** Sends a message. Returns false if nothing else should be sent until the buffer has drained. */
  #send(bytes: Buffer): boolean {
    // A message counts once the connection has taken it.
    const sent = (error: Error | null | undefined) => {
      if (error === null || error === undefined) this.#open.sent(bytes.length);
    };
    return this.#outgoing?.write(bytes, sent) === true;
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#outgoing?.end();
  }

  async read(): Promise<GrpcMessage | null> {
    if (this.#incoming === null) {
      throw new InvalidValue(`${this.#method.name} answers with one message: write await stream.finish()`);
    }
    let message: GrpcMessage | null = null;
    await this.#until(() => {
      message = this.#incoming?.read() as GrpcMessage | null;
      return message !== null;
    }, "no message");
    // Throws if the user was stopped.
    if (message === null) await this.#isOpen();
    return message;
  }

  async finish(): Promise<GrpcResponse> {
    this.end();
    this.#incoming?.off("readable", this.#changed);
    this.#incoming?.resume();
    await this.#until(() => false, "no status");
    return await this.#open.ended;
  }

  cancel(): void {
    this.#open.cancel(null);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<GrpcMessage, void, undefined> {
    try {
      for (;;) {
        const message = await this.read();
        if (message === null) return;
        yield message;
      }
    } finally {
      this.cancel();
    }
  }

  /** Resolves to whether the call is open. @throws VirtualUserStopped */
  async #isOpen(): Promise<boolean> {
    if (!this.#open.isOpen) await this.#open.ended;
    return this.#open.isOpen;
  }

  readonly #changed = (): void => {
    for (const goOn of this.#waiting) goOn();
    this.#waiting.clear();
  };

  /** Waits until `isMet` returns true or the call has ended. Cancels the call if this takes longer than the limit. */
  async #until(isMet: () => boolean, why: string): Promise<void> {
    if (isMet()) return;
    const timer = setTimeout(() => setImmediate(expire), Math.min(this.#limitMs, longestTimerMs));
    let isWaiting = true;
    const expire = () => {
      if (isWaiting) this.#open.cancel({ kind: "timeout", message: `${why} within ${this.#limitMs} ms` });
    };
    while (this.#open.isOpen) {
      await new Promise<void>((goOn) => this.#waiting.add(goOn));
      if (isMet()) break;
    }
    isWaiting = false;
    clearTimeout(timer);
  }
}

/** The longest time of a timer, in ms. Node.js treats a longer time as 1 ms. */
const longestTimerMs = 2 ** 31 - 1;
