import type { Logger } from "pino";
import { hasMeasuredFailure } from "../../analysis/verdict.ts";
import { hideSecretsIn } from "../../core/redaction/known-secrets.ts";
import type { RunEvent } from "../../core/run.ts";
import { describeThreshold } from "../../core/thresholds/describe.ts";
import type { Threshold } from "../../core/thresholds/threshold.ts";
import { DeliveryQueue } from "../delivery/delivery-queue.ts";
import { receiverOf, userAgent } from "../delivery/receiver.ts";
import { type Notification, notificationOf, type WebhookFormat } from "../notifications/notification.ts";
import { slackMessage } from "../notifications/slack-message.ts";
import type { ReportSource, RunOutput, StartedRun } from "./run-output.ts";

/** The number of windows in a row, of 1 s each, for which a threshold must fail before it counts as crossed: the first figures vary. */
const crossedAfterWindows = 5;
/** Messages about one run, without those of its start and its end. */
const mostMessages = 50;

/** `--webhook`: posts messages about a run's start, thresholds that cross their limits, lost workers and its end. */
export class WebhookOutput implements RunOutput {
  readonly name: string;
  readonly #queue: DeliveryQueue;
  readonly #isSlack: boolean;
  #run: StartedRun | null = null;
  #hasStarted = false;
  /** The number of remaining events from before a run was resumed. They are passed again, and ignored. */
  #oldEvents = 0;
  #messages = 0;
  /** The number of windows in a row for which each threshold has failed. */
  readonly #failing = new Map<Threshold, number>();

  /** @param url the address; its path may be a secret, and is never shown. Nor are answers of the receiver, which may quote it */
  constructor(url: string, format: WebhookFormat, log: Logger) {
    const { url: target, authorization } = receiverOf("--webhook", url);
    this.name = `--webhook ${target.origin}`;
    this.#isSlack = format === "slack" || (format === "auto" && target.hostname === "hooks.slack.com");
    const headers = { "user-agent": userAgent, ...authorization, "content-type": "application/json" };
    const isRetryable = (status: number) => status === 429 || status >= 500;
    this.#queue = new DeliveryQueue(
      { name: this.name, url: target.href, headers, isRetryable, isQuotable: false },
      log,
    );
  }

  begin(run: StartedRun): void {
    this.#run = run;
    this.#oldEvents = run.definition.restored?.events.length ?? 0;
  }

  window(): void {
    this.#noteStart();
    if (this.#run === null) return;
    const { definition, master } = this.#run;
    // A search exceeds thresholds on purpose.
    if (definition.resolved.search !== null) return;
    for (const threshold of definition.resolved.thresholds) {
      const before = this.#failing.get(threshold) ?? 0;
      // One message about each threshold is enough.
      if (before === crossedAfterWindows || isYetToCome(threshold)) continue;
      const outcome = master.collector.spans.current(threshold);
      const windows = hasMeasuredFailure(outcome) ? before + 1 : 0;
      this.#failing.set(threshold, windows);
      if (windows === crossedAfterWindows) this.#tell("threshold", `so far, ${describeThreshold(threshold, outcome)}`);
    }
  }

  event({ kind, text }: RunEvent): void {
    if (this.#oldEvents-- > 0) return;
    this.#noteStart();
    if (kind === "worker-lost") this.#tell("worker-lost", text);
    if (kind === "threshold-breached") this.#tell("threshold", `${text}: the load was ended`);
  }

  async settle({ result }: ReportSource): Promise<readonly string[]> {
    this.#noteStart();
    const { verdict, reasons } = result;
    const text = [
      `the run ${verdict === "aborted" ? "was aborted" : `has ${endings[verdict]}`}`,
      ...reasons.slice(0, 1),
    ].join(": ");
    this.#send("end", text, result);
    const undelivered = await this.#queue.drain();
    return undelivered === null ? [] : [undelivered];
  }

  close(): void {
    this.#queue.close();
  }

  #noteStart(): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    const isResumed = (this.#run?.definition.restored ?? null) !== null;
    this.#send("start", isResumed ? "the run was resumed" : "the run has started");
  }

  #tell(event: Notification["event"], text: string): void {
    if (this.#messages++ < mostMessages) this.#send(event, text);
  }

  #send(event: Notification["event"], text: string, result: ReportSource["result"] | null = null): void {
    if (this.#run === null) return;
    const { definition, master } = this.#run;
    const { runId: id, testName: test, resolved } = definition;
    const run = { id, test, profile: resolved.profile, host: resolved.host };
    const notification = hideSecretsIn(notificationOf(run, event, master.elapsedMs, text, result));
    const message = this.#isSlack ? slackMessage(notification) : notification;
    this.#queue.add(new TextEncoder().encode(JSON.stringify(message)), event === "end");
  }
}

const endings = { passed: "passed", failed: "failed", invalid: "ended, but it is invalid" } as const;

/**
 * Whether a threshold, such as `count>=100`, normally fails until enough has been counted, so that failing does not mean that
 * it has crossed its limit.
 */
function isYetToCome({ expression: { aggregation, operator } }: Threshold): boolean {
  return aggregation.kind === "count" && !operator.startsWith("<");
}
