import { fixture } from "../../tests/support/fixture.ts";
import { WebMaster } from "../../tests/support/web-master.ts";
import { Mutator } from "./mutator.ts";
import type { FuzzTarget } from "./target.ts";

const bodies = [
  { profile: "targets", users: 1, spawnRate: 2, ratePerSecond: 1.5, durationMs: 1_000, host: "http://127.0.0.1:9" },
  { classes: { Visitor: { fixedCount: 1 }, Other: 0.5 } },
  { mode: "at-once" },
  { users: 5, overMs: 100, scenario: "default" },
].map((body) => Buffer.from(JSON.stringify(body)));
const paths = [
  "POST /api/plan",
  "POST /api/runs/x/stop",
  "PATCH /api/runs/x/load",
  "POST /api/workers/1/drain",
  "POST /login",
];
const inputsPerRound = 100;

/** Bodies of requests to the web API of a real master. An answer of 500 is a find. */
export async function apiTarget(): Promise<FuzzTarget> {
  const ends: (() => unknown)[] = [];
  const master = await WebMaster.start({ after: (end: () => unknown) => ends.push(end) }, [
    ...["run", fixture("visitors"), "--host=http://127.0.0.1:9", "--ui"],
  ]);
  return {
    round: async (seed) => {
      const mutator = new Mutator(seed, bodies);
      for (let n = 0; n < inputsPerRound; n++) {
        const body = mutator.next().subarray(0, 60_000);
        const [method = "", path = ""] = (paths[(seed + n) % paths.length] ?? "").split(" ");
        const response = await fetch(master.url + path, {
          method,
          body: new Uint8Array(body),
          headers: { "content-type": n % 10 === 0 ? body.toString("base64").slice(0, 20) || "x" : "application/json" },
          redirect: "manual",
        });
        await response.arrayBuffer();
        if (response.status === 500)
          throw new Error(`${method} ${path}: 500; body in base64: ${body.toString("base64")}`);
      }
      return inputsPerRound;
    },
    [Symbol.asyncDispose]: async () => {
      for (const end of ends.reverse()) await end();
    },
  };
}
