import { figureKinds } from "../../analysis/comparison/figure.ts";
import { comparedTest, sideCells } from "../comparison/compared-source.ts";
import { figureCell, figureName, figureTitles, judgementLine, shareText } from "../comparison/comparison-cells.ts";
import type { ComparisonReport } from "../comparison/comparison-report.ts";
import { observedCells, observedName } from "../comparison/observed-cells.ts";
import { comparisonTitle, endpointTitle } from "../text/comparison-text.ts";

/** Renders a comparison in GitHub's Markdown, for a comment on a pull request. */
export function comparisonMarkdown(report: ComparisonReport): string {
  const { before, after, notes, endpoints, total, onlyBefore, onlyAfter, minimalChange } = report;
  const sides = [before, after].map((side, position) => {
    const { started, length, users, rate, verdict } = sideCells(side);
    return row([
      position === 0 ? "before" : "after",
      code(side.name ?? side.id),
      ...[started, length, users, rate, verdict],
    ]);
  });
  const tested = comparedTest(report);
  const title = tested === null ? `${before.id} → ${after.id}` : `${tested.test} / ${tested.profile}`;
  const rows = [...endpoints, total].map((endpoint) =>
    row([code(endpointTitle(endpoint)), ...endpoint.figures.map((figure) => figureCell(figure, report.asked.isSame))]),
  );
  const others = [
    ...onlyBefore.map((endpoint) => `Only before: ${code(endpointTitle(endpoint))}`),
    ...onlyAfter.map((endpoint) => `Only after: ${code(endpointTitle(endpoint))}`),
  ];
  const blocks = [
    [`### ${comparisonTitle(report)}: ${text(title)}`],
    limitLines(report),
    notes.map((note) => `> ! ${text(note)}`),
    [row(["", "run", "started", "length", "users", "req/s", "verdict"]), ruler(7), ...sides],
    [row(["endpoint", ...figureKinds.map((figure) => figureTitles[figure])]), ruler(6), ...rows],
    others,
    observedRows(report),
    report.asked.isSame ? [`<sub>${judgementLine(minimalChange)}</sub>`] : [],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

function observedRows({ observed = [] }: ComparisonReport): string[] {
  if (observed.length === 0) return [];
  const rows = observed.map((one) => row([code(observedName(one)), ...observedCells(one)]));
  return [row(["observed", "mean before", "after", "max before", "after"]), ruler(5), ...rows];
}

function limitLines({ maxRegression, regressions, unknownBecause, isInvalid, asked }: ComparisonReport): string[] {
  if (maxRegression === null) return [];
  if (!asked.isSame) return ["**Not judged**: the tests or loads of the runs differ."];
  if (isInvalid) return ["**Not judged**: a run is invalid."];
  if (unknownBecause !== null) return [`**Not judged**, as ${unknownBecause}.`];
  if (regressions.length === 0) return [`**Nothing is worse** by more than ${shareText(maxRegression)}.`];
  const what = regressions.map((each) => `${code(endpointTitle(each))} ${figureName(each.figure)}`).join(", ");
  return [`**Worse** by more than ${shareText(maxRegression)}: ${what}`];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function ruler(columns: number): string {
  return row(Array.from({ length: columns }, (_, position) => (position === 0 ? "---" : "---:")));
}

/** Formats a name of the test as code: it must not end the table cell or be read as Markdown. */
function code(name: string): string {
  const shown = name
    .replace(/\p{Cc}+/gu, " ")
    .replaceAll("|", "\\|")
    .replaceAll("`", "'");
  return `\`${shown}\``;
}

function text(sentence: string): string {
  return sentence.replace(/\p{Cc}+/gu, " ").replace(/[\\`*_<>|[\]#@]/g, "\\$&");
}
