import type { RunReport } from "../../src/report/page/model.ts";
import type { Result } from "../../src/report/result/result-schema.ts";

const longPath = "/api/v2/organisations/:organisationId/projects/:projectId/members/:memberId/permissions/effective";
const oddNames: Readonly<Record<number, string>> = {
  0: longPath,
  1: `/${"x".repeat(180)}`,
  2: "/予約/一覧/".repeat(8),
};
const longSentence =
  "worker 1 was delayed for 86 % of the run by other processes on its machine or a limit of its CPU, while its event loop was idle";

/** A report with long and unusual names, huge numbers, many thresholds, and everything that a banner can say. */
export function oddReport(report: RunReport): RunReport {
  const { result, windows, distributions, workers } = report;
  const named = <Named extends { readonly name: string }>(all: readonly Named[]): Named[] =>
    all.map((each, position) => ({ ...each, name: oddNames[position] ?? each.name }));
  const host = "https://a-very-long-host-name.staging.eu-central-1.internal.example.com:8443";
  return {
    ...report,
    result: {
      ...result,
      run: { ...result.run, test: "a-test-with-a-rather-long-name-of-a-big-company", host },
      endpoints: named(result.endpoints).map((each, position) =>
        position === 3 ? { ...each, requests: 1_234_567_890, failures: 123_456_789 } : each,
      ),
      errors: result.errors.map((error) => ({ ...error, name: longPath, message: `${longSentence} `.repeat(3) })),
      checks: [...result.checks, { name: `${longSentence}/`.replaceAll(" ", "_"), passes: 1, failures: 2 }],
      workers: result.workers.map((worker) => ({ ...worker, host: "ip-10-0-117-23.eu-central-1.compute.internal" })),
      thresholds: thresholds(),
      reasons: [
        "p99 was 92 ms (limit < 46 ms)",
        "error rate was 1.2 % (limit < 1 %)",
        `p95 of ${longPath} was 700 ms (limit < 500 ms)`,
      ],
      warnings: [
        `${longSentence}: stop other processes on its machine`,
        "3 % of the times are too short to be trusted",
      ],
      events: [
        { atMs: 60_000, kind: "users-changed", text: "users set to 20" },
        { atMs: 62_000, kind: "worker-lost", text: `worker 2 was lost: ${longSentence}` },
        { atMs: 290_000, kind: "paused", text: "the load was paused" },
      ],
    },
    windows: { ...windows, endpoints: named(windows.endpoints) },
    distributions: { ...distributions, endpoints: named(distributions.endpoints) },
    workers: workers.map((worker) => ({ ...worker, host: "ip-10-0-117-23.eu-central-1.compute.internal" })),
    findings: ["✗ drifting", `  ✗ p95 of GET ${longPath} rises 14 % per hour (25 ms), will miss its target in 3 h`],
  };
}

function thresholds(): Result["thresholds"] {
  const threshold = (metric: string, expression: string, value: number, passed: boolean) => ({
    ...{ metric, expression, value, passed },
    close: false,
  });
  return [
    { ...threshold("response_time", "p(95)<45", 41.2, true), close: true, interval: { lowMs: 39, highMs: 47 } },
    threshold("response_time", "p(99)<46", 92, false),
    threshold("response_time", "p(50)<44", 10, true),
    threshold("failures", "rate<0.01", 0.012, false),
    threshold("requests", "rate>50", 60, true),
    threshold("requests", "rate>52", 60, true),
    threshold(`response_time{name:${longPath}}`, "p(95)<500", 700, false),
    ...[4, 5, 6, 7, 8, 9].map((id) => threshold(`response_time{name:/items/${id}}`, `p(95)<${id * 15}`, 41, true)),
  ];
}
