/** Tests that judge muster by the clock of the machine. Only `npm run test:deep` runs them, and whoever names them. */
export const timingFolder = "tests/timing";

/** Groups run one after the other; a file belongs to the innermost folder that holds it. */
export const groups: readonly { readonly folder: string; readonly filesAtOnce: number }[] = [
  // Beside the files that share processes.
  { folder: "tests", filesAtOnce: 2 },
  // They measure time, and so few run at once that they measure muster and not each other.
  { folder: timingFolder, filesAtOnce: 2 },
  // Long runs that wait most of the time, and are spoilt by those that do not.
  { folder: "tests/timing/analyses", filesAtOnce: 2 },
  // They take a whole CPU away.
  { folder: "tests/timing/alone", filesAtOnce: 1 },
];

/**
 * Files that share a process, beside the rest of their group, which saves a start of 0.25 s of CPU for each file. Their tests leave the
 * process as it was, and start no other one unless `startsOthers` is true, which tests/shared-process.test.ts checks.
 */
export const sharedProcesses: readonly SharedProcess[] = [
  {
    folders: [
      ...["tests/core", "tests/stats", "tests/protocol", "tests/analysis", "tests/report", "tests/scenario/resolve"],
      ...["tests/master", "tests/store/windows", "tests/ui/causes", "tests/ui/charts", "tests/ui/data"],
      ...["tests/ui/pictures", "tests/ui/selection"],
      ...["tests/worker/executors", "tests/worker/time", "tests/worker/user"],
      ...["tests/cli/config-fields.test.ts", "tests/cli/connection-options.test.ts", "tests/cli/terminal"],
      ...["tests/api/access/guess-limit.test.ts", "tests/api/access/sessions.test.ts", "tests/docs/limits.test.ts"],
      ...["tests/docs/load-pictures.test.ts", "tests/docs/migration.test.ts", "tests/docs/terminal-picture.test.ts"],
      ...["tests/runner/foreign-test.test.ts", "tests/runner/recorded-source.test.ts"],
      ...["tests/runner/run-stores.test.ts", "tests/store/foreign.test.ts", "tests/store/open-at-once.test.ts"],
      ...["tests/runner/run-connections.test.ts", "tests/runner/written-command.test.ts"],
      ...["tests/runner/process/exit-reason.test.ts", "tests/runner/process/test-output.test.ts"],
      ...["tests/scenario/definition/run-hooks.test.ts", "tests/store/find-run.test.ts"],
      ...["tests/worker/arriving-data.test.ts"],
      ...["tests/worker/log-relay.test.ts", "tests/worker/machine-limits.test.ts", "tests/worker/standstill.test.ts"],
    ],
    // They forget the secrets of the process after each test, or start another one.
    except: [
      ...["tests/core/redaction/known-secrets.test.ts", "tests/core/redaction/secret-fields.test.ts"],
      "tests/cli/terminal/live-keys.test.ts",
    ],
    processes: 2,
  },
  // Sockets and files.
  {
    folders: [
      ...["tests/worker/http/own", "tests/worker/http/request", "tests/worker/http/response", "tests/worker/link"],
      ...["tests/scenario/auth", "tests/scenario/bundle", "tests/scenario/connections", "tests/scenario/data"],
      ...["tests/scenario/files", "tests/cli/actions/convert", "tests/cli/actions/try", "tests/examples"],
      ...["tests/api/event-ring.test.ts", "tests/api/live-search.test.ts", "tests/api/session-facts.test.ts"],
      ...["tests/cli/doctor.test.ts", "tests/runner/run-definition.test.ts"],
      ...["tests/runner/delivery", "tests/runner/metrics", "tests/runner/notifications"],
      ...["tests/store/commit.test.ts", "tests/store/observed.test.ts", "tests/store/runs.test.ts"],
      "tests/store/totals.test.ts",
      ...["tests/worker/grpc", "tests/worker/measure", "tests/worker/websocket"],
      ...["tests/worker/http/course", "tests/worker/http/network/names.test.ts", "tests/worker/http/stream"],
      ...["tests/worker/http/network/user-tls.test.ts", "tests/worker/http/bodies.test.ts"],
      "tests/worker/http/connections.test.ts",
      ...["tests/worker/http/cookies.test.ts", "tests/worker/http/expectations.test.ts"],
      "tests/worker/http/graphql.test.ts",
      ...["tests/worker/http/header-order.test.ts", "tests/worker/http/outgoing.test.ts"],
      ...["tests/worker/http/reconnects.test.ts", "tests/worker/http/requests.test.ts"],
      "tests/worker/http/stalled-requests.test.ts",
      ...["tests/worker/http/stopping.test.ts", "tests/worker/http/timeouts.test.ts"],
      ...["tests/worker/http/network/allowed-hosts.test.ts", "tests/worker/http/permits"],
      ...["tests/worker/http/proxy-settings.test.ts", "tests/worker/reporter.test.ts"],
      "tests/worker/http/unread-bodies.test.ts",
      ...["tests/api/live-feed.test.ts", "tests/api/access/page-connections.test.ts"],
      ...["tests/runner/outputs/request-log-output.test.ts", "tests/runner/outputs/run-outputs.test.ts"],
      "tests/runner/outputs/webhook-output.test.ts",
      "tests/docs/dashboard.test.ts",
      ...["tests/worker/http/spans/other-protocols.test.ts", "tests/worker/http/spans/trace-ids.test.ts"],
      "tests/worker/http/spans/watched-engine.test.ts",
    ],
    // They change the process, or start others.
    except: [
      ...["tests/scenario/bundle/environment.test.ts", "tests/scenario/bundle/imported-files.test.ts"],
      "tests/cli/actions/convert/compiles.test.ts",
      ...["tests/examples/chat.test.ts", "tests/examples/clients", "tests/examples/grpc.test.ts"],
      "tests/examples/plot-palette-process.test.ts",
      ...["tests/worker/http/request/default-headers.test.ts", "tests/cli/actions/convert/har/bodies.test.ts"],
      ...["tests/worker/http/course/sigv4.test.ts", "tests/worker/websocket/failures.test.ts"],
      ...["tests/worker/http/own/https.test.ts", "tests/worker/http/request/credentials.test.ts"],
      "tests/worker/link/login.test.ts",
      "tests/runner/delivery/receiver-secrets.test.ts",
      // Large sums, which would wait for each other.
      ...["tests/cli/actions/convert/har/round-trip.test.ts", "tests/cli/actions/convert/har/hostile.test.ts"],
    ],
    processes: 2,
  },
  // A browser, which takes a second of CPU to start.
  {
    folders: ["tests/ui"],
    except: [
      ...["tests/ui/causes", "tests/ui/charts", "tests/ui/data", "tests/ui/pictures", "tests/ui/selection"],
      "tests/ui/first-load.test.ts",
    ],
  },
  // Real runs, whose tests wait most of the time. Those of a process share one sample API as well.
  {
    folders: [
      ...["tests/e2e", "tests/cli/actions/certs", "tests/cli/options", "tests/docs/try-output.test.ts"],
      ...["tests/api/openapi.test.ts", "tests/api/refusals.test.ts", "tests/api/stored.test.ts"],
      ...["tests/api/access/audit.test.ts", "tests/api/access/login.test.ts", "tests/api/access/roles.test.ts"],
      ...["tests/examples/chat.test.ts", "tests/examples/clients", "tests/examples/grpc.test.ts"],
      ...["tests/examples/plot-palette-process.test.ts", "tests/runner/outputs/output-file.test.ts"],
      ...["tests/runner/process/hang-up.test.ts", "tests/runner/process/standard-stream.test.ts"],
      ...["tests/store/disks.test.ts", "tests/store/faults.test.ts", "tests/store/killed.test.ts"],
      ...["tests/worker/busy-main.test.ts", "tests/worker/data-delivery.test.ts", "tests/worker/exhausted.test.ts"],
      ...["tests/worker/file-delivery.test.ts", "tests/worker/lost-master.test.ts"],
      ...["tests/worker/repeated-orders.test.ts", "tests/worker/shared/data-feed.test.ts"],
      "tests/worker/http/busy-process.test.ts",
    ],
    // The sources of its tests end the processes of workers.
    except: ["tests/e2e/test-code.test.ts"],
    processes: 6,
    startsOthers: true,
  },
];

interface SharedProcess {
  readonly folders: readonly string[];
  /** The number of processes over which the files are spread; 1 by default. */
  readonly processes?: number;
  /** Whether tests may start other processes: they wait for these, and so the files after theirs wait, too. */
  readonly startsOthers?: boolean;
  /** Files and folders in these that have processes of their own. */
  readonly except: readonly string[];
}
