import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import process from "node:process";
import { setDefaultCACertificates } from "node:tls";
import type { EngineName } from "../src/protocol/master-messages.ts";
import { IntervalRecorder } from "../src/stats/interval-recorder.ts";
import { VirtualUserClient } from "../src/worker/http/client.ts";
import { engineNamed } from "../src/worker/http/engines.ts";
import { parseBase } from "../src/worker/http/request/target.ts";
import { selfSigned } from "../tests/worker/http/self-signed.ts";

export interface HttpFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ratio: number;
}

const users = 50;
const requestsPerRound = 40_000;
const rounds = 9;

/**
 * Microseconds of this process's CPU that one request takes, the system's part included: what a core is divided by.
 * Rounds with our engine and with undici alternate; the ratio is the median of those of neighbours.
 */
export async function run(): Promise<HttpFigure[]> {
  setDefaultCACertificates([selfSigned.cert]);
  const server = fork(path.join(import.meta.dirname, "http-server.ts"));
  try {
    const [plain, secure] = await portsOf(server);
    return [
      await compare("one request, kept connection", `http://127.0.0.1:${plain}`),
      await compare("one request, kept connection, TLS", `https://127.0.0.1:${secure}`),
    ];
  } finally {
    server.disconnect();
  }
}

async function portsOf(server: ChildProcess): Promise<[plain: number, secure: number]> {
  const [ports] = (await once(server, "message", { signal: AbortSignal.timeout(10_000) })) as [[number, number]];
  return ports;
}

async function compare(name: string, url: string): Promise<HttpFigure> {
  await microsPerRequest("own", url);
  await microsPerRequest("undici", url);
  const own: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const micros = await microsPerRequest("own", url);
    own.push(micros);
    ratios.push((await microsPerRequest("undici", url)) / micros);
  }
  return { name, value: median(own), unit: "us", ratio: median(ratios) };
}

async function microsPerRequest(engine: EngineName, url: string): Promise<number> {
  const recorder = new IntervalRecorder();
  const base = parseBase(url);
  const clients = Array.from({ length: users }, () => new VirtualUserClient(engineNamed(engine), recorder, base));
  // Connecting is not what is measured.
  await Promise.all(clients.map((client) => client.get("/")));
  let left = requestsPerRound;
  const before = process.cpuUsage();
  await Promise.all(
    clients.map(async (client) => {
      while (left-- > 0) {
        const { error } = await client.get("/");
        if (error !== null) throw new Error(`${engine}: ${error.message}`);
      }
    }),
  );
  const { user, system } = process.cpuUsage(before);
  for (const client of clients) client.close();
  return (user + system) / requestsPerRound;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

if (import.meta.main) console.table(await run());
