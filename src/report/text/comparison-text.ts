import type { EndpointComparison } from "../../analysis/comparison/comparison.ts";
import { figureKinds } from "../../analysis/comparison/figure.ts";
import { printable } from "../../core/readable-text.ts";
import { comparedTest, noNoiseEstimate, sideCells } from "../comparison/compared-source.ts";
import {
  figureCell,
  figureName,
  figureSentence,
  figureTitles,
  judgementLine,
  shareText,
  unclearFigures,
} from "../comparison/comparison-cells.ts";
import type { ComparisonReport } from "../comparison/comparison-report.ts";
import { observedCells, observedName } from "../comparison/observed-cells.ts";
import { cutDistinct } from "./distinct-cut.ts";
import type { Style } from "./style.ts";
import { type Column, table } from "./table.ts";
import { cutTo, printableApart, wrapTo } from "./text-width.ts";

const width = 100;
const shownChanges = 20;
/** The maximum number of unclear figures that are named with a reason. */
const shownUnclear = 6;
/** The maximum width of the title of a changed fact, so that the change fits beside it. */
const changeTitleColumns = 40;
const comparisonTitles = {
  worse: "✗ WORSE",
  better: "✓ BETTER",
  unchanged: "= NO CHANGE FOUND",
  incomparable: "? CANNOT BE COMPARED",
} as const;

/** The outcome of the comparison, in capitals. */
export function comparisonTitle({
  outcome,
  total,
  asked,
}: Pick<ComparisonReport, "outcome" | "total" | "asked">): string {
  if (!asked.isSame) return "? NOT COMPARABLE";
  const hasNoEstimate = total.figures.some(({ because }) => because?.startsWith(noNoiseEstimate));
  return outcome === "incomparable" && hasNoEstimate ? `? ${noNoiseEstimate.toUpperCase()}` : comparisonTitles[outcome];
}

/** Renders a comparison for a terminal, at most 100 columns wide. */
export function comparisonText(report: ComparisonReport, style: Style): string {
  const sections = [
    headLines(report, style),
    endpointLines(report, style),
    changeLines(report, style),
    unclearLines(report, style),
    observedLines(report, style),
    footLines(report, style),
  ];
  return `\n${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join("\n"))
    .join("\n\n")}\n`;
}

/** "GET /jobs", or "all" for all endpoints together. */
export function endpointTitle({ method, name }: { method: string; name: string }): string {
  return method === "" && name === "Aggregated" ? "all" : `${method} ${name}`.trim();
}

function headLines(report: ComparisonReport, style: Style): string[] {
  const { outcome, before, after, notes } = report;
  const colour = { worse: style.failed, better: style.passed, unchanged: style.passed, incomparable: style.invalid };
  const sides = [before, after].map((side, position) => [
    position === 0 ? "  before" : "  after",
    side.name === null ? side.id : `${side.name} (${side.id})`,
    ...sideTexts(side),
  ]);
  const tested = comparedTest({ before, after });
  const title = tested === null ? `${before.id} → ${after.id}` : `${tested.test} / ${tested.profile} → ${tested.host}`;
  return [
    `${colour[outcome](style.strong(comparisonTitle(report)))}  ${style.strong(cutTo(printable(title), width - 24))}`,
    ...table(sideColumns, sides, width).slice(1),
    ...notes.flatMap((note) => wrapTo(printable(note), width - 4).map((line) => style.invalid(`  ! ${line}`))),
  ];
}

function sideTexts(side: ComparisonReport["before"]): string[] {
  const { started, length, users, rate, verdict } = sideCells(side);
  return [started, length, side.peakUsers === null ? users : `${users} users`, `${rate} req/s`, verdict];
}

const sideColumns: readonly Column[] = [
  ...["", "", ""].map((title) => ({ title, align: "left" }) as const),
  ...["", "", ""].map((title) => ({ title, align: "right" }) as const),
  { title: "", align: "left" },
];

const endpointColumns: readonly Column[] = [
  { title: "  endpoint", align: "left", maxWidth: 40 },
  ...figureKinds.map((figure) => ({ title: figureTitles[figure], align: "right" }) as const),
];

