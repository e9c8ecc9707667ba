import { formatDuration } from "../../core/duration.ts";
import { count, milliseconds, percent, perSecondText } from "../../report/numbers.ts";
import type { Notification, NotifiedResult } from "./notification.ts";

/** The maximum length of each text, in characters. */
const longestText = 500;
/**
 * The maximum length of a section that Slack accepts, in characters.
 * Source: https://docs.slack.dev/reference/block-kit/blocks/section-block
 */
const longestSection = 3_000;

const marks: Readonly<Record<Notification["event"] | NotifiedResult["verdict"], string>> = {
  start: ":arrow_forward:",
  threshold: ":warning:",
  "worker-lost": ":warning:",
  end: ":checkered_flag:",
  passed: ":white_check_mark:",
  failed: ":x:",
  invalid: ":grey_question:",
  aborted: ":octagonal_sign:",
};

/** A message for an incoming webhook of Slack. Mattermost and Rocket.Chat accept this format, too. */
export interface SlackMessage {
  /** The text for notifications, and for receivers that do not support blocks. */
  readonly text: string;
  readonly blocks: readonly {
    readonly type: "section";
    readonly text: { readonly type: "mrkdwn"; readonly text: string };
  }[];
}

/** Writes a notification in Slack's format. Source: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export function slackMessage({ event, run, text, result }: Notification): SlackMessage {
  const mark = marks[result?.verdict ?? event];
  const head = `${mark} *${escaped(run.test)}* (${escaped(run.profile)}): ${escaped(text)}`;
  const lines = [head, ...(result === undefined ? [`against ${escaped(run.host)}`] : resultLines(result))];
  return {
    text: head,
    blocks: [{ type: "section", text: { type: "mrkdwn", text: cut(lines.join("\n"), longestSection) } }],
  };
}

function resultLines(result: NotifiedResult): string[] {
  const { requests, failures, requestsPerSecond, p95Ms, durationMs, peakUsers, workers } = result;
  const share = requests === 0 ? "" : ` (${percent(failures / requests)})`;
  return [
    `${count(requests)} requests, ${count(failures)} failed${share}, ${perSecondText(requestsPerSecond)}/s, p95 ${milliseconds(p95Ms)} ms`,
    `${formatDuration(Math.round(durationMs / 1_000) * 1_000)}, ${count(peakUsers)} users, ${count(workers)} ${workers === 1 ? "worker" : "workers"}`,
    ...result.failedThresholds.map(({ metric, expression }) => `• failed: ${escaped(`${metric}: ${expression}`)}`),
  ];
}

/**
 * Escapes Slack's control characters, and removes the marks of its formatting.
 * Source: https://docs.slack.dev/messaging/formatting-message-text
 */
function escaped(text: string): string {
  return cut(text, longestText)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[*`~\n]/g, " ");
}

/** Cuts a text to a length, without leaving half of an entity such as "&lt;". */
function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/&[a-z]*$/, "")}…`;
}
