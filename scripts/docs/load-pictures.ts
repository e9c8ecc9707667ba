/**
 * Draws the pictures of docs/guide/load-models.md from real runs of the command line against the sample API:
 * `node scripts/docs/load-pictures.ts`. Takes two minutes and needs a checkout that has been built (npm run build). Prints
 * the figures of the stalled runs, which the guide quotes.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Distribution, type Result, resultSchema } from "../../src/report/result/result-schema.ts";
import { Chart, colours, type Point, ticksEvery } from "./chart-svg.ts";
import { rateStages, stalledRate, stalledSeconds, userStages } from "./picture-loads.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const startTimeoutMs = 10_000;
const runTimeoutMs = 60_000;
const pollEveryMs = 100;

type Times = Pick<Result["total"], "responseTimeMs" | "serviceTimeMs">;

/** What a run looked like to the service. Times are seconds since the start of the run. */
interface Observed {
  readonly result: Result;
  readonly arrivals: readonly number[];
  /** Open connections; every user has one. */
  readonly users: readonly Point[];
}

type Stages = readonly { readonly duration: string; readonly target: number }[];

/** Users over time: planned, and as open connections. */
function stagesPicture({ users }: Observed): string {
  const planned = cornersOf(userStages);
  const end = planned.at(-1)?.x ?? 0;
  const chart = new Chart({
    title: "Closed load in stages: users",
    description: "Users over time: the open connections that the service counted lie on the planned stages",
    height: 300,
    x: { label: "seconds since the start", from: 0, to: end, ticks: ticksEvery(2, end) },
    y: { label: "users", from: 0, to: 45, ticks: ticksEvery(10, 40) },
  });
  const steps = users
    .filter(({ x }) => x >= 0 && x < end)
    .flatMap((point, position, all) => [{ x: point.x, y: all[position - 1]?.y ?? point.y }, point]);
  chart.line(steps, { colour: colours.users, width: 3 });
  chart.line(planned, { colour: colours.text, width: 1.5, dash: "5 4" });
  chart.text("planned users (dashed)", { x: 0.2, y: 32.5 }, { colour: colours.text, bold: true });
  chart.text("open connections at the service", { x: 0.2, y: 36.5 }, { colour: colours.users, bold: true });
  return chart.svg();
}

/** Requests per second of an open load: planned, and as they arrived. */
function rampPicture({ arrivals }: Observed): string {
  const planned = cornersOf(rateStages);
  const end = planned.at(-1)?.x ?? 0;
  const chart = new Chart({
    title: "Open load in stages: requests per second",
    description: "Requests per second over time: what arrived in each second fills the planned stages",
    height: 300,
    x: { label: "seconds since the start", from: 0, to: end, ticks: ticksEvery(2, end) },
    y: { label: "requests per second", from: 0, to: 140, ticks: ticksEvery(20, 140) },
  });
  for (const [second, count] of countsPerSecond(arrivals, end).entries()) {
    chart.bar(second, second + 1, count, colours.requests);
    const inside = count > 20;
    chart.text(
      String(count),
      { x: second + 0.5, y: count },
      { colour: inside ? colours.page : colours.requests, anchor: "middle", dy: inside ? 26 : -14 },
    );
  }
  chart.line(planned, { colour: colours.rate, width: 2.5, dash: "5 4" });
  chart.text("planned rate (dashed)", { x: 10.2, y: 128 }, { colour: "#9a6700", bold: true });
  chart.text(
    "arrivals in each second, counted by the service",
    { x: 0.2, y: 128 },
    { colour: colours.requests, bold: true },
  );
  return chart.svg();
}

