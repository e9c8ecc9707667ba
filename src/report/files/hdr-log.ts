import { encodeCompressed } from "../../stats/histogram/codec.ts";
import { blocksOf } from "../page/window-blocks.ts";
import type { Recording } from "../result/recording.ts";
import type { Result } from "../result/result-schema.ts";

const finestMs = 1_000;

/** The first words of the comments that muster adds to a log. `muster report` and `muster compare` read them. */
export const logComments = { unit: "response times in microseconds", duration: "the run lasted" } as const;

/**
 * Writes an HdrHistogram log, format version 1.3 (HistogramLogWriter of HdrHistogram): the response times in
 * microseconds, one line per window and endpoint, with the endpoint as tag. Timestamps are seconds since the start of
 * the run, which is the base time. The sum of the lines of a tag is the histogram of the endpoint over the run.
 */
export function* hdrLog({ run }: Result, recording: Pick<Recording, "windows">): Generator<string> {
  const started = (Date.parse(run.startedAt) / 1_000).toFixed(3);
  yield `#[muster: ${logComments.unit}, one tag per endpoint; Interval_Max in ms]\n`;
  yield `#[muster: ${logComments.duration} ${seconds(run.durationMs)} s]\n`;
  yield "#[Histogram log format version 1.3]\n";
  yield `#[StartTime: ${started} (seconds since epoch), ${run.startedAt}]\n`;
  yield `#[BaseTime: ${started} (seconds since epoch)]\n`;
  yield '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"\n';
  for (const { startMs, widthMs, endpoints } of blocksOf(recording.windows(), finestMs, 0)) {
    for (const { method, name, responseTime } of endpoints) {
      const cells = [seconds(startMs), seconds(widthMs), (responseTime.maxMicros / 1_000).toFixed(3)];
      const histogram = encodeCompressed(responseTime).toString("base64");
      yield `Tag=${hdrTag(method, name)},${cells.join(",")},${histogram}\n`;
    }
  }
}

/**
 * The tag of an endpoint, such as "GET:/jobs/:id". Commas, spaces and line breaks are not allowed in a tag and are
 * percent-encoded.
 */
export function hdrTag(method: string, name: string): string {
  const encoded = name.replace(/[\s,%\p{Cc}]/gu, (character) => encodeURIComponent(character));
  return method === "" ? encoded : `${method}:${encoded}`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}
