import { formatClock } from "../../core/duration.ts";
import { bytes, count } from "../../report/numbers.ts";
import type { RunReport } from "../../report/page/model.ts";

/** What it takes to do the run again, and what it ran on. */
export function RunFactList({ report }: { readonly report: RunReport }) {
  const { command, machine, result } = report;
  const { run, ledger, reconnects = 0 } = result;
  const facts: readonly (readonly [string, string])[] = [
    ["command", command ?? "not known"],
    ["run", run.id],
    ["started", `${run.startedAt.replace("T", " ").replace(/\.\d+Z$/, "Z")}, ${formatClock(run.durationMs)} long`],
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
    ["reports merged", `${count(ledger.reports)}, ${count(ledger.duplicates)} came twice and were counted once`],
    ...(reconnects > 0
      ? ([
          ["reconnects", `${count(reconnects)} requests were sent again, as their reused connection was closed`],
        ] as const)
      : []),
    ...ledger.missing.map(
      ({ worker, fromMs, toMs }) =>
        ["missing", `what worker #${worker} did between ${formatClock(fromMs)} and ${formatClock(toMs)}`] as const,
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
