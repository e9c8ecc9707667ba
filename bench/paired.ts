// `npm run bench:paired -- FOLDER [--rounds=9] [--here=traces|log]`: what one request costs this checkout, and the checkout in FOLDER, in CPU of the process that
// makes it. With `--here`, this checkout also traces (1 %) or logs its requests: compare it with itself by the folder `.`. Rounds alternate, each in a process of its own, so that both see the same machine; the ratio is the median of neighbours'.

import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { IntervalRecorder } from "../src/stats/interval-recorder.ts";
import type { HttpEngine } from "../src/worker/http/engine.ts";

const users = 50;
const requestsPerRound = 240_000;
const here = path.resolve(import.meta.dirname, "..");

/** What a test may write: nothing but a path, or options that are made anew for each request. */
const kinds = {
  path: "a path",
  options: "a POST of JSON with a header, a name and a query",
} as const;
type Kind = keyof typeof kinds;

/** What this checkout does with its requests besides sending them. */
type Watch = "none" | "traces" | "log";

/** The engine of this checkout that traces or logs requests. */
async function watched(engine: HttpEngine, recorder: IntervalRecorder, watch: Watch): Promise<HttpEngine> {
  if (watch === "none") return engine;
  const { WatchedEngines } = await import("../src/worker/http/spans/request-watch.ts");
  const { RequestRows } = await import("../src/worker/http/spans/request-rows.ts");
  const { TraceIds } = await import("../src/worker/http/spans/trace-ids.ts");
  const sinceStartMs = () => performance.now();
  const wanted = { share: 1, hasSampled: false, perSecond: 10_000 };
  const rows = watch === "log" ? new RequestRows(wanted, ({ batch }) => rows?.taken(batch), sinceStartMs) : null;
  const traceSample = watch === "traces" ? 0.01 : 0;
  return new WatchedEngines(engine, { ids: new TraceIds("bench", 1, 1), traceSample, recorder, rows, sinceStartMs }).of(
    "bench",
    "User",
  );
}

/** In a process of its own: microseconds of CPU for one request of the engine in `checkout`. */
async function measure(checkout: string, url: string, kind: Kind, watch: Watch): Promise<number> {
  const load = (file: string) => import(pathToFileURL(path.join(checkout, "src", file)).href);
  const [{ VirtualUserClient }, { engineNamed }, { IntervalRecorder }] = await Promise.all(
    ["worker/http/client.ts", "worker/http/engines.ts", "stats/interval-recorder.ts"].map(load),
  );
  // An older checkout has it in another folder.
  const { parseBase } = await load("worker/http/request/target.ts").catch(() => load("worker/http/target.ts"));
  const recorder = new IntervalRecorder();
  const engine = await watched(engineNamed("own"), recorder, watch);
  const clients = Array.from({ length: users }, () => new VirtualUserClient(engine, recorder, parseBase(url)));
  const ask = {
    path: (client: (typeof clients)[number], _: number) => client.get("/"),
    options: (client: (typeof clients)[number], number: number) =>
      client.post("/jobs", {
        name: "/jobs",
        headers: { "x-run": "1" },
        query: { number },
        json: { template: "basic" },
      }),
  }[kind];
  // Connecting is not what is measured, nor compiling, which goes on for some 60,000 requests.
  for (let warm = 0; warm < 1_200; warm++) await Promise.all(clients.map((client) => ask(client, warm)));
  let left = requestsPerRound;
  const before = process.cpuUsage();
  await Promise.all(
    clients.map(async (client) => {
      while (left-- > 0) {
        const { error } = await ask(client, left);
        if (error !== null) throw new Error(error.message);
      }
    }),
  );
  const { user, system } = process.cpuUsage(before);
  for (const client of clients) client.close();
  return (user + system) / requestsPerRound;
}

function measuredBy(checkout: string, url: string, kind: Kind, watch: Watch): number {
  const text = execFileSync(process.execPath, [import.meta.filename, "--measure", checkout, url, kind, watch], {
    encoding: "utf8",
    timeout: 300_000,
  });
  return Number(text);
}

async function portOf(server: ChildProcess): Promise<number> {
  const [ports] = (await once(server, "message", { signal: AbortSignal.timeout(10_000) })) as [[number, number]];
  return ports[0];
}

async function compare(other: string, rounds: number, watch: Watch): Promise<void> {
  const server = fork(path.join(here, "bench/http-server.ts"));
  try {
    const url = `http://127.0.0.1:${await portOf(server)}`;
    for (const kind of Object.keys(kinds) as Kind[]) {
      const pairs = Array.from({ length: rounds }, (_, round) => {
        // Whoever is second has it warmer, or not.
        const isFirst = round % 2 === 0;
        const sides = [() => measuredBy(here, url, kind, watch), () => measuredBy(other, url, kind, "none")] as const;
        const early = sides[isFirst ? 0 : 1]();
        const late = sides[isFirst ? 1 : 0]();
        return isFirst ? [early, late] : [late, early];
      });
      const ratios = pairs.map(([own = 0, others = 0]) => own / others).toSorted((a, b) => a - b);
      const middle = (values: readonly number[]) => values[Math.floor(values.length / 2)] ?? Number.NaN;
      const own = middle(pairs.map(([micros = 0]) => micros).toSorted((a, b) => a - b));
      const [least = 0, leastOfOther = 0] = [0, 1].map((side) => Math.min(...pairs.map((pair) => pair[side] ?? 0)));
      console.log(
        `${kinds[kind]}: ${own.toFixed(2)} us here (least ${least.toFixed(2)}, there ${leastOfOther.toFixed(2)}), ${middle(ratios).toFixed(3)} of ${other} (${ratios.map((ratio) => ratio.toFixed(3)).join(" ")})`,
      );
    }
  } finally {
    server.disconnect();
  }
}

const { values, positionals } = parseArgs({
  options: {
    rounds: { type: "string", default: "9" },
    here: { type: "string", default: "none" },
    measure: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
const [first = "", url = "", kind = "path", watch = "none"] = positionals;
if (values.measure) console.log(await measure(first, url, kind as Kind, watch as Watch));
else if (first === "") {
  console.error("name the folder of the other checkout: npm run bench:paired -- ../muster-before");
  process.exitCode = 1;
} else await compare(path.resolve(first), Number(values.rounds), values.here as Watch);
