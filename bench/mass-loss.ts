import { closed, defineTest, defineUser } from "../src/index.ts";
import { LoadControl } from "../src/master/load/load-control.ts";
import { resolveRun } from "../src/scenario/resolve/resolve.ts";

const workerCount = 1_000;
const lostCount = 300;

/** Milliseconds that the master is busy when many workers go, or come back, in the same turn: a switch that fails. */
export function run() {
  const tasks = { nothing: () => {} };
  const load = closed({ users: 10_000, spawnRate: 1_000, duration: "1h" });
  const test = defineTest({ host: "http://127.0.0.1:9", users: [defineUser({ name: "User", tasks })], load });
  const told: (() => void)[] = [];
  const control = new LoadControl({
    resolved: resolveRun(test, {}),
    starters: Array.from({ length: workerCount }, (_, index) => index + 1),
    timeline: { elapsedMs: 60_000 },
    statistics: () => {
      throw new Error("this load has no shape function");
    },
    workers: { find: () => ({ update: (specs) => void JSON.stringify(specs) }) },
    journal: { record: () => {}, note: () => {}, commit: () => {} },
    defer: (tell) => told.push(tell),
  });
  return (["leave", "join"] as const).map((kind) => {
    const startedMs = performance.now();
    for (let worker = 1; worker <= lostCount; worker++) control[kind](worker);
    for (const tell of told.splice(0)) tell();
    const name = `${lostCount} of ${workerCount} workers ${kind} in one turn, 10,000 users`;
    return { name, value: performance.now() - startedMs, unit: "ms" };
  });
}

if (import.meta.main) console.table(run());
