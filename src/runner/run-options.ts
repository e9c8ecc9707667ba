import type { LossPolicy, StrainPolicy } from "../core/run.ts";
import type { Targets } from "../core/thresholds/targets.ts";
import type { TlsIdentity } from "../master/workers/worker-tls.ts";
import type { EngineName } from "../protocol/master-messages.ts";
import type { ClassShareDefinition } from "../scenario/definition/define.ts";
import type { OtlpOptions } from "./delivery/otlp-target.ts";
import type { PrometheusAddress } from "./metrics/prometheus-endpoint.ts";
import type { WebhookFormat } from "./notifications/notification.ts";

/* The options of a run. A field has the name of its flag, and durations are in milliseconds; the command line parses flags into them. */

/** The load: shared by `muster run`, `muster master` and `muster plan`. An option that is left out does not override the test file. */
export interface LoadOptions {
  readonly file?: string;
  readonly users?: number;
  /** Users per second. */
  readonly spawnRate?: number;
  readonly runTime?: number;
  /** The base URL of the service. */
  readonly host?: string;
  /** Whether any certificate of the service is accepted. */
  readonly insecure?: boolean;
  /** Where connections go, by place: `{ "api.example.com:443": ["10.0.0.5:8443"] }`. */
  readonly connectTo?: Readonly<Record<string, string[]>>;
  /** Hosts that may receive load besides the hosts that the test names, in the form of its `allowedHosts`. */
  readonly allowHost?: readonly string[];
  /** Whether `host` comes from a request of the web API, which is no permission to send load to it. No flag sets it. */
  readonly isHostRequested?: boolean;
  readonly profile?: string;
  /** Iterations per second; makes the load an open one. */
  readonly rate?: number;
  /** The maximum number of requests of the users of all workers, in total and in any second. */
  readonly maxRequests?: number;
  readonly maxRequestsPerSecond?: number;
  /** The share of requests whose `traceparent` says that they are sampled: 0 to 1. */
  readonly traceSample?: number;
  /** The maximum duration of the load, in ms. */
  readonly maxDuration?: number;
  /** The cost of each request, and the maximum cost of all requests. */
  readonly costPerRequest?: number;
  readonly maxCost?: number;
  readonly equalWeights?: boolean;
  readonly tags?: readonly string[];
  readonly excludeTags?: readonly string[];
  readonly target?: Targets;
  /** Weights or fixed counts of user classes. No flag sets it, only the start form of the web page. */
  readonly classShares?: Readonly<Record<string, ClassShareDefinition>>;
}

/** The options of how a run is carried out: shared by `muster run` and `muster master`. */
export interface RunOptions extends LoadOptions, OutputOptions, ReceiverOptions {
  readonly engine: EngineName;
  readonly stopTimeout: number;
  readonly workerTimeout: number;
  readonly orphanTimeout: number;
  readonly stallLimit: number;
  readonly onWorkerLoss: LossPolicy;
  readonly minWorkers: number;
  readonly onWorkerStrain: StrainPolicy;
  readonly dataDir: string;
  /** False with `--no-store`. */
  readonly store: boolean;
  readonly seed?: number;
  readonly loglevel: LogLevel;
  readonly token?: string;
}

/** The formats of report files, in the order in which they are written. */
export const reportFormats = ["html", "json", "csv", "junit", "markdown", "hlog", "hgrm"] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** The report files of a run: the path to write to, by format; "-" for standard output. For `csv` it is the beginning of six paths. */
export type ReportOptions = { readonly [Format in ReportFormat]?: string };

export interface CsvOptions {
  /** Whether texts in CSV files are left unchanged, although a spreadsheet may take them for formulas; default false. */
  readonly csvRaw?: boolean;
}

/** The files of a run: report files, written at its end, and the stream, written during the run. */
export interface OutputOptions extends ReportOptions, CsvOptions {
  readonly stream?: string;
  /** The file of the request log, and the share of requests in it: 0 to 1, by default all. */
  readonly requestLog?: string;
  readonly requestLogSample?: number;
}

/** The receivers of the metrics of a run, and of messages about it, while it runs. */
export interface ReceiverOptions extends OtlpOptions {
  /** The address at which Prometheus can read the metrics. */
  readonly prometheus?: PrometheusAddress;
  /** How long the process waits after the run for Prometheus to read the final values, in ms. */
  readonly prometheusLinger?: number;
  readonly prometheusRemoteWrite?: string;
  readonly prometheusRemoteWriteHeader?: Readonly<Record<string, string>>;
  /** The time between two deliveries by OTLP and remote write, in ms. */
  readonly metricsInterval?: number;
  readonly webhook?: readonly string[];
  readonly webhookFormat?: WebhookFormat;
}

export const logLevels = ["trace", "debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** The address and the access rules of the web page, and what starts and ends its runs. */
export interface WebPlace {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** The secrets, by what each allows. A browser must know one of them; without any, everybody on this machine is admitted. */
  readonly tokens: Readonly<Record<"look" | "steer" | "start", string | null>>;
  /** The certificate of the page, and its key; null serves it without TLS. */
  readonly tls: TlsIdentity | null;
  /** Whether the first run starts without the start button. */
  readonly startsAtOnce: boolean;
  /** How long after the first run the process ends, in ms; null when only a signal ends it. */
  readonly quitAfterMs: number | null;
}
