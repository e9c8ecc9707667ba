import type { GeneratorHealth } from "../../analysis/health/generator-health.ts";
import type { WorkerHealth } from "../../analysis/health/generator-run.ts";
import { describeFinding } from "../../analysis/health/health-finding.ts";
import { summariseHealth } from "../../analysis/health/health-summary.ts";
import { rounded } from "../rounded.ts";
import type { Result } from "./result-schema.ts";

/** How a worker did, as the result has it; null when it never told. */
export function healthResult(measured: WorkerHealth | undefined): Result["workers"][number]["health"] {
  const summary = measured === undefined ? null : summariseHealth(measured);
  if (summary === null) return null;
  const { utilisation, cpu, scheduleLagP99Ms } = summary;
  return {
    ...summary,
    utilisation: { mean: rounded(utilisation.mean), max: rounded(utilisation.max) },
    cpu: { mean: rounded(cpu.mean), max: rounded(cpu.max) },
    loopDelayP99Ms: rounded(summary.loopDelayP99Ms),
    scheduleLagP99Ms: rounded(scheduleLagP99Ms),
    gcShare: rounded(summary.gcShare),
    rssBytes: Math.round(summary.rssBytes),
  };
}

/** What casts a doubt on a result without spoiling it, in words. */
export function healthWarnings({ findings }: GeneratorHealth): string[] {
  return findings.filter(({ severity }) => severity === "warned").map(describeFinding);
}