/** Each arrival of two loads of the same rate. */
function arrivalsPicture(even: Observed, poisson: Observed): string {
  const end = 6;
  const chart = new Chart({
    title: "20 iterations per second, as they arrived at the service",
    description: "Each arrival as a mark: evenly spaced in one row, at random in the other",
    height: 250,
    x: { label: "seconds since the start", from: 0, to: end, ticks: ticksEvery(1, end) },
    y: null,
  });
  const rows = [
    { name: 'arrivals: "even"', arrivals: even.arrivals, top: 62, colour: colours.requests },
    { name: 'arrivals: "poisson"', arrivals: poisson.arrivals, top: 134, colour: colours.users },
  ];
  for (const { name, arrivals, top, colour } of rows) {
    const gaps = arrivals.slice(1).map((at, position) => (at - (arrivals[position] ?? 0)) * 1_000);
    chart.textAt(name, 0, top, { colour, bold: true });
    chart.textAt(`gaps from ${wholeMs(Math.min(...gaps))} to ${wholeMs(Math.max(...gaps))}`, end, top, {
      anchor: "end",
    });
    for (const at of arrivals) chart.mark(at, top + 10, top + 34, colour);
    for (const [second, count] of countsPerSecond(arrivals, end).entries()) {
      chart.textAt(`${count}/s`, second + 0.5, top + 52, { anchor: "middle" });
    }
  }
  return chart.svg();
}

/** Times by percentile: what each load says of the same stall. */
export function stallPicture(open: Times, closed: Times): string {
  const chart = new Chart({
    title: `A stall of 2 s in ${stalledSeconds} s at ${stalledRate} requests per second, with 10 users`,
    description: "Times by percentile: the response time of the open load shows the stall from the 90th percentile on",
    height: 360,
    x: {
      label: "percentile of the requests",
      from: place(50),
      to: place(99.99),
      ticks: [50, 75, 90, 95, 98, 99, 99.9, 99.99].map((p) => ({ at: place(p), text: String(p) })),
    },
    y: { label: "ms", from: 0, to: 2_200, ticks: ticksEvery(500, 2_000) },
  });
  const { responseTimeMs, serviceTimeMs } = open;
  const curves = [
    { times: closed.responseTimeMs, colour: colours.muted, dash: "2 3" },
    { times: serviceTimeMs, colour: colours.requests, dash: "7 4" },
    { times: responseTimeMs, colour: colours.strong },
  ];
  for (const { times, ...style } of curves) chart.line(curveOf(times), { ...style, width: 2.5 });
  const response = { x: place(99), y: p99(responseTimeMs) };
  const service = { x: place(99), y: p99(serviceTimeMs) };
  chart.dot(response, colours.strong);
  chart.dot(service, colours.requests);
  chart.text(`p99 ${wholeMs(response.y)}`, response, { colour: colours.strong, bold: true, dx: 10, dy: 18 });
  chart.text(`p99 ${wholeMs(service.y)}`, service, {
    colour: colours.requests,
    bold: true,
    anchor: "end",
    dx: -4,
    dy: -10,
  });
  const words = [
    ["open load, response time (solid)", colours.strong],
    ["open load, service time (dashed)", colours.requests],
    [`closed load (dotted): p99 ${wholeMs(p99(closed.responseTimeMs))}`, colours.muted],
  ] as const;
  for (const [row, [text, colour]] of words.entries()) {
    chart.textAt(text, place(50), 62 + row * 18, { colour, bold: true, dx: 8 });
  }
  return chart.svg();
}

/** Where a percentile stands, so that 90, 99 and 99.9 are as far apart. */
function place(percentile: number): number {
  return -Math.log10(1 - percentile / 100);
}

function curveOf({ percentiles }: Distribution): Point[] {
  return Object.entries(percentiles)
    .map(([p, ms]) => ({ p: Number(p), ms }))
    .filter(({ p }) => p < 100)
    .sort((a, b) => a.p - b.p)
    .map(({ p, ms }) => ({ x: place(p), y: ms }));
}

function p99({ percentiles }: Distribution): number {
  return percentiles["99"] ?? 0;
}

