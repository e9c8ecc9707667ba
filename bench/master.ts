// `node bench/master.ts [WORKERS...]`: what one report costs the master. A real `muster master` on one core, its workers
// simulated on the other: 20 endpoints, one report a second each. Not part of `npm run bench`, as it takes minutes.
// `node bench/master.ts --page [WORKERS [ENDPOINTS]]`: what the web page costs it, without and with browsers that listen, and
// with some that have asked and then read nothing.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Result } from "../src/report/result/result-schema.ts";

const settleMs = 5_000;
const measureMs = 20_000;
/** For the master and the simulated workers. */
const env = { ...process.env, MUSTER_TOKEN: "a token of this benchmark" };
const muster = fileURLToPath(new URL("../bin/muster.js", import.meta.url));
const simulator = fileURLToPath(new URL("simulated-workers.ts", import.meta.url));
const clockTicksPerSecond = 100;

/** Who listens: null for a master without its web page. */
interface Audience {
  readonly readers: number;
  readonly deaf: number;
}

interface MasterFigure {
  readonly workers: number;
  readonly endpoints: number;
  readonly page: string;
  /** Merged, over the whole run. */
  readonly reportsPerSecond: number;
  /** Of one core, while the load runs. */
  readonly cpuShare: number;
  readonly microsPerReport: number;
  readonly ackP99Ms: number;
  readonly rssMiB: number;
  readonly lostWorkers: number;
  readonly missingReports: number;
}

const test = `import { closed, defineTest, defineUser } from "muster-load";
export default defineTest({
  host: "http://127.0.0.1:9",
  users: [defineUser({ name: "User", tasks: { nothing: () => {} } })],
  load: closed({ users: 10000, spawnRate: 10000, duration: "10m" }),
});
`;

async function measure(workers: number, endpoints: number, audience: Audience | null): Promise<MasterFigure> {
  const folder = await mkdtemp(join(tmpdir(), "muster-bench-"));
  const file = join(folder, "test.ts");
  const resultFile = join(folder, "result.json");
  await writeFile(file, test);
  const flags = [`--expect-workers=${workers}`, "--master-bind-port=0", `--json=${resultFile}`, `--data-dir=${folder}`];
  if (audience !== null) flags.push("--autostart", "--web-port=0");
  const words = ["-c", "0", process.execPath, muster, "master", file, "--expect-workers-max-wait=2m", ...flags];
  const master = spawn("taskset", words, { stdio: ["ignore", "ignore", "pipe"], env });
  let log = "";
  master.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  try {
    const port = await until(() => /"port":(\d+)/.exec(log)?.[1]);
    const simulated = spawn(
      "taskset",
      ["-c", "1", process.execPath, simulator, port, String(workers), String(endpoints)],
      { stdio: ["ignore", "pipe", "inherit"], env },
    );
    let output = "";
    simulated.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    await until(() => (log.match(/worker joined/g)?.length ?? 0) >= workers || undefined);
    const hangUp = audience === null ? () => {} : listen(Number(/"webPort":(\d+)/.exec(log)?.[1]), audience);
    await delay(settleMs);
    const pid = master.pid ?? 0;
    const before = await cpuSecondsOf(pid);
    await delay(measureMs);
    const cpuSeconds = (await cpuSecondsOf(pid)) - before;
    const rssMiB = await rssOf(pid);
    hangUp();
    master.kill("SIGTERM");
    await Promise.all([once(master, "close"), once(simulated, "close")]);
    const { p99Ms } = JSON.parse(output) as { p99Ms: number };
    const result = JSON.parse(await readFile(resultFile, "utf8")) as Result;
    return {
      workers,
      endpoints,
      page: audience === null ? "none" : `${audience.readers} readers, ${audience.deaf} deaf`,
      reportsPerSecond: Math.round(result.ledger.reports / (result.run.durationMs / 1_000)),
      cpuShare: rounded(cpuSeconds / (measureMs / 1_000)),
      microsPerReport: rounded((cpuSeconds * 1e6) / ((workers * measureMs) / 1_000)),
      ackP99Ms: rounded(p99Ms),
      rssMiB,
      lostWorkers: result.workers.filter(({ lost }) => lost).length,
      missingReports: result.ledger.missing.length,
    };
  } finally {
    master.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  }
}

/** Opens the live streams, those that are read on the simulator's core; returns what closes them. */
function listen(port: number, { readers, deaf }: Audience): () => void {
  const sockets = Array.from({ length: readers + deaf }, (_, position) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write("GET /api/live HTTP/1.1\r\nhost: localhost\r\n\r\n");
    if (position < readers) socket.resume();
    return socket;
  });
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

async function until<Value>(look: () => Value | undefined): Promise<Value> {
  for (let tries = 0; tries < 1_200; tries++) {
    const found = look();
    if (found !== undefined) return found;
    await delay(100);
  }
  throw new Error("waited for two minutes in vain");
}

/** User and system time of a process; taskset becomes what it starts. */
async function cpuSecondsOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / clockTicksPerSecond;
}

async function rssOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0) / 1_024);
}

const isOfPage = process.argv[2] === "--page";
const counts = process.argv.slice(isOfPage ? 3 : 2).map(Number);
const figures: MasterFigure[] = [];
if (isOfPage) {
  const [workers = 100, endpoints = 20] = counts;
  const audiences = [null, { readers: 0, deaf: 0 }, { readers: 5, deaf: 0 }, { readers: 5, deaf: 20 }];
  for (const audience of audiences) figures.push(await measure(workers, endpoints, audience));
} else {
  for (const workers of counts.length > 0 ? counts : [10, 100, 1_000]) figures.push(await measure(workers, 20, null));
}
console.table(figures);
