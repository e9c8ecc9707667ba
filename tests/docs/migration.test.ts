import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { root, tableRows } from "./markdown.ts";

/** Which test shows what a row of "Every construct" says. The first that matches the cell decides. */
const shownBy: readonly (readonly [cell: RegExp, test: string])[] = [
  [/name:connect \/chat/, "tests/core/thresholds/foreign-metric.test.ts"],
  [/vu\.websocket|onMessage|socket\.ask|messages_out/, "tests/worker/websocket/websocket.test.ts"],
  [/client\.stream\(/, "tests/worker/grpc/streams.test.ts"],
  [/grpcClient|`deadline`|=== "OK"/, "tests/worker/grpc/unary.test.ts"],
  [/vu\.measure/, "tests/worker/measure/measures.test.ts"],
  [/HTTP_PROXY/, "tests/worker/http/proxy-settings.test.ts"],
  [/NO_COLOR/, "tests/report/text/terminal-summary.test.ts"],
  [/muster init/, "tests/e2e/first-steps.test.ts"],
  [/muster --version/, "tests/docs/commands.test.ts"],
  [/^class names after/, "tests/e2e/bad-flags.test.ts"],
  [/^`-L error/, "tests/e2e/bad-flags.test.ts"],
  [/muster worker/, "tests/e2e/distributed.test.ts"],
  [/`queue\(/, "tests/master/shared/queue-requests.test.ts"],
  [/import (?:photo|rows|a) from/, "tests/scenario/bundle/imported-files.test.ts"],
  [/`import /, "tests/scenario/bundle/bundle.test.ts"],
  [/^`tags` of a request|`tags: /, "tests/worker/http/request/request-options.test.ts"],
  [/graphql\(/, "tests/worker/http/graphql.test.ts"],
  [/vu\.group/, "tests/worker/user/groups.test.ts"],
  [/vu\.(?:leave|stop|stopRun)\(/, "tests/worker/user/flows.test.ts"],
  [/`data\(/, "tests/e2e/data.test.ts"],
  [/onRunEnd|onRunStart|onWorkerStart|onWorkerStop/, "tests/e2e/run-hooks.test.ts"],
  [/--local-address/, "tests/e2e/machine-limits.test.ts"],
  [/afterResponse|beforeRequest/, "tests/worker/http/course/hooks.test.ts"],
  [/session: |connections: /, "tests/worker/http/course/sessions.test.ts"],
  [/cookies/, "tests/worker/http/cookies.test.ts"],
  [/`retries: /, "tests/worker/http/course/retries.test.ts"],
  [/connectTo|`resolve`/, "tests/worker/http/network/connect-to.test.ts"],
  [/`tls: /, "tests/worker/http/network/tls.test.ts"],
  [/basicAuth/, "tests/worker/http/course/authentication.test.ts"],
  [/muster-load\/aws/, "tests/worker/http/course/sigv4.test.ts"],
  [/--trace-sample/, "tests/e2e/traces.test.ts"],
  [/multipart/, "tests/worker/http/request/multipart.test.ts"],
  [/stream: true/, "tests/worker/http/stream/streams.test.ts"],
  [/timeout: /, "tests/worker/http/timeouts.test.ts"],
  [/maxRedirects/, "tests/worker/http/response/redirects.test.ts"],
  [/^`shape\(|return \{ users|return null|statistics\.users|in seconds/, "tests/e2e/loads.test.ts"],
  [/(?:closed|open|iterations)\(/, "tests/e2e/fixtures/loads.ts"],
  [/pause: |^`(?:between|constant|pacing|throughput)\(/, "tests/worker/user/pause.test.ts"],
  [/checks/, "tests/master/record/collector.test.ts"],
  [/expect|vu\.check/, "tests/worker/http/expectations.test.ts"],
  [/vu\.http\.headers|headers: |`host`/, "tests/worker/http/requests.test.ts"],
  [/vu\.http\.|there is one client|Promise\.all|response\./, "tests/worker/http/requests.test.ts"],
  [/vu\.index/, "tests/worker/user/running-user.test.ts"],
  [/vu\.sleep|vu\.random|--seed/, "tests/worker/user/running-user.test.ts"],
  [/`teardown`|`setup`/, "tests/e2e/test-code.test.ts"],
  [/vu\.scenario/, "tests/e2e/loads.test.ts"],
  [/env\(/, "tests/scenario/bundle/environment.test.ts"],
  [/after: "ramp"/, "tests/analysis/threshold-spans.test.ts"],
  [/muster try/, "tests/e2e/try.test.ts"],
  [/muster plan/, "tests/e2e/plan.test.ts"],
  [/--csv|--html|--json|--junit/, "tests/e2e/report-files.test.ts"],
  [/2> FILE/, "tests/e2e/standard-streams.test.ts"],
  [/muster\.config\.ts/, "tests/e2e/config-file.test.ts"],
  [/^`profiles`/, "tests/e2e/fixtures/loads.ts"],
  [/--ui|the page/, "tests/e2e/live-page.test.ts"],
  [/counter|trend/, "tests/stats/scalar-metric.test.ts"],
  [/waiting_time/, "tests/worker/user/slices.test.ts"],
  [/are not kept/, "tests/worker/http/unread-bodies.test.ts"],
  [/code at the top level/, "tests/scenario/bundle/load-bundle.test.ts"],
  [/defineUser|tasks: /, "tests/e2e/test-file.test.ts"],
];
/** What is JavaScript's own, and needs no test of muster. */
const javaScript =
  /npm package|`node:|`Buffer`|setTimeout|throw new Error|^`return`|\.exec\(text\)|^the same, without an import|crypto\.randomUUID/;

/** What the guides must name. */
const constructs = {
  locust: `HttpUser FastHttpUser SequentialTaskSet MarkovTaskSet LoadTestShape between constant constant_pacing constant_throughput
    init_command_line_parser init test_start test_stop test_stopping spawning_complete request user_error report_to_master worker_report
    worker_connect quitting quit heartbeat_sent heartbeat_received usage_monitor cpu_warning reset_stats --headless --processes --tags
    --expect-workers --stop-timeout --autostart --autoquit --csv --html --json --loglevel --reset-stats --class-picker --equal-weights
    --enable-rebalancing --exit-code-on-error --only-summary --csv-full-history --logfile --web-base-path --show-task-ratio --config
    --web-login --web-host --web-port --master-host --master-bind-port --expect-workers-max-wait --exclude-tags --print-stats --skip-log-setup
    --tls-cert --run-time --spawn-rate --profile --config-users --version --headful run_single_user rename_request request.measure
    register_message default_headers connection_timeout contrib`,
  k6: `constant-vus ramping-vus constant-arrival-rate ramping-arrival-rate shared-iterations per-vu-iterations externally-controlled
    http.batch http.file cookieJar SharedArray group tags thresholds handleSummary setup teardown gracefulStop discardResponseBodies
    insecureSkipTLSVerify tlsAuth noConnectionReuse noVUConnectionReuse hosts dns rps userAgent k6/execution k6/crypto k6/encoding k6/metrics
    k6/websockets k6/net/grpc k6/browser httpx papaparse uuidv4 randomIntBetween k6chaijs formdata
    --address batchPerHost blacklistIPs blockHostnames --compatibility-mode --config --console-output --dependency-manifest executionSegment
    exitOnRunning cloud httpDebug --include-system-env-vars linger localIPs --log-output --log-format maxRedirects minIterationDuration --no-color
    noCookiesReset noSetup noTeardown noThresholds --no-usage-report paused --profiling-enabled --quiet --out k6/secrets setupTimeout
    --show-logs stages systemTags summaryMode summaryTrendStats summaryTimeUnit teardownTimeout throw tlsCipherSuites tlsVersion
    --traces-output --verbose k6/timers k6/html k6/data k6/ws experimental/redis experimental/fs experimental/csv experimental/streams
    http.query http.url setResponseCallback expectedStatuses asyncRequest randomString papaparse SignatureV4 tempo pyroscope totp`,
} as const;

for (const tool of ["locust", "k6"] as const) {
  describe(`the guide for ${tool}`, async () => {
    const text = await readFile(`${root}docs/guide/migrating-from-${tool}.md`, "utf8");
    const section = /^## Every construct\n([\s\S]*?)^## /m.exec(text)?.[1] ?? "";

    test("names every construct", () => {
      for (const name of constructs[tool].split(/\s+/)) assert.ok(text.includes(name), name);
    });

    test("each row of every construct is shown by a test, or says why not", async () => {
      const rows = tableRows(section).filter(([, cell]) => cell !== "muster");
      assert.ok(rows.length > 40, String(rows.length));
      const wrong: string[] = [];
      for (const [construct, cell = ""] of rows) {
        if (/^not: because .{10,}|^not needed: .{10,}|^the default; /.test(cell) || javaScript.test(cell)) continue;
        const found = shownBy.find(([pattern]) => pattern.test(cell));
        if (found === undefined) {
          wrong.push(`no test for ${construct}: ${cell}`);
          continue;
        }
        // The test is about what the row names.
        const word = /\w{4,}$/.exec(found[0].exec(cell)?.[0].replace(/\W+$/, "") ?? "")?.[0] ?? "";
        const shown = await readFile(root + found[1], "utf8");
        if (!shown.toLowerCase().includes(word.toLowerCase()))
          wrong.push(`${found[1]} does not mention ${word}: ${cell}`);
      }
      assert.deepEqual(wrong, []);
    });
  });
}
