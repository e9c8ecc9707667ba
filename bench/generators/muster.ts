import type { EngineName } from "../../src/protocol/master-messages.ts";
import { version } from "../../src/runner/process/version.ts";
import { clientCore } from "../machine/machine.ts";
import type { Generator } from "./generator.ts";
import { MusterRun, scenarioFile } from "./muster-run.ts";

const slackMs = 60_000;

/** The whole tool on one core: master, worker and store. */
export const muster = withEngine("muster", "own");

/** The same with the engine that ours is tested against. */
export const musterByUndici = withEngine("muster by undici", "undici");

/** The same with so many endpoints, of which each is parsed and checked. */
export function musterWithEndpoints(count: number): Generator {
  return withEngine(`muster, ${count} endpoints`, "own", { BENCH_ENDPOINTS: String(count) });
}

function withEngine(name: string, engine: EngineName, variables: Readonly<Record<string, string>> = {}): Generator {
  return {
    name,
    install: "",
    // It lets what is on its way finish, and counts it.
    mostUncounted: () => 0,
    version: async () => version,
    async run({ variant, origin, users, seconds, certificateFile }) {
      const file = scenarioFile(variant === "endpoints" ? "endpoints" : "plain");
      const flags = [
        `--engine=${engine}`,
        `--host=${origin}`,
        `--users=${users}`,
        `--spawn-rate=${users * 20}`,
        `--run-time=${seconds}s`,
      ];
      const env = { ...variables, ...(certificateFile === null ? {} : { NODE_EXTRA_CA_CERTS: certificateFile }) };
      await using run = await MusterRun.start(file, flags, { core: clientCore, env });
      const { total, verdict, reasons } = await run.finished(seconds * 1_000 + slackMs);
      return {
        requests: total.requests,
        failures: total.failures,
        ratePerSecond: total.requestsPerSecond,
        bytesIn: total.bytesIn,
        ...(verdict === "passed" ? {} : { remark: `verdict ${verdict}: ${reasons.join("; ")}` }),
      };
    },
  };
}
