import { resolve } from "node:path";
import { ConfigurationError } from "../../core/errors.ts";
import { stdout } from "../process/standard-streams.ts";
import { type OutputOptions, type ReportFormat, type ReportOptions, reportFormats } from "../run-options.ts";
import { requireWritable, standardOutput } from "./output-file.ts";

/** The endings that are appended to the given path. Most formats have one file, whose path is the given one. */
const suffixes: Readonly<Partial<Record<ReportFormat, readonly string[]>>> = {
  csv: ["_stats.csv", "_stats_history.csv", "_failures.csv", "_exceptions.csv", "_groups.csv", "_streams.csv"],
};

/** Formats that are made from the recorded windows, not from the result alone. */
const recordedFormats: readonly ReportFormat[] = ["html", "csv", "hlog", "hgrm"];

/** A report file to be written. */
export interface OutputFile {
  readonly format: ReportFormat;
  /** The index among the files of its format; 0 unless the format is `csv`. */
  readonly position: number;
  readonly path: string;
}

/** Returns the report files that the options name. */
export function outputFiles(options: ReportOptions): OutputFile[] {
  return reportFormats.flatMap((format) => {
    const given = options[format];
    if (given === undefined) return [];
    return (suffixes[format] ?? [""]).map((suffix, position) => ({ format, position, path: given + suffix }));
  });
}

/** Whether one of the report files is made from the recorded windows of the run. */
export function needsRecording(options: ReportOptions): boolean {
  return recordedFormats.some((format) => options[format] !== undefined);
}

/** Whether standard output carries a file ("-"), and therefore no text for people. */
export function takesStandardOutput(options: OutputOptions): boolean {
  return pathsOf(options).some(({ path }) => path === standardOutput);
}

/** Prints which files were written, unless standard output carries a file. */
export function printWritten(paths: readonly string[], options: OutputOptions): void {
  if (!takesStandardOutput(options)) for (const path of paths) stdout.write(`  written: ${path}\n`);
}

/**
 * Checks before the load that all files can be written after it.
 * @throws ConfigurationError when two files have the same path, or one cannot be written
 */
export async function requireWritableFiles(options: OutputOptions): Promise<void> {
  const taken = new Map<string, string>();
  for (const { flag, path } of pathsOf(options)) {
    const whole = path === standardOutput ? path : resolve(path);
    const other = taken.get(whole);
    if (other !== undefined) throw new ConfigurationError(`${other} and ${flag} would both write to ${path}`);
    taken.set(whole, flag);
    await requireWritable(flag, path);
  }
}

function pathsOf({
  stream,
  requestLog,
  ...reports
}: OutputOptions): { readonly flag: string; readonly path: string }[] {
  return [
    ...outputFiles(reports).map(({ format, path }) => ({ flag: `--${format}`, path })),
    ...(stream === undefined ? [] : [{ flag: "--stream", path: stream }]),
    ...(requestLog === undefined ? [] : [{ flag: "--request-log", path: requestLog }]),
  ];
}
