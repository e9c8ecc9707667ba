import { ConfigurationError } from "../../core/errors.ts";
import type { ComparedSource } from "../../report/comparison/compared-source.ts";
import { fileSource } from "../../report/hdr/file-source.ts";
import { type HistogramContent, readHistogramFile, unitOf } from "../../report/hdr/histogram-file.ts";
import { LineFile } from "../../report/hdr/line-file.ts";
import type { TimeUnit } from "../../report/hdr/time-unit.ts";

type Side = { readonly run: ComparedSource } | { readonly file: LineFile; readonly content: HistogramContent };

/**
 * Reads the sides of a comparison if one or both of them are HdrHistogram files.
 * @param before a run, or the name of a file
 * @param asked the unit of the files that do not show theirs; if there is only one file, also if its unit is only inferred
 * @throws ConfigurationError
 */
export function histogramSources(
  before: ComparedSource | string,
  after: ComparedSource | string,
  asked: TimeUnit | undefined,
): readonly [ComparedSource, ComparedSource] {
  // Not a DisposableStack, which Node.js 22 does not have.
  const opened: LineFile[] = [];
  const open = (side: ComparedSource | string): Side => {
    if (typeof side !== "string") return { run: side };
    const file = new LineFile(side);
    opened.push(file);
    return { file, content: readHistogramFile(file) };
  };
  try {
    return sourcesOf(open(before), open(after), asked);
  } finally {
    for (const file of opened) file[Symbol.dispose]();
  }
}

function sourcesOf(first: Side, second: Side, asked: TimeUnit | undefined): readonly [ComparedSource, ComparedSource] {
  const files = [first, second].filter((side) => "file" in side);
  const unknown = files.filter(({ content }) => content.unit.unit === null);
  const inferred = files.length === 1 ? files.filter(({ content }) => content.unit.certainty === "inferred") : [];
  const takers = unknown.length > 0 ? unknown : inferred;
  if (asked !== undefined && takers.length === 0) {
    const names = files.map(({ file }) => file.name).join(" and ");
    throw new ConfigurationError(`--unit ${asked}: the unit of ${names} is known; leave --unit out`);
  }
  const sourceOf = (side: Side, others: ComparedSource["endpoints"]) => {
    if ("run" in side) return side.run;
    const unit = unitOf(side.file.name, side.content, takers.includes(side) ? asked : undefined);
    return fileSource(side.file, side.content, unit, others);
  };
  const source = sourceOf(first, "run" in second ? second.run.endpoints : []);
  return withoutUnpaired(source, sourceOf(second, source.endpoints));
}

/**
 * Removes the endpoints of both sides if one side is a file that has only totals: then the endpoints of the other side have no
 * counterpart.
 */
function withoutUnpaired(before: ComparedSource, after: ComparedSource): readonly [ComparedSource, ComparedSource] {
  const untagged = [before, after].find(({ run, endpoints }) => run.format !== undefined && endpoints.length === 0);
  if (untagged === undefined || before.endpoints.length + after.endpoints.length === 0) return [before, after];
  const note = `${untagged.run.id} has no tags: only the totals are compared`;
  return [
    { ...before, endpoints: [] },
    { ...after, endpoints: [], notes: [...(after.notes ?? []), note] },
  ];
}
