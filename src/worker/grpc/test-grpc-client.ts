import type { Metadata } from "@grpc/grpc-js";
import { describeValue } from "../../core/describe-value.ts";
import { InvalidValue } from "../../core/invalid-value.ts";
import type {
  GrpcCallOptions,
  GrpcClient,
  GrpcClientOptions,
  GrpcMessage,
  GrpcMetadata,
  GrpcResponse,
  GrpcStream,
} from "../../scenario/definition/grpc.ts";
import type { VirtualUser } from "../../scenario/definition/virtual-user.ts";
import { Measurement } from "../measure/measurement.ts";
import { resourcesOfUser, type UserResources } from "../user/user-resources.ts";
import { deadlineOf, requireCallOptions } from "./call-options.ts";
import { CallStream } from "./call-stream.ts";
import { ChannelPool } from "./channel-pool.ts";
import { type GrpcMethod, GrpcMethods } from "./methods.ts";
import { OpenCall } from "./open-call.ts";
import type { GrpcPackage, ProtoLoader } from "./packages.ts";
import { asItIs, SingleReply } from "./single-reply.ts";
import { UserCalls } from "./user-calls.ts";

const noOptions: GrpcCallOptions = {};

/** The gRPC client of a test, which all its users call. Each call belongs to one user. */
export class TestGrpcClient implements GrpcClient {
  readonly #grpcJs: GrpcPackage;
  readonly #methods: GrpcMethods;
  readonly #pool: ChannelPool;
  readonly #metadata: Metadata;

  /** @throws InvalidValue */
  constructor(grpcJs: GrpcPackage, loader: ProtoLoader, options: GrpcClientOptions) {
    const { proto, host, channel = "user", metadata = {}, channelOptions = {}, ...ofMessages } = options;
    this.#grpcJs = grpcJs;
    this.#methods = new GrpcMethods(loader, [proto].flat(), ofMessages);
    this.#pool = new ChannelPool(grpcJs, host, channel === "shared", channelOptions);
    this.#metadata = this.#added(new grpcJs.Metadata(), metadata);
  }

  call<Reply = GrpcMessage>(
    vu: VirtualUser<object, object>,
    name: string,
    message: object = {},
    options = noOptions as GrpcCallOptions<Reply>,
  ): Promise<GrpcResponse<Reply>> {
    return this.#unary(vu, name, message, options as GrpcCallOptions) as Promise<GrpcResponse<Reply>>;
  }

  #unary(
    vu: VirtualUser<object, object>,
    name: string,
    message: object,
    options: GrpcCallOptions,
  ): Promise<GrpcResponse> {
    const user = callsOf(vu);
    const method = this.#methods.find(name);
    if (method.sendsStream || method.receivesStream) {
      throw new InvalidValue(`${method.name} is a stream: write client.stream(vu, ${JSON.stringify(name)}, …)`);
    }
    const argument = method.encode(message);
    const { client, open, metadata, deadline } = this.#open(user, method, options, user.client.usualLimitMs);
    open.sent(argument.length);
    const decode = (bytes: Buffer): GrpcMessage => {
      open.received(bytes.length);
      return method.decode(bytes) as GrpcMessage;
    };
    const reply = new SingleReply();
    const call = client.makeUnaryRequest(method.path, asItIs, decode, argument, metadata, { deadline }, reply.take);
    open.begun(call, reply);
    return open.ended;
  }

  stream<Reply = GrpcMessage>(
    vu: VirtualUser<object, object>,
    name: string,
    message?: object,
    options: GrpcCallOptions = noOptions,
  ): GrpcStream<Reply> {
    return this.#stream(vu, name, message, options) as GrpcStream<GrpcMessage> as GrpcStream<Reply>;
  }

  #stream(
    vu: VirtualUser<object, object>,
    name: string,
    message: object | undefined,
    options: GrpcCallOptions,
  ): CallStream {
    const user = callsOf(vu);
    const method = this.#methods.find(name);
    if (!method.sendsStream && !method.receivesStream) {
      throw new InvalidValue(`${method.name} is not a stream: write client.call(vu, ${JSON.stringify(name)}, …)`);
    }
    const first = message === undefined && method.sendsStream ? null : method.encode(message ?? {});
    const { client, open, metadata, deadline } = this.#open(user, method, options, Number.POSITIVE_INFINITY);
    open.outlives();
    return new CallStream(client, method, open, first, metadata, deadline, user.client.usualLimitMs);
  }

  #open(user: UserCalls, method: GrpcMethod, options: GrpcCallOptions, usualLimitMs: number) {
    const where = method.name;
    if (options !== noOptions) requireCallOptions(where, options);
    const limitMs = deadlineOf(where, options.deadline) ?? usualLimitMs;
    const metadata = this.#metadataOf(options.metadata, user.client.nextTraceparent());
    // A user that has ended would never release a channel.
    user.requireOpen();
    // The channel is opened before the call is measured: an invalid host is not a failed call.
    const { client } = user.channelIn(this.#pool);
    const endpoint = { kind: "GRPC", name: options.name ?? method.name, tags: options.tags };
    const open = new OpenCall(user, new Measurement(user.client, endpoint), limitMs, options.expect);
    return { client, open, metadata, deadline: Date.now() + limitMs };
  }

  /** @param traceparent the `traceparent` to send unless the test sets one; null for none */
  #metadataOf(own: GrpcMetadata | undefined, traceparent: string | null): Metadata {
    if (own === undefined && traceparent === null) return this.#metadata;
    const metadata = this.#added(this.#metadata.clone(), own ?? {});
    if (traceparent !== null && metadata.get("traceparent").length === 0) metadata.set("traceparent", traceparent);
    return metadata;
  }

  /** @throws InvalidValue */
  #added(metadata: Metadata, values: GrpcMetadata): Metadata {
    for (const [key, value] of Object.entries(values)) {
      try {
        metadata.set(key, typeof value === "string" ? value : Buffer.from(value));
      } catch (cause) {
        throw new InvalidValue(`metadata ${JSON.stringify(key)}: ${(cause as Error).message}`, { cause });
      }
    }
    return metadata;
  }
}

/** @throws InvalidValue if `vu` is not a virtual user */
function callsOf(vu: unknown): UserCalls {
  const resources = (vu as { readonly [resourcesOfUser]?: UserResources } | null | undefined)?.[resourcesOfUser];
  if (resources !== undefined) return resources.of(UserCalls);
  throw new InvalidValue(
    `the first argument of a gRPC call must be its user, found ${describeValue(vu)}; write client.call(vu, "package.Service/Method", { … })`,
  );
}
