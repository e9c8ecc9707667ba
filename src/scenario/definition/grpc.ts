import type { FailureKind, GrpcStatusName } from "../../core/failure-kind.ts";
import type { VirtualUser } from "./virtual-user.ts";

/** A `.proto` file that a test imports, with the files that it imports itself. */
export interface ProtoFile {
  /** The path relative to the test file. */
  readonly file: string;
  /** Its types and services in the JSON form of protobufjs. */
  readonly json: object;
}

/** A message as an object with the fields of its type. */
export type GrpcMessage = Readonly<Record<string, unknown>>;

/** Metadata of a call by key. Keys that end in "-bin" have bytes, all others a text. */
export type GrpcMetadata = Readonly<Record<string, string | Uint8Array>>;

/** Which fields of messages there are in JavaScript, and of which type. */
export interface GrpcMessageOptions {
  /** Whether fields are named as in the `.proto` file; default false: `job_id` is `jobId`. */
  readonly keepCase?: boolean;
  /** The type of 64-bit integers; default "string", which is exact. */
  readonly longs?: "string" | "number";
  /** The type of enums; default "string", their names. */
  readonly enums?: "string" | "number";
  /** Whether received messages have fields that were not sent, with their default values; default true. */
  readonly defaults?: boolean;
}

export interface GrpcClientOptions extends GrpcMessageOptions {
  /** The services, as `.proto` files: `import shop from "./shop.proto"`. */
  readonly proto: ProtoFile | readonly ProtoFile[];
  /** Where the service is: "https://shop.example" with TLS, "http://127.0.0.1:50051" without. Default: the host of the test. */
  readonly host?: string;
  /**
   * "user" (default): each user has a channel, with a connection of its own, as separate clients have. "shared": all users
   * of a worker share one, as the requests of one client do.
   */
  readonly channel?: "user" | "shared";
  /** Metadata of all calls. */
  readonly metadata?: GrpcMetadata;
  /** Channel arguments of `@grpc/grpc-js`, such as `{ "grpc.keepalive_time_ms": 10_000 }`. */
  readonly channelOptions?: Readonly<Record<string, string | number>>;
}

export interface GrpcCallOptions<Reply = GrpcMessage> {
  /**
   * The longest time that the call may take: "2s". Default: the `timeout` of requests of the user, 1 minute unless set. The
   * server is told of it.
   */
  readonly deadline?: string;
  /** Metadata of this call, in addition to that of the client. */
  readonly metadata?: GrpcMetadata;
  /** The name in reports; default: that of the method, "shop.Orders/Get". */
  readonly name?: string;
  /** Tags that thresholds select by, as tags of requests. */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * The statuses that are no failure, in place of "OK": a name or several. Or a function that returns true for a response as
   * expected, or else a text that says why not.
   */
  readonly expect?: GrpcStatusName | readonly GrpcStatusName[] | ((response: GrpcResponse<Reply>) => boolean | string);
}

/** How a call has ended. */
export interface GrpcResult {
  /** "OK", "NOT_FOUND", … */
  readonly status: GrpcStatusName;
  /** The number of the status: 0, 5, … */
  readonly code: number;
  /** What the server says about the status; empty for nothing. */
  readonly details: string;
  /** The metadata that the server sent at the beginning; of a repeated key the first value. */
  readonly metadata: GrpcMetadata;
  /** The metadata that the server sent at the end; of a repeated key the first value. */
  readonly trailers: GrpcMetadata;
  /** The service time: from the start of the call to its status. */
  readonly durationMs: number;
  /** Whether the call is counted as successful. */
  readonly ok: boolean;
  /** Why it is not; else null. */
  readonly error: { readonly kind: FailureKind; readonly message: string } | null;
}

export interface GrpcResponse<Reply = GrpcMessage> extends GrpcResult {
  /** The message of the server; null unless the status is "OK". */
  readonly message: Reply | null;
}

/**
 * A call that sends or receives a stream of messages. No wait is longer than the `timeout` of the user: then the call is
 * cancelled and has failed. Nothing throws because the call has failed; `finish` says how it has ended.
 */
export interface GrpcStream<Reply = GrpcMessage> extends AsyncIterable<Reply> {
  /**
   * Sends a message, and waits if the connection takes no more. Returns false if the call has ended.
   * @throws InvalidValue for an invalid message, or after `end`
   */
  write(message: object): Promise<boolean>;
  /** Ends what is sent. The server can still answer. */
  end(): void;
  /** Returns the next message of the server; null if the call has ended. */
  read(): Promise<Reply | null>;
  /**
   * Ends what is sent, discards messages that are not read yet, and waits for the status. `message` is the reply of a method
   * that answers with one message.
   */
  finish(): Promise<GrpcResponse<Reply>>;
  /** Ends the call, which has not failed: the test has what it wants. Leaving a `for await` loop early does the same. */
  cancel(): void;
}

/** A client of gRPC services. Each call is measured as an endpoint of kind "GRPC" and belongs to one user. */
export interface GrpcClient {
  /**
   * Makes a unary call. A failed call resolves too, with `ok: false`.
   * @param method "package.Service/Method"
   * @throws InvalidValue for a method or a field that does not exist, or an invalid option
   */
  call<Reply = GrpcMessage>(
    vu: VirtualUser<object, object>,
    method: string,
    message?: object,
    options?: GrpcCallOptions<Reply>,
  ): Promise<GrpcResponse<Reply>>;

  /**
   * Makes a call with a stream of messages in one direction or both. It belongs to the user: it may outlive the iteration, and
   * ends with the user. It is recorded when it has ended.
   * @param message the message of a method that sends one; else the first of the stream
   * @throws InvalidValue as `call` does
   */
  stream<Reply = GrpcMessage>(
    vu: VirtualUser<object, object>,
    method: string,
    message?: object,
    options?: GrpcCallOptions<never>,
  ): GrpcStream<Reply>;
}
