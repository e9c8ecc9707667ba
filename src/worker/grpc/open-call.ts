import type { ClientUnaryCall, Metadata } from "@grpc/grpc-js";
import { messagesInMetric, messagesOutMetric } from "../../core/thresholds/metrics.ts";
import type { GrpcCallOptions, GrpcMessage } from "../../scenario/definition/grpc.ts";
import type { VirtualUserClient } from "../http/client.ts";
import { type Failure, VirtualUserStopped } from "../http/response/failure.ts";
import type { Measurement } from "../measure/measurement.ts";
import { type CallStatus, EndedCall } from "./call-result.ts";
import type { SingleReply } from "./single-reply.ts";

/** The user that has made a call. */
interface CallOwner {
  readonly client: VirtualUserClient;
  add(call: OpenCall): void;
  remove(call: OpenCall): void;
}

const cancelled = 1;
const oneMore = { kind: "counter", sum: 1 } as const;

/** A call that waits for its status. It ends once: with its status, with its user, or because it is cancelled. */
export class OpenCall {
  readonly #user: CallOwner;
  readonly #measurement: Measurement;
  readonly #limitMs: number;
  readonly #expect: GrpcCallOptions["expect"];
  readonly #startedMs = performance.now();
  #call: ClientUnaryCall | null = null;
  #head: Metadata | null = null;
  #isOpen = true;
  /** Whether the code that began the call has ended. */
  #isLeft = false;
  #bytesIn = 0;
  #bytesOut = 0;
  #settle: (ended: EndedCall) => void = () => {};
  #reject: (error: Error) => void = () => {};
  /** Rejects only with VirtualUserStopped. */
  readonly ended: Promise<EndedCall>;

  constructor(user: CallOwner, measurement: Measurement, limitMs: number, expect: GrpcCallOptions["expect"]) {
    this.#user = user;
    this.#measurement = measurement;
    this.#limitMs = limitMs;
    this.#expect = expect;
    this.ended = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#reject = reject;
    });
    // A call that the test does not await has been recorded, and must not end the process.
    this.ended.catch(() => {});
    user.add(this);
  }

  /** Allows the call to outlive the code that began it. A stream belongs to the user. */
  outlives(): void {
    this.#isLeft = true;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** @param reply the reply of a method that answers with one message; null for a method that answers with a stream */
  begun(call: ClientUnaryCall, reply: SingleReply | null): void {
    this.#call = call;
    call.on("metadata", (head) => {
      this.#head = head;
    });
    // The status follows the reply. Only the status has the trailers of a successful call, and only the reply knows that the
    // message is missing.
    call.on("status", (status) => this.end(reply?.error ?? status, reply?.message ?? null));
  }

  sent(bytes: number): void {
    this.#bytesOut += bytes;
    this.#user.client.recorder.addMetric(messagesOutMetric, oneMore);
  }

  received(bytes: number): void {
    this.#bytesIn += bytes;
    if (this.#isOpen) this.#user.client.recorder.addMetric(messagesInMetric, oneMore);
  }

  /** Called when the server, or the client in its place, has ended the call. */
  end(status: CallStatus, message: GrpcMessage | null): void {
    if (!this.#close()) return;
    const ended = this.#ended(status, message);
    ended.judge(this.#expect);
    this.#record(ended);
  }

  /** Cancels the call. If `failure` is null, the call has not failed. */
  cancel(failure: Failure | null): void {
    if (!this.#close()) return;
    const details = failure === null ? "cancelled by the test" : failure.message;
    const ended = this.#ended({ code: cancelled, details, metadata: undefined }, null);
    ended.error = failure;
    this.#record(ended);
    this.#call?.cancel();
  }

  #ended(status: CallStatus, message: GrpcMessage | null): EndedCall {
    return new EndedCall(status, message, this.#head, performance.now() - this.#startedMs, this.#limitMs);
  }

  #record(ended: EndedCall): void {
    this.#measurement.end(ended.error, this.#bytesIn, this.#bytesOut, null, ended.status);
    // A successful call has waited for the network. A failed one may not: the channel can fail a call at once.
    if (ended.code === 0) this.#user.client.endedCount++;
    this.#settle(ended);
  }

  /** Called when the code that began the call has ended. Returns true once if the call is still open. */
  leave(): boolean {
    const wasLeft = this.#isLeft;
    this.#isLeft = true;
    return this.#isOpen && !wasLeft;
  }

  /** Ends the call because its user is stopped. */
  abort(): void {
    if (!this.#close()) return;
    this.#measurement.interrupt();
    this.#user.client.interrupted();
    this.#reject(new VirtualUserStopped());
    this.#call?.cancel();
  }

  /** Returns false if the call had already ended. */
  #close(): boolean {
    if (!this.#isOpen) return false;
    this.#isOpen = false;
    this.#user.remove(this);
    return true;
  }
}
