import { describeValue } from "../../core/describe-value.ts";
import { InvalidValue, requireOptions } from "../../core/invalid-value.ts";
import type { GrpcClient, GrpcClientOptions } from "../../scenario/definition/grpc.ts";
import type { GrpcPackage, ProtoLoader } from "./packages.ts";
import { TestGrpcClient } from "./test-grpc-client.ts";

const options = ["proto", "host", "channel", "metadata", "channelOptions", "keepCase", "longs", "enums", "defaults"];
const choices: Readonly<Record<string, readonly unknown[]>> = {
  channel: ["user", "shared"],
  longs: ["string", "number"],
  enums: ["string", "number"],
  keepCase: [true, false],
  defaults: [true, false],
};

/** Joins the test's own packages of gRPC with this muster. The bundle of a test that imports `muster-load/grpc` calls it. */
export function grpcOf(grpcJs: GrpcPackage, protoLoader: ProtoLoader) {
  return {
    /**
     * Creates a client for the services in `.proto` files. Call it at the top level of the test file. The first argument of
     * each gRPC call is the user that makes it.
     * @throws InvalidValue
     */
    grpcClient(given: GrpcClientOptions): GrpcClient {
      requireOptions("grpcClient", given, options, "{ proto }");
      for (const [option, valid] of Object.entries(choices)) {
        const value: unknown = given[option as keyof GrpcClientOptions];
        if (value === undefined || valid.includes(value)) continue;
        const expected = valid.map((one) => JSON.stringify(one)).join(" or ");
        throw new InvalidValue(`grpcClient: ${option} is ${describeValue(value)}; expected ${expected}`);
      }
      requireProtos(given.proto);
      return new TestGrpcClient(grpcJs, protoLoader, given);
    },
  };
}

/** @throws InvalidValue */
function requireProtos(proto: unknown): void {
  const files = [proto].flat();
  const wrong = files.find((file) => typeof (file as { json?: unknown } | null | undefined)?.json !== "object");
  if (wrong === undefined && files.length > 0 && proto !== undefined) return;
  throw new InvalidValue(
    `grpcClient: proto is ${describeValue(wrong ?? proto)}; expected an imported file: import shop from "./shop.proto"`,
  );
}
