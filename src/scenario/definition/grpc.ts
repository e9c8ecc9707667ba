import type { FailureKind, GrpcStatusName } from "../../core/failure-kind.ts";
import type { VirtualUser } from "./virtual-user.ts";

/** A `.proto` file that a test imports, with the files that it imports itself. */
export interface ProtoFile {
  /** The path relative to the test file. */
  readonly file: string;
  /** The types and services of the file in the JSON format of protobufjs. */
  readonly json: object;
}

/** A message as an object with the fields of its type. */
export type GrpcMessage = Readonly<Record<string, unknown>>;

/** The metadata of a call by key. The value is bytes if the key ends in "-bin", else a string. */
export type GrpcMetadata = Readonly<Record<string, string | Uint8Array>>;

/** How messages are represented in JavaScript: the names, types and defaults of their fields. */
export interface GrpcMessageOptions {
  /** Whether fields are named as in the `.proto` file; default false: `job_id` is `jobId`. */
  readonly keepCase?: boolean;
  /** The type of 64-bit integers; default "string", which is exact. */
  readonly longs?: "string" | "number";
  /** The type of enums; default "string", their names. */
  readonly enums?: "string" | "number";
  /** Whether received messages contain the default values of fields that were not sent; default true. */
  readonly defaults?: boolean;
}

export interface GrpcClientOptions extends GrpcMessageOptions {
  /** The services, as `.proto` files: `import shop from "./shop.proto"`. */
  readonly proto: ProtoFile | readonly ProtoFile[];
  /**
   * The address of the service: "https://shop.example" with TLS, "http://127.0.0.1:50051" without. Default: the host of the
   * test.
   */
  readonly host?: string;
  /**
   * "user" (default): each user has its own channel and connection, like a separate client. "shared": all users of a worker
   * share one channel, like the requests of one client.
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
   * deadline is sent to the server.
   */
  readonly deadline?: string;
  /** Metadata of this call, in addition to that of the client. */
  readonly metadata?: GrpcMetadata;
  /** The name in reports; default: the name of the method, "shop.Orders/Get". */
  readonly name?: string;
  /** Tags that thresholds select by, like the tags of requests. */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * The expected statuses, in place of "OK": one name or several. Or a function that returns true if the response is as
   * expected, else false or a message with what is wrong.
   */
  readonly expect?: GrpcStatusName | readonly GrpcStatusName[] | ((response: GrpcResponse<Reply>) => boolean | string);
}

/** The result of a call. */
export interface GrpcResult {
  /** The name of the status: "OK", "NOT_FOUND", … */
  readonly status: GrpcStatusName;
  /** The number of the status: 0, 5, … */
  readonly code: number;
  /** The server's message about the status; empty if it sent none. */
  readonly details: string;
  /** The metadata that the server sent before its messages; for a repeated key, the first value. */
  readonly metadata: GrpcMetadata;
  /** The metadata that the server sent with the status; for a repeated key, the first value. */
  readonly trailers: GrpcMetadata;
  /** The service time: from the start of the call to its status. */
  readonly durationMs: number;
  /** Whether the call is counted as successful. */
  readonly ok: boolean;
  /** Why the call failed; null if it is successful. */
  readonly error: { readonly kind: FailureKind; readonly message: string } | null;
}

export interface GrpcResponse<Reply = GrpcMessage> extends GrpcResult {
  /** The message that the server sent; null unless the status is "OK". */
  readonly message: Reply | null;
}

/**
 * A call that sends or receives a stream of messages. If a wait takes longer than the `timeout` of the user, the call is
 * cancelled and fails. A failed call does not make these methods throw; `finish` returns its result.
 */
export interface GrpcStream<Reply = GrpcMessage> extends AsyncIterable<Reply> {
  /**
   * Sends a message, and waits while the connection accepts no more data. Returns false if the call has ended.
   * @throws InvalidValue for an invalid message, or after `end`
   */
  write(message: object): Promise<boolean>;
  /** Ends the stream of sent messages. The server can still answer. */
  end(): void;
  /** Returns the next message from the server; null if the call has ended. */
  read(): Promise<Reply | null>;
  /**
   * Ends the stream of sent messages, discards unread messages, and waits for the status. If the method answers with one
   * message, `message` is that reply.
   */
  finish(): Promise<GrpcResponse<Reply>>;
  /** Cancels the call, which does not count as failed. Leaving a `for await` loop early does the same. */
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
   * Makes a call with a stream of messages in one direction or both. The call belongs to the user: it may outlive the
   * iteration, and ends with the user. It is recorded when it has ended.
   * @param message the message of a method that takes one message; else the first message of the stream
   * @throws InvalidValue as `call` does
   */
  stream<Reply = GrpcMessage>(
    vu: VirtualUser<object, object>,
    method: string,
    message?: object,
    options?: GrpcCallOptions<never>,
  ): GrpcStream<Reply>;
}
