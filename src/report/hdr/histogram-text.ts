import { formatClock } from "../../core/duration.ts";
import { printable } from "../../core/readable-text.ts";
import { count, milliseconds, perSecondText } from "../numbers.ts";
import type { Style } from "../text/style.ts";
import { type Column, table } from "../text/table.ts";
import { cutTo, widthOf, wrapTo } from "../text/text-width.ts";
import type { HistogramFigures, HistogramReport } from "./histogram-report.ts";
import { timeUnitNames } from "./time-unit.ts";

const width = 100;
/** The maximum number of tags in the text, because a longer one would not be read. `--json` has all of them. */
const shownTags = 40;
const shownPercentiles = ["50", "90", "95", "99", "99.9"] as const;

/** Renders the report on an HdrHistogram file for a terminal, at most 100 columns wide. */
export function histogramText(report: HistogramReport, style: Style): string {
  const sections = [headLines(report, style), tagLines(report, style), seriesLines(report, style)];
  return `\n${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join("\n"))
    .join("\n\n")}\n`;
}

function headLines({ file, format, unit, startedAt, durationMs, notes }: HistogramReport, style: Style): string[] {
  const what = format === "log" ? "HdrHistogram log" : "HdrHistogram percentile text";
  const facts = [
    ...(startedAt === null ? [] : [`${startedAt.replace("T", " ").slice(0, 16)} UTC`]),
    ...(durationMs === null ? [] : [formatClock(durationMs)]),
  ];
  const values = `values in ${timeUnitNames[unit.name]}, ${unit.because}`;
  return [
    `${style.strong(cutTo(printable(file), width - widthOf(what) - 2))}  ${style.muted(what)}`,
    ...[facts.join(", "), values].filter((line) => line !== "").map((line) => `  ${line}`),
    ...notes.flatMap((note) =>
      wrapTo(note, width - 4).map((line, part) => style.invalid(`  ${part === 0 ? "!" : " "} ${line}`)),
    ),
  ];
}

const columns: readonly Column[] = [
  { title: "  tag", align: "left", maxWidth: 60 },
  { title: "requests", align: "right" },
  { title: "min", align: "right" },
  ...shownPercentiles.map((p) => ({ title: `p${p}`, align: "right" }) as const),
  { title: "max ms", align: "right" },
  { title: "req/s", align: "right" },
];

function tagLines({ tags, total }: HistogramReport, style: Style): string[] {
  const shown = tags.toSorted((a, b) => b.requests - a.requests).slice(0, shownTags);
  const rows = [
    ...tags
      .filter((each) => shown.includes(each))
      .map((each) => figureRow(each.tag === "" ? "(no tag)" : each.tag, each)),
    figureRow("all", total),
  ];
  const [head = "", ...body] = table(columns, rows, width);
  const sum = body.pop() ?? "";
  const left = tags.length - shown.length;
  const more = left > 0 ? [style.muted(`  and ${count(left)} more with fewer requests`)] : [];
  const line = tags.length > 0 ? [style.muted(`  ${"─".repeat(widthOf(head) - 2)}`)] : [];
  return [style.muted(head), ...body, ...more, ...line, style.strong(sum)];
}

function figureRow(title: string, { requests, requestsPerSecond, responseTimeMs }: HistogramFigures): string[] {
  const { min, max, percentiles, from } = responseTimeMs;
  return [
    `  ${title}`,
    count(requests),
    min === null ? "–" : milliseconds(min),
    ...shownPercentiles.map((p) => `${from[p] === undefined ? "" : "≤ "}${milliseconds(percentiles[p] ?? 0)}`),
    milliseconds(max),
    requestsPerSecond === null ? "–" : perSecondText(requestsPerSecond),
  ];
}

function seriesLines({ series }: HistogramReport, style: Style): string[] {
  if (series === null) return [];
  const rows = series.startMs.map((startMs, position) => {
    const [requests, widthMs] = [series.requests[position] ?? 0, series.widthMs[position] ?? 1];
    return [
      `  ${formatClock(startMs)}`,
      count(requests),
      perSecondText((requests / widthMs) * 1_000),
      milliseconds(series.maxMs[position] ?? 0),
    ];
  });
  const titles = ["  from", "requests", "req/s", "max ms"];
  const [head = "", ...body] = table(
    titles.map((title) => ({ title, align: "right" })),
    rows,
    width,
  );
  return [style.muted(head), ...body];
}
