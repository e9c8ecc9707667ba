import type { Command } from "commander";
import { webhookFormats } from "../../runner/notifications/notification.ts";
import { option } from "./option.ts";
import { duration } from "./option-values.ts";
import * as value from "./receiver-values.ts";

/** Adds the options for the receivers of a run's metrics, and of messages about the run. */
export function addReceiverOptions(command: Command): Command {
  return command
    .addOption(
      option(
        "--prometheus [address]",
        "serve metrics for Prometheus at http://ADDRESS/metrics; without an address, 127.0.0.1:9464",
      )
        .argParser(value.prometheusAddress)
        .preset("127.0.0.1:9464"),
    )
    .addOption(
      option(
        "--prometheus-linger <duration>",
        "how long the process waits after a run until Prometheus has read the final values",
      )
        .argParser(duration)
        .default(30_000, "30s"),
    )
    .addOption(
      option("--prometheus-remote-write <url>", "send the metrics to a receiver of Prometheus' remote write").argParser(
        value.receiverUrl,
      ),
    )
    .addOption(
      option("--prometheus-remote-write-header <name=value>", "a header of these requests; repeatable").argParser(
        value.headers,
      ),
    )
    .addOption(
      option("--otlp <url>", "send the metrics by OTLP over HTTP, e.g. to http://127.0.0.1:4318").argParser(
        value.receiverUrl,
      ),
    )
    .addOption(
      option(
        "--otlp-header <name=value>",
        "a header of these requests, besides OTEL_EXPORTER_OTLP_HEADERS; repeatable",
      ).argParser(value.headers),
    )
    .addOption(
      option("--metrics-interval <duration>", "the time between two deliveries of metrics, 1s or more")
        .argParser(value.interval)
        .default(5_000, "5s"),
    )
    .addOption(
      option(
        "--webhook <url>",
        "post a message at the start, at the end, when a threshold crosses its limit and when a worker is lost; repeatable",
      ).argParser(value.webhooks),
    )
    .addOption(
      option("--webhook-format <name>", "json, slack, or auto: slack for hooks.slack.com, else json")
        .choices(webhookFormats)
        .default("auto"),
    );
}
