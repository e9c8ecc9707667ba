import { resolve } from "node:path";
import { ConfigurationError } from "../core/errors.ts";
import { requireWritable, standardOutput } from "./output-file.ts";
import { type ReportFormat, type ReportOptions, reportFormats } from "./run-options.ts";

/** What comes after the path that was asked for; most formats are one file, which has that path. */
const suffixes: Readonly<Partial<Record<ReportFormat, readonly string[]>>> = {
  csv: ["_stats.csv", "_stats_history.csv", "_failures.csv", "_exceptions.csv"],
};

/** Beside the files of a run that has ended, what is written while it goes on. */
export interface AskedOutputs extends ReportOptions {
  readonly stream?: string;
}

export interface AskedFile {
  readonly format: ReportFormat;
  /** Among the files of its format. */
  readonly position: number;
  readonly path: string;
}

export function askedFiles(asked: ReportOptions): AskedFile[] {
  return reportFormats.flatMap((format) => {
    const given = asked[format];
    if (given === undefined) return [];
    return (suffixes[format] ?? [""]).map((suffix, position) => ({ format, position, path: given + suffix }));
  });
}

/** Formats that need more than the result. */
const recordedFormats: readonly ReportFormat[] = ["html", "csv", "hlog", "hgrm"];

/** Whether the windows of the run are needed for its files. */
export function needsRecording(asked: ReportOptions): boolean {
  return recordedFormats.some((format) => asked[format] !== undefined);
}

/** Whether standard output is for a file, and so not for a person. */
export function takesStandardOutput(asked: AskedOutputs): boolean {
  return askedPaths(asked).some(({ path }) => path === standardOutput);
}

/** @throws ConfigurationError, before any load, when the files could not be written after it. */
export async function requireWritableFiles(asked: AskedOutputs): Promise<void> {
  const taken = new Map<string, string>();
  for (const { flag, path } of askedPaths(asked)) {
    const whole = path === standardOutput ? path : resolve(path);
    const other = taken.get(whole);
    if (other !== undefined) throw new ConfigurationError(`${other} and ${flag} would both write to ${path}`);
    taken.set(whole, flag);
    await requireWritable(flag, path);
  }
}

function askedPaths({ stream, ...files }: AskedOutputs): { readonly flag: string; readonly path: string }[] {
  const ofFiles = askedFiles(files).map(({ format, path }) => ({ flag: `--${format}`, path }));
  return stream === undefined ? ofFiles : [...ofFiles, { flag: "--stream", path: stream }];
}
