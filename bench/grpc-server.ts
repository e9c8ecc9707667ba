// A gRPC server of the unary method `bench.Echo/Say`, on a port that it sends to its parent; bench/grpc.ts forks it.

import process from "node:process";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { fromJSON, type ServiceDefinition } from "@grpc/proto-loader";
import { echoProto } from "./grpc-proto.ts";

const server = new Server();
server.addService(fromJSON(echoProto.json)["bench.Echo"] as ServiceDefinition, {
  Say: (call: ServerUnaryCall<object, object>, answer: sendUnaryData<object>) => answer(null, call.request),
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  process.send?.(port);
});
process.once("disconnect", () => server.forceShutdown());
