import { formatClock } from "../../core/duration.ts";
import { bytes, count, describeRows } from "../../report/numbers.ts";
import type { RunReport } from "../../report/page/model.ts";
import { localDateTime } from "../data/local-time.ts";

/** The facts that are needed to repeat the run, and the machine of its master. */
export function RunFactList({ report }: { readonly report: RunReport }) {
  const { command, machine, result } = report;
  const { run, ledger, data = [], reconnects = 0, retries = 0 } = result;
  const { judgedMs } = result.drift ?? {};
  const facts: readonly (readonly [string, string])[] = [
    ["command", command ?? "unknown"],
    ["run", run.id],
    ["started", `${localDateTime(run.startedAt)}, for ${formatClock(run.durationMs)}`],
    ...(run.loadMs === undefined ? [] : ([["load", `${formatClock(run.loadMs)}; rates are over this time`]] as const)),
    ...(judgedMs === undefined
      ? []
      : ([
          [
            "drift judged",
            `${formatClock(judgedMs.from)} to ${formatClock(judgedMs.to)}; the load was changed before or after`,
          ],
        ] as const)),
    ["seed", String(run.seed)],
    ["muster", run.musterVersion],
    ...(machine === null
      ? []
      : ([
          ["Node.js", machine.nodeVersion],
          ["master on", `${machine.hostName}, ${machine.system}`],
          ["processors", `${machine.cpus} × ${machine.cpuModel}`],
          ["memory", bytes(machine.memoryBytes)],
        ] as const)),
    ["reports merged", `${count(ledger.reports)}; ${count(ledger.duplicates)} duplicates were dropped`],
    ...(reconnects > 0
      ? ([
          ["reconnects", `${count(reconnects)} requests were sent again because their reused connection was closed`],
        ] as const)
      : []),
    ...(retries > 0 ? ([["retries", `${count(retries)}; each try is counted as a request of its own`]] as const) : []),
    ...data.map((source) => [`data ${source.name}`, describeRows(source)] as const),
    ...ledger.missing.map(
      ({ worker, fromMs, toMs }) =>
        ["missing data", `worker #${worker} from ${formatClock(fromMs)} to ${formatClock(toMs)}`] as const,
    ),
  ];
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd class="number">{value}</dd>
        </>
      ))}
    </dl>
  );
}
