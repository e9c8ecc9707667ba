import { Command } from "commander";
import { scenarioReport } from "../core/plan-report.ts";
import { planJson } from "../report/plan-json.ts";
import { type PlanReport, renderPlan } from "../report/plan-text.ts";
import { styleFor } from "../report/style.ts";
import type { LoadedTest } from "./load-test.ts";
import { option } from "./option.ts";
import * as value from "./option-values.ts";
import { addLoadOptions, type LoadOptions } from "./options.ts";
import { print } from "./output-file.ts";
import { plannedScenarios } from "./planned-scenarios.ts";
import { stdout } from "./terminal/standard-streams.ts";

interface PlanOptions extends LoadOptions {
  readonly workers: number;
  readonly json?: boolean;
  readonly at?: number;
}

export function planCommand(): Command {
  const command = new Command("plan").description("show what a run would do, and run nothing");
  return addLoadOptions(command)
    .argument("[test]", "the test file")
    .argument("[classes...]", "run only these user classes")
    .addOption(option("--workers <number>", "worker processes").argParser(value.processCount).default(1))
    .option("--json", "for machines, with each second's users of each class on each worker")
    .option("--at <duration>", "show the workers at this moment instead of at the peak", value.duration)
    .action(async (test: string | undefined, classes: string[], options: PlanOptions) => {
      const { loadTest } = await import("./load-test.ts");
      const loaded = await loadTest(test === undefined ? classes : [test, ...classes], options);
      const report = reportOn(loaded, options.workers);
      const atSecond = options.at === undefined ? null : Math.floor(options.at / 1_000);
      if (options.json === true) await print(planJson(report, atSecond));
      else stdout.write(renderPlan(report, styleFor(stdout, process.env), atSecond));
    });
}

function reportOn({ test, testName, resolved }: LoadedTest, workers: number): PlanReport {
  return {
    schema: "muster-plan/1",
    test: testName,
    profile: resolved.profile,
    host: resolved.host,
    durationMs: Number.isFinite(resolved.durationMs) ? resolved.durationMs : null,
    workers,
    thresholds: (resolved.search?.targets ?? resolved.thresholds).map(
      ({ metric, expression }) => `${metric}: ${expression.source}`,
    ),
    scenarios: plannedScenarios({ test, resolved }).map((scenario) => scenarioReport(scenario, workers)),
  };
}
