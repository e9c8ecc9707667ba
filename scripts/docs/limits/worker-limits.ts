import { type Limit, limit, otherRow } from "./limit.ts";

const handshakes = "master/workers/handshakes.ts";
const messages = "protocol/worker-messages.ts";
const socket = "master/workers/worker-socket.ts";
const bounds = "master/record/report-bounds.ts";
const names = "stats/name-cap.ts";
const items = "protocol/report-limits.ts";
const rows = "protocol/request-rows.ts";

const refusedMessage = "the message is refused, and the worker is lost";
const refusedReport = "the report is refused, and the worker is lost (`bad-report`)";
const oneRow = "further ones are counted together under `(other)`";

/** What the master takes of its connections and of the messages of workers. */
export const connectionLimits: readonly Limit[] = [
  limit("requests in a message for the request log", rows, "mostRows", "", refusedMessage),
  limit("a URL in the request log", rows, "longestUrl", "characters", "it is cut"),
  limit("a message of a failure in the request log", rows, "longestError", "characters", "it is cut"),
  limit("the path of a group in the request log", rows, "longestGroup", "characters", "it is cut"),
  limit(
    "what arrives before the token is proven",
    "protocol/authentication.ts",
    "mostBytesBeforeProof",
    "bytes",
    "the connection is closed",
  ),
  limit(
    "the time for a handshake",
    "protocol/authentication.ts",
    "handshakeTimeoutMs",
    "ms",
    "the connection is closed",
  ),
  limit("handshakes at a time", handshakes, "mostPending", "", "the oldest of an address without a worker is dropped"),
  limit("handshakes of one address at a time", handshakes, "mostPendingOfAddress", "", "the oldest is dropped"),
  limit(
    "refusals of one address in 10 s",
    handshakes,
    "mostRefusals",
    "",
    "its further connections are dropped until the 10 s are over",
  ),
  limit("addresses that are remembered", handshakes, "mostAddresses", "", "the oldest is forgotten"),
  limit(
    "log lines about refused connections in 10 s",
    "master/workers/refusal-log.ts",
    "mostLines",
    "",
    "further ones are counted",
  ),
  limit("detail of such a line", "master/workers/refusal-log.ts", "longestDetail", "characters", "it is cut"),
  limit(
    "what arrives between the proofs and the hellos of all connections",
    "master/workers/hello-budget.ts",
    "mostHelloBytes",
    "bytes",
    "the connection is closed",
  ),
  limit(
    "processes that count their permits for `maxRequests`",
    "master/shared/permit-tallies.ts",
    "mostConnections",
    "",
    "further ones count for themselves",
  ),
  limit("one message", "protocol/channel.ts", "maxPayloadBytes", "bytes", "the connection is closed with code 4002"),
  limit("one report", "master/workers/worker-server.ts", "maxReportBytes", "bytes", "the connection is closed"),
  limit("nesting of a value", "core/size-limits.ts", "deepestValue", "levels", "the message is refused"),
  limit(
    "what waits to be sent to one worker",
    socket,
    "mostUnsentBytes",
    "bytes",
    "what it asks for meanwhile is not answered: the code and the files of the test, and the time",
  ),
  limit(
    "what waits to be sent to one worker beside the code",
    socket,
    "mostUnreadBytes",
    "bytes",
    "the connection is closed; the worker may connect again",
  ),
  limit(
    "silence of a worker that waits for a run",
    "master/workers/idle-workers.ts",
    "longestSilenceMs",
    "ms",
    "the connection is closed",
  ),
  limit(
    "log lines of a worker in a second",
    "master/workers/connected-worker.ts",
    "mostLogLinesPerSecond",
    "",
    "further ones are dropped",
  ),
  limit(
    "open requests of a worker to the master",
    messages,
    "mostUnansweredRequests",
    "",
    "the next one throws in the test",
  ),
  limit("one request of a worker to the master", messages, "mostRequestLength", "characters", "it throws in the test"),
  limit(
    "open requests of a worker together",
    "master/shared/worker-requests.ts",
    "mostHeldLength",
    "characters",
    "the next one throws in the test",
  ),
  limit("error of a worker", messages, "longestErrorText", "characters", "it is cut"),
  limit("a time in a message, in ms", messages, "longestMs", "", refusedMessage),
  limit("requests of `setup` or `teardown` to one endpoint", messages, "mostLifecycleRequests", "", refusedMessage),
  limit("endpoints of `setup` or `teardown`", messages, "mostLifecycleEndpoints", "", refusedMessage),
  limit("name of such an endpoint", messages, "longestEndpointName", "characters", refusedMessage),
  limit("values in queues", "master/shared/queue-requests.ts", "mostItems", "", "`put` throws in the test"),
  limit(
    "values of a queue together",
    "master/shared/queue-requests.ts",
    "mostLength",
    "characters",
    "`put` throws in the test",
  ),
];

