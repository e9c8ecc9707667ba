import { Command } from "commander";
import { type PlanReport, planReport } from "../core/plan-report.ts";
import { renderPlan } from "../report/plan-text.ts";
import { styleFor } from "../report/style.ts";
import type { UserDefinition } from "../scenario/define.ts";
import type { LoadedTest } from "./load-test.ts";
import * as value from "./option-values.ts";
import { addLoadOptions, type LoadOptions, option } from "./options.ts";

interface PlanOptions extends LoadOptions {
  readonly workers: number;
  readonly json?: boolean;
}

export function planCommand(): Command {
  const command = new Command("plan").description("show what a run would do, and run nothing");
  return addLoadOptions(command)
    .argument("[test]", "the test file")
    .argument("[classes...]", "run only these user classes")
    .addOption(option("--workers <number>", "worker processes").argParser(value.processCount).default(1))
    .option("--json", "for machines, with each second's users of each class on each worker")
    .action(async (test: string | undefined, classes: string[], options: PlanOptions) => {
      const { loadTest } = await import("./load-test.ts");
      const loaded = await loadTest(test === undefined ? classes : [test, ...classes], options);
      const report = reportOn(loaded, options.workers);
      const text = options.json
        ? `${JSON.stringify(report, null, 2)}\n`
        : renderPlan(report, styleFor(process.stdout, process.env));
      process.stdout.write(text);
    });
}

function reportOn({ test, testName, resolved }: LoadedTest, workers: number): PlanReport {
  return planReport({
    test: testName,
    profile: resolved.profile,
    host: resolved.host,
    plan: resolved.plan,
    classes: resolved.classes.map((share, position) => ({ ...share, tasks: tasksOf(test.users[position]) })),
    thresholds: resolved.thresholds.map(({ metric, expression }) => `${metric}: ${expression.source}`),
    workers,
  });
}

function tasksOf(user: UserDefinition | undefined): { name: string; weight: number }[] {
  return Object.entries(user?.tasks ?? {}).map(([name, task]) => ({
    name,
    weight: typeof task === "function" ? 1 : (task.weight ?? 1),
  }));
}
