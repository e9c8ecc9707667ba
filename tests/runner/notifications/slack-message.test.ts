import assert from "node:assert/strict";
import { test } from "node:test";
import type { Notification } from "../../../src/runner/notifications/notification.ts";
import { slackMessage } from "../../../src/runner/notifications/slack-message.ts";

const notification: Notification = {
  schema: "muster-webhook/1",
  event: "end",
  at: "2026-01-01T00:00:00.000Z",
  atMs: 60_000,
  run: { id: "r1", test: "shop.ts", profile: "standard", host: "http://shop.test" },
  text: "the run has failed: p95 of GET /a > b & c",
  result: {
    verdict: "failed",
    exitCode: 99,
    reasons: [],
    durationMs: 60_400,
    requests: 12_000,
    failures: 30,
    requestsPerSecond: 200,
    p95Ms: 512.3,
    peakUsers: 50,
    workers: 1,
    failedThresholds: [{ metric: "response_time", expression: "p(95)<500", value: 512.3 }],
  },
};

test("the end of a run is its verdict, its figures and the thresholds that failed", () => {
  const { text, blocks } = slackMessage(notification);
  assert.equal(text, ":x: *shop.ts* (standard): the run has failed: p95 of GET /a &gt; b &amp; c");
  assert.equal(
    blocks[0]?.text.text,
    [
      text,
      "12,000 requests, 30 failed (0.25 %), 200/s, p95 512 ms",
      "1m, 50 users, 1 worker",
      "• failed: response_time: p(95)&lt;500",
    ].join("\n"),
  );
});

test("a text cannot format the message, link, or call a channel", () => {
  const { result: _, ...start } = {
    ...notification,
    event: "start" as const,
    text: "<!channel> *a* `b` ~c~\n<http://x|y>",
  };
  const { blocks } = slackMessage(start);
  assert.equal(
    blocks[0]?.text.text,
    ":arrow_forward: *shop.ts* (standard): &lt;!channel&gt;  a   b   c  &lt;http://x|y&gt;\nagainst http://shop.test",
  );
});

test("a message fits into a section of Slack, however long its texts are", () => {
  const failedThresholds = Array.from({ length: 10 }, () => ({
    metric: "<".repeat(1_000),
    expression: "max<1",
    value: null,
  }));
  const { blocks } = slackMessage({
    ...notification,
    text: "&".repeat(5_000),
    result: { ...(notification.result as NonNullable<Notification["result"]>), failedThresholds },
  });
  assert.ok((blocks[0]?.text.text.length ?? 0) <= 3_000, String(blocks[0]?.text.text.length));
});