/** What one report can say, and what of all reports a run counts separately. */
export const reportLimits: readonly Limit[] = [
  limit("endpoints of a run", names, "mostOfRun.endpoints", "", otherRow),
  limit("checks of a run", names, "mostOfRun.checks", "", otherRow),
  limit("groups of a run", names, "mostOfRun.groups", "", otherRow),
  limit("endpoints that one worker brings into a run", names, "mostOfWorker.endpoints", "", otherRow),
  limit("checks that one worker brings into a run", names, "mostOfWorker.checks", "", otherRow),
  limit("groups that one worker brings into a run", names, "mostOfWorker.groups", "", otherRow),
  limit("methods of a run", names, "mostMethods", "", oneRow),
  limit("user classes that the test does not have", names, "mostClasses", "", `${oneRow}, with a warning`),
  limit("metrics that the test does not have", names, "mostMetrics", "", `${oneRow}, with a warning`),
  limit("parts that no threshold selects", names, "mostSlices", "", `${oneRow}, with a warning`),
  limit("distinct errors of a run", "stats/error-totals.ts", "maxErrors", "", "further ones are counted by kind"),
  limit("tasks of a run", "stats/task-counters.ts", "maxTasksOfRun", "", oneRow),
  limit("user classes of a report", items, "mostItems.classes", "", refusedReport),
  limit("tasks of a class in a report", items, "mostItems.tasks", "", refusedReport),
  limit("endpoints of a report whose requests were not awaited", items, "mostItems.unawaited", "", refusedReport),
  limit("parts of scenarios in a report", items, "mostItems.scenarios", "", refusedReport),
  limit("endpoints of a report", items, "mostItems.endpoints", "", refusedReport),
  limit("checks of a report", items, "mostItems.checks", "", refusedReport),
  limit("metrics of a report", items, "mostItems.metrics", "", refusedReport),
  limit("groups, streams, trends and selected parts of a report", items, "mostItems.series", "", refusedReport),
  limit("errors of a report", items, "mostItems.errors", "", refusedReport),
  limit("failed requests of an error in a report", items, "mostItems.samples", "", refusedReport),
  limit("slowest requests of a report", items, "mostItems.slowest", "", refusedReport),
  limit("phases of a request in a report", items, "mostItems.phases", "", refusedReport),
  limit("kinds of failures of an endpoint in a report", items, "mostItems.failureKinds", "", refusedReport),
  limit("a name in a report", items, "longestNameBytes", "bytes", refusedReport),
  limit("the name of a part that a threshold selects", items, "longestKeyBytes", "bytes", refusedReport),
  limit("a text in a report", items, "longestTextBytes", "bytes", refusedReport),
  limit("requests, checks and iterations in a second", bounds, "mostCountsPerSecond", "", refusedReport),
  limit("bytes in a second", bounds, "mostBytesPerSecond", "", refusedReport),
  limit("users", bounds, "mostUsers", "", refusedReport),
  limit("a counter in one report", bounds, "largestSum", "", refusedReport),
  limit("a measured time beyond the time of the run", bounds, "timeMarginMs", "ms", refusedReport),
  limit("memory of a worker", bounds, "mostMemoryBytes", "bytes", refusedReport),
  limit("cores that a worker uses", bounds, "mostCores", "", refusedReport),
  limit("open sockets or files of a worker", bounds, "mostOpenFiles", "", refusedReport),
];
