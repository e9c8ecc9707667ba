/** A limit: a numeric constant of the code. */
export interface Limit {
  readonly what: string;
  /** Below src. */
  readonly file: string;
  readonly name: string;
  readonly unit: "bytes" | "characters" | "levels" | "ms" | "";
  readonly then: string;
}

const limit = (what: string, file: string, name: string, unit: Limit["unit"], then: string): Limit => {
  return { what, file, name, unit, then };
};

const refusedTest = "the test is refused before a run begins";
const otherRow = "further ones are counted together under `(other)`; names that thresholds select stay";

/** The limits by who meets them. Those of what a person is shown, such as the rows of a chart, are not here. */
export const limitsByActor: readonly { readonly actor: string; readonly limits: readonly Limit[] }[] = [
  {
    actor: "Workers and whoever connects to the master",
    limits: [
      limit(
        "one message",
        "protocol/channel.ts",
        "maxPayloadBytes",
        "bytes",
        "the connection is closed with code 4002",
      ),
      limit("one report", "master/workers/worker-server.ts", "maxReportBytes", "bytes", "the connection is closed"),
      limit("nesting of a value", "core/size-limits.ts", "deepestValue", "levels", "the message is refused"),
      limit(
        "what waits to be sent to one worker",
        "master/workers/worker-socket.ts",
        "mostUnsentBytes",
        "bytes",
        "further pieces of its files are not sent until it reads",
      ),
      limit(
        "open requests of a worker to the master",
        "protocol/worker-messages.ts",
        "mostUnansweredRequests",
        "",
        "the next one throws in the test",
      ),
      limit(
        "one request of a worker to the master",
        "protocol/worker-messages.ts",
        "mostRequestLength",
        "characters",
        "it throws in the test",
      ),
      limit("values in queues", "master/shared/queue-requests.ts", "mostItems", "", "`put` throws in the test"),
      limit("names of endpoints of a run", "stats/run-totals.ts", "maxEndpoints", "", otherRow),
      limit("distinct errors of a run", "stats/error-totals.ts", "maxErrors", "", "further ones are counted by kind"),
      limit("checks of a run", "stats/load-totals.ts", "maxChecks", "", otherRow),
      limit(
        "tasks of a run",
        "stats/task-counters.ts",
        "maxTasksOfRun",
        "",
        "further ones are counted together under `(other)`",
      ),
    ],
  },
  {
    actor: "Test code",
    limits: [
      limit(
        "length of a name",
        "core/size-limits.ts",
        "longestName",
        "characters",
        "names of requests and checks are cut in the middle; others are refused",
      ),
      limit("thresholds", "core/size-limits.ts", "mostThresholds", "", refusedTest),
      limit("stages of a load", "core/size-limits.ts", "mostStages", "", refusedTest),
      limit("a variable read by `env()`", "core/size-limits.ts", "longestVariable", "characters", refusedTest),
      limit("code of the bundle", "scenario/bundle/bundle.ts", "maxCodeBytes", "bytes", refusedTest),
      limit("imported data files", "scenario/bundle/data-part.ts", "maxDataBytes", "bytes", refusedTest),
      limit("imported data files", "scenario/bundle/data-part.ts", "maxDataParts", "", refusedTest),
      limit("files that users send", "scenario/files/test-files.ts", "maxFileBytes", "bytes", refusedTest),
      limit("files that users send", "scenario/files/test-files.ts", "maxFiles", "", refusedTest),
      limit(
        "certificates and keys (`secretFile`)",
        "scenario/connections/secret-files.ts",
        "mostBytes",
        "bytes",
        refusedTest,
      ),
      limit(
        "result of `setup`",
        "worker/lifecycle.ts",
        "mostSetupLength",
        "characters",
        "the run ends with exit code 107",
      ),
      limit("own metrics", "scenario/definition/own-metrics.ts", "mostMetrics", "", refusedTest),
      limit("endpoints of a worker", "stats/interval-recorder.ts", "maxEndpoints", "", otherRow),
      limit("checks of a worker", "stats/interval-recorder.ts", "maxChecks", "", otherRow),
      limit("groups of a worker", "stats/interval-recorder.ts", "maxGroups", "", otherRow),
      limit("streamed endpoints of a worker", "stats/interval-recorder.ts", "maxStreams", "", otherRow),
      limit(
        "distinct errors of a worker in a second",
        "stats/interval-recorder.ts",
        "maxErrors",
        "",
        "further ones are counted by kind",
      ),
      limit(
        "open requests of one user",
        "worker/http/too-many-requests.ts",
        "mostOpenRequests",
        "",
        "the next one throws",
      ),
      limit("printed text at a time", "runner/process/test-output.ts", "longestText", "characters", "it is cut"),
      limit("one log line to the master", "worker/log-relay.ts", "longestText", "characters", "it is cut"),
      limit("known secrets", "core/redaction/known-secrets.ts", "mostSecrets", "", "the oldest is forgotten"),
      limit(
        "shortest known secret",
        "core/redaction/known-secrets.ts",
        "shortestSecret",
        "characters",
        "a shorter one is not masked",
      ),
      limit(
        "longest known secret",
        "core/redaction/known-secrets.ts",
        "longestSecret",
        "characters",
        "a longer one is not masked",
      ),
    ],
  },
  {
    actor: "The tested service",
    limits: [
      limit(
        "head of a response",
        "worker/http/own/limits.ts",
        "maxHeadBytes",
        "bytes",
        "the request fails (`protocol`)",
      ),
      limit(
        "header lines of a response",
        "worker/http/own/limits.ts",
        "maxFieldLines",
        "",
        "the request fails (`protocol`)",
      ),
      limit(
        "extensions of a chunk",
        "worker/http/own/limits.ts",
        "maxChunkExtensionBytes",
        "bytes",
        "the request fails (`protocol`)",
      ),
      limit("trailers", "worker/http/own/limits.ts", "maxTrailerBytes", "bytes", "the request fails (`protocol`)"),
      limit(
        "responses 1xx before the response",
        "worker/http/own/limits.ts",
        "maxInformationalResponses",
        "",
        "the request fails (`protocol`)",
      ),
      limit(
        "a body that is kept",
        "worker/http/response/received-body.ts",
        "maxKeptBytes",
        "bytes",
        "reading it throws in the test; it is counted as a whole",
      ),
      limit("codings of a body", "worker/http/response/content-coding.ts", "maxCodings", "", "it stays as it came"),
      limit("one cookie", "worker/http/request/user-cookies.ts", "longestCookie", "characters", "it is ignored"),
      limit(
        "cookies of a domain",
        "worker/http/request/user-cookies.ts",
        "mostCookiesOfDomain",
        "",
        "further ones are dropped",
      ),
      limit(
        "domains with cookies of a user",
        "worker/http/request/user-cookies.ts",
        "mostDomains",
        "",
        "cookies of further ones are dropped",
      ),
      limit("message of an error", "stats/error-message.ts", "maxLength", "characters", "it is cut"),
      limit(
        "body of a failed request that is kept",
        "worker/http/trace/failed-request.ts",
        "mostBodyBytes",
        "bytes",
        "it is cut",
      ),
      limit(
        "what waits in an incoming stream",
        "worker/http/stream/response-stream.ts",
        "mostQueuedBytes",
        "bytes",
        "muster stops reading until the test reads",
      ),
      limit(
        "what waits in an outgoing WebSocket",
        "worker/websocket/measured-websocket.ts",
        "mostUnsentBytes",
        "bytes",
        "sending throws in the test",
      ),
    ],
  },
  {
    actor: "The web page",
    limits: [
      limit("body of a request", "api/app.ts", "maxBodyBytes", "bytes", "413"),
      limit(
        "sessions",
        "api/access/sessions.ts",
        "mostSessions",
        "",
        "the one that was not used for the longest time ends",
      ),
      limit("a session that is not used", "api/access/sessions.ts", "sessionIdleMs", "ms", "it ends"),
      limit("any session", "api/access/sessions.ts", "longestSessionMs", "ms", "it ends"),
      limit(
        "addresses whose wrong tokens are remembered",
        "api/access/guess-limit.ts",
        "mostAddresses",
        "",
        "the oldest is forgotten",
      ),
      limit(
        "slowed checks of tokens of one address at a time",
        "api/access/guess-limit.ts",
        "pendingOfAddress",
        "",
        "429",
      ),
      limit("slowed checks of tokens at a time", "api/access/guess-limit.ts", "pendingOfAll", "", "429"),
      limit("clients of the live stream", "api/live/live-feed.ts", "maxReaders", "", "503"),
      limit(
        "what waits for one client of the live stream",
        "api/live/live-reader.ts",
        "maxPendingBytes",
        "bytes",
        "its connection is closed; it gets what it missed when it comes back",
      ),
      limit(
        "history events of the live stream",
        "api/live/live-feed.ts",
        "maxEntries",
        "",
        "the oldest are dropped; a client that missed them is told to start anew",
      ),
      limit("reads of stored runs at a time", "api/archive/archive.ts", "maxPending", "", "503"),
      limit("one read of stored runs", "api/archive/archive.ts", "answerTimeoutMs", "ms", "503"),
      limit("log lines", "api/live/log-lines.ts", "maxLines", "", "the oldest are dropped"),
    ],
  },
  {
    actor: "Files",
    limits: [
      limit(
        "size up to which a store is checked as a whole",
        "store/store-form.ts",
        "mostCheckedBytes",
        "",
        "bytes: of a larger one, only its tables are checked",
      ),
      limit("file of HdrHistogram", "report/hdr/line-file.ts", "mostFileBytes", "bytes", "it is refused"),
      limit("line of such a file", "report/hdr/line-file.ts", "mostLineBytes", "bytes", "it is refused"),
      limit(
        "histogram of such a file, unpacked",
        "report/hdr/compressed-histogram.ts",
        "mostInflatedBytes",
        "bytes",
        "it is refused",
      ),
      limit("intervals of such a file", "report/hdr/interval-log.ts", "mostIntervals", "", "it is refused"),
      limit("rows of a data file", "scenario/data/row-file.ts", "mostRows", "", "it is refused"),
      limit(
        "what waits for the reader of `--stream`",
        "runner/outputs/stream-output.ts",
        "maxWaitingBytes",
        "",
        "bytes: the stream ends, and the run continues without it",
      ),
      limit(
        "what waits for a terminal",
        "runner/process/standard-stream.ts",
        "maxWaitingLength",
        "characters",
        "log lines are dropped and counted",
      ),
    ],
  },
];
