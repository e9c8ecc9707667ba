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
}