function endpointLines({ endpoints, total, onlyBefore, onlyAfter, asked }: ComparisonReport, style: Style): string[] {
  const rows = [...endpoints, total].map((endpoint) => [
    `  ${endpointTitle(endpoint)}`,
    ...endpoint.figures.map((figure) => figureCell(figure, asked.isSame)),
  ]);
  const [head = "", ...body] = table(endpointColumns, rows, width);
  const all = body.pop() ?? "";
  const gone = onlyBefore.map((endpoint) => style.muted(`  ${endpointTitle(endpoint)}: only before`));
  const added = onlyAfter.map((endpoint) => style.muted(`  ${endpointTitle(endpoint)}: only after`));
  return [style.muted(head), ...body, style.strong(all), ...gone, ...added];
}

function changeLines({ endpoints, total }: ComparisonReport, style: Style): string[] {
  const all = [total, ...endpoints];
  const titles = cutDistinct(printableApart(all.map(endpointTitle)), changeTitleColumns);
  const changes = all.flatMap((endpoint, position) => changesOf(endpoint, titles[position] ?? "", style));
  const more = changes.length - shownChanges;
  return more > 0 ? [...changes.slice(0, shownChanges), style.muted(`  and ${more} more changes`)] : changes;
}

function changesOf({ figures }: EndpointComparison, title: string, style: Style): string[] {
  return figures.flatMap((figure) => {
    if (figure.outcome !== "worse" && figure.outcome !== "better") return [];
    const mark = figure.outcome === "worse" ? style.failed("✗") : style.passed("✓");
    return [`  ${mark} ${cutTo(figureSentence(title, figure), width - 4)}`];
  });
}

/** Renders which figures are unclear, and why. */
function unclearLines({ endpoints, total, asked }: ComparisonReport, style: Style): string[] {
  if (!asked.isSame) return [];
  return unclearFigures([total, ...endpoints]).flatMap(({ because, figures }) => {
    const named = figures.slice(0, shownUnclear).map((each) => `${endpointTitle(each)} ${figureName(each.figure)}`);
    const more = figures.length > named.length ? [`${figures.length - named.length} more`] : [];
    const text = printable(`? ${because}: ${[...named, ...more].join(", ")}`);
    return wrapTo(text, width - 4).map((line, position) => style.muted(`${position === 0 ? "  " : "    "}${line}`));
  });
}

const observedColumns: readonly Column[] = [
  { title: "  observed", align: "left", maxWidth: 50 },
  ...["mean before", "after", "max before", "after"].map((title) => ({ title, align: "right" }) as const),
];

/** Renders the observed metrics, without a judgement. */
function observedLines({ observed = [] }: ComparisonReport, style: Style): string[] {
  if (observed.length === 0) return [];
  const rows = observed.map((one) => [`  ${observedName(one)}`, ...observedCells(one)]);
  const [head = "", ...body] = table(observedColumns, rows, width);
  return [style.muted(head), ...body];
}

function footLines(
  { minimalChange, maxRegression, regressions, unknownBecause, isInvalid, asked }: ComparisonReport,
  style: Style,
): string[] {
  const judged = style.muted(`  ${judgementLine(minimalChange)}`);
  if (maxRegression === null) return asked.isSame ? [judged] : [];
  const limit = `--max-regression ${shareText(maxRegression)}`;
  if (!asked.isSame) {
    const parts = [...new Set(asked.differences.map(({ what }) => what))].join(",");
    const text = `! ${limit}: not judged, as the tests or loads of the runs differ; --accept-differences ${parts} judges them anyway`;
    return wrapTo(text, width - 2).map((line) => style.invalid(`  ${line}`));
  }
  if (isInvalid) return [judged, style.invalid(`  ! ${limit}: not judged, as a run is invalid`)];
  if (unknownBecause !== null) return [judged, style.invalid(`  ! ${limit}: not judged, as ${unknownBecause}`)];
  if (regressions.length === 0) return [judged, style.passed(`  ✓ ${limit}: nothing is worse than that`)];
  const what = regressions.map((each) => `${endpointTitle(each)} ${figureName(each.figure)}`).join(", ");
  return [judged, ...wrapTo(printable(`✗ ${limit}: ${what}`), width - 2).map((line) => style.failed(`  ${line}`))];
}
