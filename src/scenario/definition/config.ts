import type { Targets } from "../../core/thresholds/targets.ts";

/**
 * What `muster.config.ts` may say: values of flags by their names, `--spawn-rate` as `spawnRate`. Flags and `MUSTER_`
 * variables come before them, the test file after. Durations are text with a unit, such as "30s". Secrets have no place
 * in a file: tokens are flags or variables only.
 */
export interface MusterConfig {
  // What decides the run.
  readonly host?: string;
  readonly profile?: string;
  readonly users?: number;
  readonly spawnRate?: number;
  readonly runTime?: string;
  readonly rate?: number;
  readonly equalWeights?: boolean;
  readonly tags?: readonly string[];
  readonly excludeTags?: readonly string[];
  readonly target?: Targets;
  readonly seed?: number;
  // How it is carried out.
  readonly workers?: number | "auto";
  readonly processes?: number | "auto";
  readonly stopTimeout?: string;
  readonly engine?: "own" | "undici";
  readonly workerTimeout?: string;
  readonly onWorkerLoss?: "rebalance" | "continue" | "fail";
  readonly onWorkerStrain?: "invalid" | "warn" | "ignore";
  readonly minWorkers?: number;
  readonly orphanTimeout?: string;
  readonly dataDir?: string;
  readonly store?: boolean;
  readonly resume?: string;
  readonly loglevel?: "trace" | "debug" | "info" | "warn" | "error" | "silent";
  // Files of its result.
  readonly html?: string;
  readonly json?: string;
  readonly csv?: string;
  readonly junit?: string;
  readonly markdown?: string;
  readonly hlog?: string;
  readonly hgrm?: string;
  readonly stream?: string;
  // The web page.
  readonly ui?: boolean;
  readonly autostart?: boolean;
  readonly autoquit?: string;
  readonly headless?: boolean;
  readonly webHost?: string;
  readonly webPort?: number;
  // Master and workers on several machines.
  readonly expectWorkers?: number;
  readonly expectWorkersMaxWait?: string;
  readonly masterBindHost?: string;
  readonly masterBindPort?: number;
  readonly masterHost?: string;
  readonly masterPort?: number;
  readonly connectTimeout?: string;
  readonly localAddress?: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tls?: boolean;
  readonly tlsCa?: string;
}

/** Declares the settings of a project: the default export of `muster.config.ts`, in the folder where muster is started. */
export function defineConfig(config: MusterConfig): MusterConfig {
  return config;
}