function wholeMs(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms).toLocaleString("en-US")} ms`;
}

/** The corners of stages that begin at 0. */
function cornersOf(stages: Stages): Point[] {
  let seconds = 0;
  return [
    { x: 0, y: 0 },
    ...stages.map(({ duration, target }) => {
      seconds += Number.parseFloat(duration);
      return { x: seconds, y: target };
    }),
  ];
}

function countsPerSecond(arrivals: readonly number[], end: number): number[] {
  const counts = new Array<number>(end).fill(0);
  for (const at of arrivals) {
    const second = Math.floor(at);
    if (second >= 0 && second < end) counts[second] = (counts[second] ?? 0) + 1;
  }
  return counts;
}

/** Runs a profile of picture-loads.ts on two workers against an API of its own. */
async function observe(profile: string, misbehaviour: object = {}): Promise<Observed> {
  const api = spawn(process.execPath, [join(root, "examples/plot-palette/api/main.ts"), "--port=0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const folder = await mkdtemp(join(tmpdir(), "muster-pictures-"));
  try {
    const host = await addressOf(api);
    await call(host, "/_control/misbehave", misbehaviour);
    await call(host, "/_control/arrivals", { enabled: true });
    const enabledAt = Date.now();
    const file = join(folder, "result.json");
    const ended = runMuster([`--profile=${profile}`, `--host=${host}`, `--json=${file}`]);
    const polled = await pollUsers(host, ended);
    const result = resultSchema.parse(JSON.parse(await readFile(file, "utf8")));
    const startedAt = Date.parse(result.run.startedAt);
    const times = (await call(host, "/_control/arrivals")) as number[];
    return {
      result,
      arrivals: times.map((ms) => (ms + enabledAt - startedAt) / 1_000),
      users: polled.map(({ x, y }) => ({ x: (x - startedAt) / 1_000, y })),
    };
  } finally {
    api.kill("SIGTERM");
    await rm(folder, { recursive: true, force: true });
  }
}

async function runMuster(words: readonly string[]): Promise<void> {
  const command = ["bin/muster.js", "run", "scripts/docs/picture-loads.ts", "--workers=2", "--seed=7", ...words];
  const muster = spawn(process.execPath, [...command, "--loglevel=warn"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    timeout: runTimeoutMs,
  });
  const [code] = (await once(muster, "exit")) as [number | null];
  if (code !== 0) throw new Error(`muster ${words.join(" ")} ended with ${code}`);
}

/** Open connections over the wall clock, until `ended`. */
async function pollUsers(host: string, ended: Promise<void>): Promise<Point[]> {
  const points: Point[] = [];
  const run = { isOver: false };
  const over = ended.finally(() => {
    run.isOver = true;
  });
  while (!run.isOver) {
    const counts = (await call(host, "/_control/counts")) as { connections: { current: number } };
    // The question has a connection of its own.
    points.push({ x: Date.now(), y: counts.connections.current - 1 });
    await Promise.race([delay(pollEveryMs), over]);
  }
  await over;
  return points;
}

async function call(host: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(host + path, {
    headers: { connection: "close" },
    signal: AbortSignal.timeout(startTimeoutMs),
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return text === "" ? null : JSON.parse(text);
}

async function addressOf(api: ChildProcess): Promise<string> {
  if (api.stdout === null) throw new Error("the API has no output");
  const lines = createInterface({ input: api.stdout });
  const [line] = (await once(lines, "line", { signal: AbortSignal.timeout(startTimeoutMs) })) as [string];
  const url = /http:\/\/\S+/.exec(line)?.[0];
  if (url === undefined) throw new Error(`the API said: ${line}`);
  return url;
}

async function draw(name: string, svg: string): Promise<void> {
  await writeFile(join(root, "docs/images", `${name}.svg`), svg);
}

/** A row of the guide's table. */
function figuresOf(name: string, { result }: Observed): string {
  const { total, peakUsers, iterations, droppedIterations } = result;
  const at = (times: Distribution) => [95, 99, 99.9].map((p) => wholeMs(times.percentiles[p] ?? 0)).join(" / ");
  return `${name}: ${total.requests} requests, ${iterations} iterations, ${droppedIterations} dropped, ${peakUsers} users; p95 / p99 / p99.9 response ${at(total.responseTimeMs)}, service ${at(total.serviceTimeMs)}`;
}

if (import.meta.main) {
  await draw("load-stages", stagesPicture(await observe("stages")));
  await draw("load-open-ramp", rampPicture(await observe("ramp")));
  await draw("load-arrivals", arrivalsPicture(await observe("even"), await observe("poisson")));
  const stall = { latencyMs: 5, stall: { forMs: 2_000, afterMs: 8_000 } };
  const open = await observe("stalled, 10 users", stall);
  const closed = await observe("stalled, closed", stall);
  await draw("load-stall", stallPicture(open.result.total, closed.result.total));
  console.log(figuresOf("open, 10 users", open));
  console.log(figuresOf("open, enough users", await observe("stalled, enough users", stall)));
  console.log(figuresOf("closed, 10 users", closed));
}
