// `npm run bench:grpc`: what a unary gRPC call of a virtual user costs, against the same call in a bare loop of @grpc/grpc-js.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import process from "node:process";
import { Client, credentials } from "@grpc/grpc-js";
import { fromJSON, type MethodDefinition, type ServiceDefinition } from "@grpc/proto-loader";
import { IntervalRecorder } from "../src/stats/interval-recorder.ts";
import { grpcClient } from "../src/worker/grpc/grpc.ts";
import { RunningUser } from "../src/worker/user/running-user.ts";
import { compileClasses } from "../src/worker/user/user-class.ts";
import { runContext } from "../tests/worker/user/test-user.ts";
import { echoProto } from "./grpc-proto.ts";

const users = 50;
const callsPerRound = Number(process.argv[2] ?? 20_000);
const rounds = Number(process.argv[3] ?? 7);
const message = { text: "hello from the bench", number: 7 };
const form = { longs: String, enums: String, defaults: true, oneofs: true };

interface Round {
  readonly microsPerCall: number;
  readonly callsPerSecond: number;
}

/** Runs `call` in `users` loops until `callsPerRound` calls were made, and measures the CPU time of this process. */
async function measured(loop: (isDue: () => boolean, user: number) => Promise<void>): Promise<Round> {
  let left = callsPerRound;
  const [before, startedMs] = [process.cpuUsage(), performance.now()];
  await Promise.all(Array.from({ length: users }, (_, user) => loop(() => left-- > 0, user)));
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - startedMs) / 1_000;
  return { microsPerCall: (user + system) / callsPerRound, callsPerSecond: callsPerRound / seconds };
}

async function bareRound(address: string): Promise<Round> {
  const { path: method, requestSerialize, responseDeserialize } = sayMethod();
  const clients = Array.from(
    { length: users },
    () => new Client(address, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 }),
  );
  const call = (client: Client) =>
    new Promise<void>((resolve, reject) => {
      client.makeUnaryRequest(
        method,
        requestSerialize,
        responseDeserialize,
        message,
        { deadline: Date.now() + 60_000 },
        (error: Error | null) => (error === null ? resolve() : reject(error)),
      );
    });
  await Promise.all(clients.map(call));
  const round = await measured(async (isDue, user) => {
    const client = clients[user];
    while (client !== undefined && isDue()) await call(client);
  });
  for (const client of clients) client.close();
  return round;
}

function sayMethod(): MethodDefinition<object, object> {
  const method = (fromJSON(echoProto.json, form)["bench.Echo"] as ServiceDefinition)["Say"];
  if (method === undefined) throw new Error("no method Say");
  return method;
}

/** Whole iterations of virtual users, as in a closed load without pauses. */
async function musterRound(address: string): Promise<Round> {
  const client = grpcClient({ proto: echoProto });
  const recorder = new IntervalRecorder();
  const say = { say: (vu: RunningUser) => client.call(vu, "bench.Echo/Say", message) };
  const definition = { name: "Caller", tasks: say as never };
  const [userClass] = compileClasses({ users: [definition] }, "standard");
  if (userClass === undefined) throw new Error("no class");
  const run = runContext(recorder, `http://${address}`);
  const all = Array.from({ length: users }, (_, index) => new RunningUser(index, "default", userClass, run));
  await Promise.all(all.map((user) => user.iterate()));
  const round = await measured(async (isDue, user) => {
    await all[user]?.iterateWhile(isDue, () => true);
  });
  const { serviceTime, failures } = recorder.endpoint("GRPC", "bench.Echo/Say");
  if (serviceTime.count !== callsPerRound + users || failures.some((count) => count > 0)) {
    throw new Error(`${serviceTime.count} calls were recorded`);
  }
  await Promise.all(all.map((user) => user.close(false)));
  return round;
}

async function portOf(server: ChildProcess): Promise<number> {
  const [port] = (await once(server, "message", { signal: AbortSignal.timeout(10_000) })) as [number];
  return port;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const server = fork(path.join(import.meta.dirname, "grpc-server.ts"));
try {
  const address = `127.0.0.1:${await portOf(server)}`;
  await bareRound(address);
  await musterRound(address);
  const pairs: (readonly [muster: Round, bare: Round])[] = [];
  for (let round = 0; round < rounds; round++) pairs.push([await musterRound(address), await bareRound(address)]);
  const cpu = pairs.map(([muster, bare]) => bare.microsPerCall / muster.microsPerCall);
  const speed = pairs.map(([muster, bare]) => muster.callsPerSecond / bare.callsPerSecond);
  console.table({
    muster: {
      "us of CPU per call": median(pairs.map(([one]) => one.microsPerCall)),
      "calls/s": median(pairs.map(([one]) => one.callsPerSecond)),
    },
    "grpc-js": {
      "us of CPU per call": median(pairs.map(([, one]) => one.microsPerCall)),
      "calls/s": median(pairs.map(([, one]) => one.callsPerSecond)),
    },
  });
  console.log(
    `muster makes ${median(cpu).toFixed(2)} times the calls of a bare loop per CPU second (${median(speed).toFixed(2)} times per second; medians of ${rounds} pairs)`,
  );
} finally {
  server.disconnect();
}
