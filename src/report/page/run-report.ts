import { pausedMs, pausesIn } from "../../analysis/unjudged-time.ts";
import { CumulativeHistogram } from "../../stats/histogram/cumulative-histogram.ts";
import { isInterrupted } from "../../store/run-record.ts";
import { exceptionsOf } from "../files/locust-csv.ts";
import { storedHealth, workerColumns } from "../result/health-result.ts";
import type { RecordedRun, Recording } from "../result/recording.ts";
import type { Result } from "../result/result-schema.ts";
import { runFacts } from "../result/run-facts.ts";
import { storedSearchSteps, storedSteering } from "../result/stored-run-data.ts";
import { analysisSections } from "../text/analysis-lines.ts";
import { plainStyle } from "../text/style.ts";
import { distributionColumn, plottedPercentiles } from "./distribution-column.ts";
import { HeatMapBuilder } from "./heat-map.ts";
import type { Distributions, RunReport } from "./model.ts";
import { OwnColumnsBuilder } from "./own-columns.ts";
import { SlicesBuilder } from "./parts/slices.ts";
import { planColumns } from "./plan-columns.ts";
import { standingOf } from "./standing.ts";
import { type Block, BlockEndpoint, blocksOf, wholeBlocksOf } from "./window-blocks.ts";
import { WindowColumnsBuilder } from "./window-columns.ts";

/** The maximum number of endpoints with columns. A chart cannot show more, and these columns take most of the size of a report. */
const maxEndpoints = 50;
/** The maximum of windows times endpoints, including the total. Each entry has five numbers. */
const maxEntries = 16_320;
const mostWindows = 3_600;
/** The width of a line, in characters. */
const findingsWidth = 100;

export interface ReportInput {
  readonly run: RecordedRun;
  readonly recording: Recording;
  /** The result; while the run is in progress, the result so far. */
  readonly result: Result;
  /** While the run is in progress: the time up to which all workers have reported. Later data comes with the live updates. */
  readonly wholeToMs?: number;
  /** The maximum number of windows, such as the number that a screen can show. Default: the number that fits into a report. */
  readonly maxWindows?: number;
}

/** Builds the report of a run. A day with 20 endpoints takes about 2 s. */
export function buildRunReport({
  run,
  recording,
  result,
  wholeToMs,
  maxWindows = mostWindows,
}: ReportInput): RunReport {
  const facts = runFacts.nullable().parse(run.facts);
  const byRequests = result.endpoints.toSorted((a, b) => b.requests - a.requests);
  const chosen = new Set(byRequests.slice(0, maxEndpoints));
  const shown = result.endpoints.filter((endpoint) => chosen.has(endpoint));
  const { durationMs } = result.run;
  const columns = new WindowColumnsBuilder(shown, result.endpoints.length - shown.length);
  const blockMs = blockWidthMs(durationMs, shown.length, maxWindows);
  const heat = new HeatMapBuilder(durationMs, blockMs);
  const totals = new Totals(shown);
  const slices = new SlicesBuilder(durationMs);
  const health = storedHealth(recording.health());
  const controls = recording.controls();
  const blocks =
    wholeToMs === undefined
      ? blocksOf(recording.windows(), blockMs, durationMs)
      : wholeBlocksOf(recording.windows(), blockMs, wholeToMs);
  const own = new OwnColumnsBuilder(result, durationMs / blockMs, recording.observed());
  for (const block of blocks) {
    columns.add(block);
    heat.add(block);
    totals.add(block);
    slices.add(block);
    own.add(block);
  }
  const ownColumns = own.finish();
  return {
    schema: "muster-report/1",
    state: run.state,
    ...(wholeToMs === undefined && isInterrupted(run, Date.now()) ? { interrupted: { activeAt: run.activeAt } } : {}),
    result,
    standing: run.state === "finished" ? null : standingOf(result),
    command: facts?.command ?? null,
    machine: facts?.machine ?? null,
    plan:
      facts === null
        ? { atMs: [], users: null, ratePerSecond: null }
        : planColumns(facts, storedSteering(controls), storedSearchSteps(controls)),
    classes: facts?.classes ?? [],
    windows: columns.finish(),
    workers: result.workers.map(({ number, host }) => {
      return { number, host, series: workerColumns(health.get(number)?.samples ?? []) };
    }),
    exceptions: exceptionsOf(result),
    findings: analysisSections(result, plainStyle, findingsWidth).flat(),
    distributions: totals.distributions(),
    heat: heat.finish(),
    ...(ownColumns === undefined ? {} : { own: ownColumns }),
    slices: slices.finish({
      measuredMs: measuredMs(result, wholeToMs),
      pausesMs: pausesIn(result.events).map(({ fromMs, toMs }) => [fromMs, Math.min(toMs, durationMs)]),
    }),
  };
}

/** The time over which the requests of all slices were measured: that of the result, or its part before `wholeToMs`. */
function measuredMs({ run, events }: Result, wholeToMs: number | undefined): number {
  const ofResult = run.loadMs ?? run.durationMs;
  if (wholeToMs === undefined) return ofResult;
  return Math.min(ofResult, Math.max(0, wholeToMs - pausedMs(events, wholeToMs)));
}

/** The width of a block: a power of two, like the window widths of a long run, so that no window falls between two blocks. */
function blockWidthMs(durationMs: number, endpoints: number, maxWindows: number): number {
  const most = Math.min(maxWindows, Math.floor(maxEntries / (endpoints + 1)));
  return 2 ** Math.max(0, Math.ceil(Math.log2(durationMs / 1_000 / most))) * 1_000;
}

/** The response times of the whole run. */
class Totals {
  readonly #total = new CumulativeHistogram();
  readonly #endpoints = new Map<string, BlockEndpoint>();

  constructor(shown: readonly Pick<BlockEndpoint, "method" | "name">[]) {
    for (const { method, name } of shown) this.#endpoints.set(`${method} ${name}`, new BlockEndpoint(method, name));
  }

  add({ total, endpoints }: Block): void {
    this.#total.add(total.responseTime);
    for (const endpoint of endpoints) this.#endpoints.get(`${endpoint.method} ${endpoint.name}`)?.merge(endpoint);
  }

  distributions(): Distributions {
    return {
      percentiles: plottedPercentiles,
      total: distributionColumn(this.#total),
      endpoints: [...this.#endpoints.values()].map(({ method, name, responseTime }) => {
        return { method, name, ...distributionColumn(responseTime) };
      }),
    };
  }
}
