/**
 * The module that a test imports as `muster-load/grpc` if it is not bundled. `scenario/bundle/grpc-module.ts` makes the same
 * module for bundles.
 */

import * as grpcJs from "@grpc/grpc-js";
import * as protoLoader from "@grpc/proto-loader";
import { grpcOf } from "./runtime.ts";

export type { GrpcStatusName } from "../../core/failure-kind.ts";
export type {
  GrpcCallOptions,
  GrpcClient,
  GrpcClientOptions,
  GrpcMessage,
  GrpcMetadata,
  GrpcResponse,
  GrpcResult,
  GrpcStream,
  ProtoFile,
} from "../../scenario/definition/grpc.ts";

export const { grpcClient } = grpcOf(grpcJs, protoLoader);
