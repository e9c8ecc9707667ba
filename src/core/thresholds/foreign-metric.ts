/** Names of metrics in other tools, and what to write for them in muster. */
const advice: readonly (readonly [name: RegExp, advice: string])[] = [
  // k6
  [/^vus_max$/, 'use users, as users: "max>=100"'],
  [/^ws_connecting$/, 'use response_time of the connect, as "response_time{name:connect /chat}": "p(95)<500"'],
  [/^ws_session_duration$/, 'use response_time of the session, as "response_time{name:session /chat}": "p(95)<60000"'],
  [/^ws_sessions$/, 'use requests of the connect, as "requests{name:connect /chat}": "count>100"'],
  [/^ws_ping$/, 'use response_time of the ping, as "response_time{name:ping /chat}": "p(95)<100"'],
  [/^grpc_/, 'use response_time of the call, as "response_time{name:shop.v1.Orders/Get}": "p(95)<200"'],
  [/^(browser|webvital)s?_/, "muster measures HTTP requests; record it with a trend() or counter() of the test"],
  [/^sse_events?$/, 'use stream_events, as stream_events: "count>100"'],
  [/^(ttft|(time_?to_?)?first_?(token|chunk|event)s?(_time)?)$/i, 'use first_event, as first_event: "p(95)<800"'],
  [/^(itl|tpot|inter_?token_?latency|event_?gaps?)$/i, 'use event_gap, as event_gap: "p(95)<200"'],
  // Artillery
  [/^http\.(response_time|request_rate|requests|responses|downloaded_bytes|codes)(?!\w)|^vusers\.|^errors\./, ""],
  [/^(ttfb|time_?to_?first_?byte|first_?byte)$/i, 'use waiting_time, as waiting_time: "p(95)<500"'],
  // Locust, Gatling, Taurus
  [/^(global|details)\.?response_?time(?!\w)/i, 'use response_time, as response_time: "p(95)<500"'],
  [
    /^(global\.?|details\.?)?(success(ful)?|ok)_?(requests?|rate|ratio|percent)?(?!\w)/i,
    'use failures, as failures: "rate<0.01"',
  ],
  [/^(global\.?|details\.?)?(failed|ko)_?requests?(?!\w)/i, 'use failures, as failures: "count<5"'],
  [
    /^(fail_?ratio|error_?rate|errors?|fail(ure)?s?_?(ratio|rate|percent)|num_failures)$/i,
    'use failures, as failures: "rate<0.01"',
  ],
  [
    /^(total_|current_)?(rps|tps|qps|reqs_per_sec|requests_?per_?sec(ond)?|throughput)$/i,
    'use requests, as requests: "rate>100"',
  ],
  [/^(num_requests|request_count|hits)$/i, 'use requests, as requests: "count>100"'],
  [
    /^(avg|average|mean|median|min|max)(imum)?[_-]?(response_?time|rt|latency|duration)$/i,
    'use response_time, as response_time: "avg<200"',
  ],
  [
    /^(get_|current_)?response_?time_?percentile|^(response_?time|latency|duration|rt)$/i,
    'use response_time, as response_time: "p(95)<500"',
  ],
  [/^(user_?count|concurrency|concurrent_?users|num_users|active_?users)$/i, 'use users, as users: "max>=100"'],
];

/** Returns what to write instead of a metric of another tool; undefined for an unknown name. */
export function adviceOnMetric(name: string): string | undefined {
  const percentile = /^p[_(]?(\d+(?:\.\d+)?)\)?$/i.exec(name)?.[1];
  if (percentile !== undefined) return `use response_time, as response_time: "p(${percentile})<500"`;
  for (const [pattern, text] of advice) if (pattern.test(name)) return text === "" ? adviceOnArtillery(name) : text;
  return undefined;
}

function adviceOnArtillery(name: string): string {
  const [family = "", what = "", detail = ""] = name.split(".");
  if (family === "errors") return 'use failures, as failures: "count<5"';
  if (what === "session_length")
    return `use iteration_duration, as iteration_duration: "${aggregationOf(detail)}<5000"`;
  if (family === "vusers")
    return what === "failed"
      ? 'use failed_iterations, as failed_iterations: "count<5"'
      : 'use iterations, as iterations: "count>100"';
  if (what === "codes")
    return `use requests{status:${detail || "200"}}, as "requests{status:${detail || "200"}}": "count<5"`;
  if (what === "response_time") return `use response_time, as response_time: "${aggregationOf(detail)}<500"`;
  if (what === "downloaded_bytes") return 'use bytes_in, as bytes_in: "count<1000000"';
  return `use requests, as requests: "${what === "request_rate" ? "rate" : "count"}>100"`;
}

/** Translates Artillery's aggregations: `p95`, `mean`, `median`. */
function aggregationOf(detail: string): string {
  const percentile = /^p(\d+)$/.exec(detail)?.[1];
  if (percentile !== undefined) return `p(${percentile === "999" ? "99.9" : percentile})`;
  return { mean: "avg", median: "med", min: "min", max: "max" }[detail] ?? "p(95)";
}
