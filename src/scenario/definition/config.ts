import type { Targets } from "../../core/thresholds/targets.ts";
import type { ConnectTo } from "../connections/connection.ts";

/**
 * The settings in `muster.config.ts`: the defaults of flags, by their names in camel case, such as `spawnRate` for
 * `--spawn-rate`. Flags and `MUSTER_` variables override them, and they override the test file. Durations are strings with a
 * unit, such as "30s". Tokens are secrets and cannot be set here: use a flag or a variable.
 */
export interface MusterConfig {
  // The test and its load.
  readonly host?: string;
  readonly insecure?: boolean;
  readonly connectTo?: ConnectTo;
  readonly allowHost?: readonly string[];
  readonly profile?: string;
  readonly users?: number;
  readonly spawnRate?: number;
  readonly runTime?: string;
  readonly rate?: number;
  readonly maxRequests?: number;
  readonly maxRequestsPerSecond?: number;
  readonly traceSample?: number;
  readonly maxDuration?: string;
  readonly costPerRequest?: number;
  readonly maxCost?: number;
  readonly equalWeights?: boolean;
  readonly tags?: readonly string[];
  readonly excludeTags?: readonly string[];
  readonly target?: Targets;
  readonly seed?: number;
  // Workers, losses and storage.
  readonly workers?: number | "auto";
  readonly processes?: number | "auto";
  readonly stopTimeout?: string;
  readonly engine?: "own" | "undici";
  readonly workerTimeout?: string;
  readonly onWorkerLoss?: "rebalance" | "continue" | "continue-any" | "fail";
  readonly onWorkerStrain?: "invalid" | "warn" | "ignore";
  readonly minWorkers?: number;
  readonly orphanTimeout?: string;
  readonly stallLimit?: string;
  readonly dataDir?: string;
  readonly store?: boolean;
  readonly resume?: string;
  readonly loglevel?: "trace" | "debug" | "info" | "warn" | "error" | "silent";
  // Output files.
  readonly html?: string;
  readonly json?: string;
  readonly csv?: string;
  readonly csvRaw?: boolean;
  readonly junit?: string;
  readonly markdown?: string;
  readonly hlog?: string;
  readonly hgrm?: string;
  readonly stream?: string;
  readonly requestLog?: string;
  readonly requestLogSample?: number;
  // Receivers of metrics and messages. Keep credentials in variables: this file may be under version control.
  /** The address where Prometheus reads the metrics; `true` is 127.0.0.1:9464. */
  readonly prometheus?: true | string;
  readonly prometheusLinger?: string;
  readonly prometheusRemoteWrite?: string;
  readonly prometheusRemoteWriteHeader?: Readonly<Record<string, string>>;
  readonly otlp?: string;
  readonly otlpHeader?: Readonly<Record<string, string>>;
  readonly metricsInterval?: string;
  readonly webhook?: string | readonly string[];
  readonly webhookFormat?: "auto" | "json" | "slack";
  // The web page.
  readonly ui?: boolean;
  readonly autostart?: boolean;
  readonly autoquit?: string;
  readonly headless?: boolean;
  readonly webHost?: string;
  readonly webPort?: number;
  readonly webTlsCert?: string;
  readonly webTlsKey?: string;
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
  readonly tokenFile?: string;
  readonly tlsCa?: string;
}

/**
 * Checks the types of the settings of a project. `muster.config.ts` has them as its default export; muster reads this file
 * from the working directory.
 */
export function defineConfig(config: MusterConfig): MusterConfig {
  return config;
}
