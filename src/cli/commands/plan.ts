import { Command } from "commander";
import { scenarioReport } from "../../core/plan/plan-report.ts";
import { planJson } from "../../report/files/plan-json.ts";
import { type PlanReport, renderPlan } from "../../report/text/plan-text.ts";
import { styleFor } from "../../report/text/style.ts";
import { type LoadedTest, plannedScenarios } from "../../runner/load-test.ts";
import { print, standardOutput } from "../../runner/outputs/output-file.ts";
import { stdout } from "../../runner/process/standard-streams.ts";
import type { LoadOptions } from "../../runner/run-options.ts";
import { option } from "../options/option.ts";
import * as value from "../options/option-values.ts";
import { addLoadOptions } from "../options/options.ts";

interface PlanOptions extends LoadOptions {
  readonly workers?: number;
  readonly processes?: number;
  readonly json?: true | string;
  readonly at?: number;
}

/**
 * Makes the command `plan`.
 * @param runCommand the command `run`, whose flags `plan` also accepts, so that it can replace `run` in any command line
 */
export function planCommand(runCommand: Command): Command {
  const command = new Command("plan").description(
    "show what a run would do, without running it; accepts all flags of run",
  );
  addLoadOptions(command)
    .argument("[test]", "the test file, or a URL that all users request")
    .argument("[classes...]", "run only these user classes")
    .addOption(option("--workers <number>", "number of worker processes (default: 1)").argParser(value.processCount))
    .option("--json [file]", "print the plan as JSON, with the users of each class on each worker at each second")
    .option("--at <duration>", "show the workers at this time instead of at the peak", value.duration)
    .action(async (test: string | undefined, classes: string[], options: PlanOptions) => {
      const { isPrinted, word } = jsonWanted(options.json);
      const [{ loadTest }, { withHostOfUrl }] = await Promise.all([
        import("../../runner/load-test.ts"),
        import("../../scenario/bundle/url-test.ts"),
      ]);
      const args = [...word, ...(test === undefined ? classes : [test, ...classes])];
      const loaded = await loadTest(args, withHostOfUrl(args, options));
      const report = reportOn(loaded, options.workers ?? options.processes ?? 1);
      const atSecond = options.at === undefined ? null : Math.floor(options.at / 1_000);
      if (isPrinted) await print(planJson(report, atSecond));
      else stdout.write(renderPlan(report, styleFor(stdout, process.env), atSecond));
    });
  const own = new Set(command.options.map((one) => one.attributeName()));
  for (const one of runCommand.options) if (!own.has(one.attributeName())) command.addOption(one.hideHelp());
  return command;
}

/**
 * Interprets `--json`. For `run` it names a result file, which a plan ignores. Here it can also stand directly before the test
 * file, which then looks like its value.
 */
function jsonWanted(json: PlanOptions["json"]): { readonly isPrinted: boolean; readonly word: readonly string[] } {
  if (json === undefined || json === true || json === standardOutput)
    return { isPrinted: json !== undefined, word: [] };
  return /\.json$/i.test(json) ? { isPrinted: false, word: [] } : { isPrinted: true, word: [json] };
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
