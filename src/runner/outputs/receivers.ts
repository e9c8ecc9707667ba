import type { Logger } from "pino";
import { resourceAttributes } from "../delivery/otlp-resource.ts";
import { otlpTarget } from "../delivery/otlp-target.ts";
import { headersIn, keepReceiverSecrets, keepWebhookSecrets, receiverOf, userAgent } from "../delivery/receiver.ts";
import { otlpRequests } from "../metrics/otlp-request.ts";
import { PrometheusEndpoint } from "../metrics/prometheus-endpoint.ts";
import { remoteWriteHeaders, remoteWriteRequests } from "../metrics/remote-write-request.ts";
import type { ReceiverOptions } from "../run-options.ts";
import { PrometheusOutput } from "./prometheus-output.ts";
import { PushOutput } from "./push-output.ts";
import type { RunOutput } from "./run-output.ts";
import { SpansOutput } from "./spans-output.ts";
import { WebhookOutput } from "./webhook-output.ts";

const defaultIntervalMs = 5_000;

/** The receivers of the metrics of the runs of this process, and of messages about them. */
export class Receivers implements Disposable {
  readonly #options: ReceiverOptions;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #log: Logger;
  readonly #endpoint: PrometheusEndpoint | null;

  private constructor(options: ReceiverOptions, environment: NodeJS.ProcessEnv, log: Logger) {
    this.#options = options;
    this.#environment = environment;
    this.#log = log;
    this.#endpoint = options.prometheus === undefined ? null : new PrometheusEndpoint(options.prometheus);
  }

  /**
   * Opens the receivers.
   * @throws ConfigurationError when the address for Prometheus cannot be used, or a variable of OpenTelemetry is not valid
   */
  static async open(options: ReceiverOptions, environment: NodeJS.ProcessEnv, log: Logger): Promise<Receivers> {
    const receivers = new Receivers(options, environment, log);
    receivers.#keepSecrets();
    if (options.otlp !== undefined) receivers.#otlpTarget();
    const url = await receivers.#endpoint?.listen();
    if (url !== undefined) log.info(`Prometheus can read the metrics at ${url}`);
    return receivers;
  }

  /** Creates the outputs of one run. */
  createOutputs(): RunOutput[] {
    const log = this.#log;
    const { otlp, prometheusRemoteWrite, webhook = [], webhookFormat = "auto" } = this.#options;
    return [
      ...(this.#endpoint === null ? [] : [new PrometheusOutput(this.#endpoint)]),
      ...(otlp === undefined ? [] : [this.#otlpOutput(), new SpansOutput(this.#options, this.#environment, log)]),
      ...(prometheusRemoteWrite === undefined ? [] : [this.#remoteWriteOutput(prometheusRemoteWrite)]),
      ...webhook.map((url) => new WebhookOutput(url, webhookFormat, log)),
    ];
  }

  /** Waits until Prometheus has read the final values of the run, for as long as the options say. */
  async finalScrape(): Promise<void> {
    const { prometheusLinger: lingerMs = 0 } = this.#options;
    if (this.#endpoint === null || lingerMs === 0) return;
    this.#log.info(
      `waiting for Prometheus to read the final metrics, up to ${lingerMs / 1_000} s; Ctrl-C ends the wait`,
    );
    await this.#endpoint.finalScrape(lingerMs);
  }

  [Symbol.dispose](): void {
    this.#endpoint?.close();
  }

  #otlpOutput(): PushOutput {
    const environment = this.#environment;
    return new PushOutput({
      target: this.#otlpTarget(),
      encode: (families, run, times) => otlpRequests(families, run, times, environment),
      intervalMs: this.#options.metricsInterval ?? defaultIntervalMs,
      log: this.#log,
    });
  }

  #otlpTarget() {
    return otlpTarget("metrics", this.#options, this.#environment);
  }

  #remoteWriteOutput(text: string): PushOutput {
    const { url, name, authorization } = receiverOf("--prometheus-remote-write", text);
    const { prometheusRemoteWriteHeader: given = {}, metricsInterval: intervalMs = defaultIntervalMs } = this.#options;
    return new PushOutput({
      target: {
        name,
        url: url.href,
        headers: { "user-agent": userAgent, ...authorization, ...given, ...remoteWriteHeaders },
        // The specification of remote write requires senders to retry all 5xx.
        isRetryable: (status) => status === 429 || status >= 500,
      },
      encode: (families, { runId }, { readMs }) => remoteWriteRequests(families, { run: runId }, readMs),
      intervalMs,
      log: this.#log,
    });
  }

  /**
   * Declares the secrets of the options. Called before anything is logged or stored, because the command of a run is a part of
   * its result.
   */
  #keepSecrets(): void {
    const {
      otlp,
      otlpHeader = {},
      prometheusRemoteWrite,
      prometheusRemoteWriteHeader = {},
      webhook = [],
    } = this.#options;
    const environment = this.#environment;
    keepReceiverSecrets(otlp, otlpHeader);
    keepReceiverSecrets(prometheusRemoteWrite, prometheusRemoteWriteHeader);
    for (const url of webhook) {
      keepWebhookSecrets(url);
      keepReceiverSecrets(url, {});
    }
    if (otlp === undefined) return;
    for (const signal of ["", "_METRICS", "_TRACES"]) {
      keepReceiverSecrets(undefined, headersIn(environment, `OTEL_EXPORTER_OTLP${signal}_HEADERS`));
    }
    // Only to detect now if the variable is not valid.
    resourceAttributes({ runId: "", testName: "", profile: "", host: "" }, environment);
  }
}
