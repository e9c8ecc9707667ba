import type { Metadata } from "@grpc/grpc-js";
import { type FailureKind, type GrpcStatusName, grpcStatusNames } from "../../core/failure-kind.ts";
import { describeLimit, generatorLimitOf } from "../../core/generator-limit.ts";
import type { GrpcCallOptions, GrpcMessage, GrpcMetadata, GrpcResponse } from "../../scenario/definition/grpc.ts";
import { withoutConnection } from "../../stats/connection-message.ts";
import { hasDescriptorLeft } from "../descriptor-reserve.ts";
import type { Failure } from "../http/response/failure.ts";
import { judgeBy } from "../http/response/judgement.ts";

/** The end of a call, as `@grpc/grpc-js` reports it. */
export interface CallStatus {
  readonly code: number;
  readonly details: string;
  /** The metadata that the server sent at the end; undefined if the client has ended the call. */
  readonly metadata: Metadata | undefined;
}

type GrpcExpectation = GrpcCallOptions["expect"];

const unknownCode = 2;
const deadlineExceeded = 4;
const unavailable = 14;

/** A call that has ended. */
export class EndedCall implements GrpcResponse {
  readonly status: GrpcStatusName;
  readonly code: number;
  readonly details: string;
  readonly message: GrpcMessage | null;
  readonly durationMs: number;
  error: Failure | null;
  readonly #head: Metadata | null;
  readonly #trailers: Metadata | undefined;

  /** @param limitMs the time that the call had; Infinity for no limit */
  constructor(
    status: CallStatus,
    message: GrpcMessage | null,
    head: Metadata | null,
    durationMs: number,
    limitMs: number,
  ) {
    // A server can send a number that is not a status. It counts as UNKNOWN, as the gRPC specification requires.
    this.code = grpcStatusNames[status.code] === undefined ? unknownCode : status.code;
    this.status = grpcStatusNames[this.code] ?? "UNKNOWN";
    this.details = detailsOf(status, limitMs);
    this.message = this.code === 0 ? message : null;
    this.durationMs = durationMs;
    this.error = this.code === 0 ? null : statusFailure(this.code, this.status, this.details);
    this.#head = head;
    this.#trailers = status.metadata;
  }

  get ok(): boolean {
    return this.error === null;
  }

  get metadata(): GrpcMetadata {
    return this.#head?.getMap() ?? {};
  }

  get trailers(): GrpcMetadata {
    return this.#trailers?.getMap() ?? {};
  }

  /** Decides whether the call has failed by the test's expectation. Never throws. */
  judge(expect: GrpcExpectation): void {
    if (expect === undefined) return;
    if (typeof expect !== "function") {
      const names = [expect].flat();
      if (names.includes(this.status)) this.error = null;
      else if (this.code === 0) {
        this.error = { kind: "check", message: `expected status ${names.join(" or ")}, got OK` };
      }
      return;
    }
    const ofStatus = this.error;
    const unmet = judgeBy(expect, this);
    this.error = unmet === null ? null : (ofStatus ?? unmet);
  }
}

function statusFailure(code: number, status: GrpcStatusName, details: string): Failure {
  const limit = code === unavailable ? exhaustedIn(details) : null;
  if (limit !== null) return { kind: "generator", message: limit };
  const kind = `grpc-${status.toLowerCase().replaceAll("_", "-")}` as FailureKind;
  return { kind, message: details === "" ? status : `${status}: ${details}` };
}

/** Returns the message if this machine, not the service, is the reason that there is no connection; else null. */
function exhaustedIn(details: string): string | null {
  const codes = details.match(/\bE[A-Z]{3,}\b/g) ?? [];
  const isUnresolved = details.startsWith("Name resolution failed") && !hasDescriptorLeft();
  const code = isUnresolved ? "EMFILE" : codes.find((one) => generatorLimitOf(one) !== undefined);
  const limit = code === undefined ? undefined : generatorLimitOf(code);
  return code === undefined || limit === undefined ? null : describeLimit(code, limit);
}

const notConnected = /^No connection established\. Last error: (?:Error: )?(.*?)\.?(?: Resolution note: .*)?$/s;

/** Returns the details without the parts that differ from call to call. */
function detailsOf({ code, details }: CallStatus, limitMs: number): string {
  // "Deadline exceeded after 0.051s,LB pick: 0.001s,remote_addr=…": only the client's own message contains the time.
  const isOurs = code === deadlineExceeded && Number.isFinite(limitMs) && /^Deadline exceeded/.test(details);
  if (isOurs) return `no answer within ${limitMs} ms`;
  return withoutConnection(notConnected.exec(details)?.[1] ?? details);
}
