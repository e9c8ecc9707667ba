import { exitCodes, MusterError } from "../../core/errors.ts";

/** Thrown when a text is not in Prometheus's exposition format. The message is one line. */
export class ExpositionError extends MusterError {
  readonly code = "bad-exposition";
  readonly exitCode = exitCodes.badConfiguration;
}

/** One sample of a metric. */
export interface ExposedSample {
  readonly labels: ReadonlyMap<string, string>;
  /** The value; it may be infinite or NaN. */
  readonly value: number;
}

const longestShown = 100;
const labelName = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"/y;
const labelValue = /((?:[^"\\\n]|\\.)*)"\s*(,?)/y;
const labelsEnd = /\s*\}/y;
/** Matches a value, and what may follow it: a timestamp, or an exemplar of OpenMetrics. */
const valueForm = /[ \t]*([^\s#]+)(?:[ \t]+[^\s#]+)?[ \t]*(?:#.*)?$/y;
const numberForm = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * Reads the samples of one metric from a text in Prometheus's exposition format 0.0.4, or in that of OpenMetrics
 * (https://prometheus.io/docs/instrumenting/exposition_formats/). Lines of other metrics are skipped unread, so that a large
 * text costs little.
 *
 * @param metric the whole name of the samples, such as `http_requests_total`
 * @returns the samples in the order of the text
 * @throws ExpositionError if a line of the metric is not valid
 */
export function exposedSamples(text: string, metric: string): ExposedSample[] {
  const samples: ExposedSample[] = [];
  let lineEnd = -1;
  while (lineEnd < text.length) {
    let start = lineEnd + 1;
    const end = text.indexOf("\n", start);
    lineEnd = end < 0 ? text.length : end;
    while (isBlank(text.charCodeAt(start)) && start < lineEnd) start++;
    if (!text.startsWith(metric, start)) continue;
    const after = text[start + metric.length];
    if (after !== "{" && after !== " " && after !== "\t") continue;
    const line = text.slice(start, lineEnd).replace(/\r$/, "");
    samples.push(readSample(line, metric.length));
  }
  return samples;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

function readSample(line: string, nameEnd: number): ExposedSample {
  const labels = new Map<string, string>();
  let position = nameEnd;
  while (isBlank(line.charCodeAt(position))) position++;
  if (line[position] === "{") position = readLabels(line, position + 1, labels);
  valueForm.lastIndex = position;
  const written = valueForm.exec(line)?.[1];
  const value = written === undefined ? undefined : numberOf(written);
  if (value === undefined) throw invalid(line);
  return { labels, value };
}

/** Reads `name="value",…}` from `position` on. Returns the position after the brace. */
function readLabels(line: string, from: number, labels: Map<string, string>): number {
  let position = from;
  for (let hasMore = true; ; ) {
    labelsEnd.lastIndex = position;
    if (labelsEnd.test(line)) return labelsEnd.lastIndex;
    labelName.lastIndex = position;
    const name = hasMore ? labelName.exec(line)?.[1] : undefined;
    if (name === undefined) throw invalid(line);
    labelValue.lastIndex = labelName.lastIndex;
    const [, value, comma] = labelValue.exec(line) ?? [];
    if (value === undefined) throw invalid(line);
    labels.set(name, unescaped(value));
    position = labelValue.lastIndex;
    hasMore = comma === ",";
  }
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (_, character: string) => (character === "n" ? "\n" : character));
}

/** Parses a number as Go's ParseFloat does, for the numbers that clients write; undefined if it is not a number. */
function numberOf(text: string): number | undefined {
  if (/^nan$/i.test(text)) return Number.NaN;
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (infinite !== null) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return numberForm.test(text) ? Number(text) : undefined;
}

function invalid(line: string): ExpositionError {
  const shown = line.length > longestShown ? `${line.slice(0, longestShown)}…` : line;
  return new ExpositionError(`not a sample in Prometheus's text format: ${JSON.stringify(shown)}`);
}
