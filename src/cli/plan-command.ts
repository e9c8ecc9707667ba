import { pipeline } from "node:stream/promises";
import { Command } from "commander";
import { scenarioReport } from "../core/plan-report.ts";
import { planJson } from "../report/plan-json.ts";
import { type PlanReport, renderPlan } from "../report/plan-text.ts";
import { styleFor } from "../report/style.ts";
import type { LoadedTest } from "./load-test.ts";
import * as value from "./option-values.ts";
import { addLoadOptions, type LoadOptions, option } from "./options.ts";
import { plannedScenarios } from "./planned-scenarios.ts";

interface PlanOptions extends LoadOptions {
  readonly workers: number;
  readonly json?: boolean;
  readonly at?: number;
}

/** Written at once: a write for each line costs more than the lines. */
const chunkLength = 65_536;

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
      else process.stdout.write(renderPlan(report, styleFor(process.stdout, process.env), atSecond));
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
    thresholds: resolved.thresholds.map(({ metric, expression }) => `${metric}: ${expression.source}`),
    scenarios: plannedScenarios({ test, resolved }).map((scenario) => scenarioReport(scenario, workers)),
  };
}

/** Not faster than it is read; whoever has read enough may go. */
async function print(pieces: Iterable<string>): Promise<void> {
  try {
    await pipeline(inChunks(pieces), process.stdout, { end: false });
  } catch (error) {
    if ((error as { code?: string }).code !== "EPIPE") throw error;
  }
}

function* inChunks(pieces: Iterable<string>): Generator<string, undefined> {
  let chunk = "";
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length < chunkLength) continue;
    yield chunk;
    chunk = "";
  }
  yield chunk;
}
