/** The two packages of gRPC. The test brings its own copies, so muster imports only their types. */

export type GrpcPackage = typeof import("@grpc/grpc-js");
export type ProtoLoader = Pick<typeof import("@grpc/proto-loader"), "fromJSON">;
