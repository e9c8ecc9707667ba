import { readFileSync } from "node:fs";
import { ConfigurationError } from "../../core/errors.ts";
import type { ComparedSource } from "../../report/comparison/compared-source.ts";
import { LineFile } from "../../report/hdr/line-file.ts";
import type { TimeUnit } from "../../report/hdr/time-unit.ts";
import { type Baseline, baselineSchema } from "../../report/result/baseline.ts";
import { baselineOfRun } from "../../runner/run-baseline.ts";
import { readRun, readStore } from "../../runner/run-stores.ts";
import { fileOf } from "./run-or-file.ts";

interface SourceOptions {
  readonly dataDir: string;
  readonly unit?: TimeUnit;
}

/**
 * Resolves the two arguments of a comparison: runs, baseline files or HdrHistogram files. The library for HdrHistogram files is
 * loaded only for them.
 * @throws ConfigurationError, or StoreError when there is no such run
 */
export async function comparedSources(
  before: string,
  after: string,
  { dataDir, unit }: SourceOptions,
): Promise<readonly [ComparedSource, ComparedSource]> {
  const [first, second] = [await baselineOf(before, dataDir), await baselineOf(after, dataDir)];
  if (first !== null && second !== null) {
    if (unit !== undefined)
      throw new ConfigurationError("--unit is for files of HdrHistogram, and neither side is one");
    return [first, second];
  }
  const { histogramSources } = await import("./histogram-sources.ts");
  return histogramSources(first ?? before, second ?? after, unit);
}

/** Reads the run or the baseline file that `word` names; null when it names another file. */
export async function baselineOf(word: string, dataDir: string): Promise<Baseline | null> {
  const file = fileOf(word);
  if (file !== null) return isJson(file) ? readBaseline(file) : null;
  return await readStore(dataDir, (store) => readRun(store, () => baselineOfRun(store, word)));
}

function isJson(name: string): boolean {
  if (name.endsWith(".json")) return true;
  using file = new LineFile(name);
  return file.textAt({ offset: 0, length: 1 }) === "{";
}

function readBaseline(file: string): Baseline {
  const wanted = "muster runs export writes baselines";
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new ConfigurationError(`${file} cannot be read (${(cause as Error).message}): ${wanted}`, { cause });
  }
  const { data, error } = baselineSchema.safeParse(content);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  throw new ConfigurationError(
    `${file} is not a baseline (${where}${issue?.message ?? "not a JSON object"}): ${wanted}`,
  );
}
