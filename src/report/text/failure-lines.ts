import { formatClock } from "../../core/duration.ts";
import { count } from "../numbers.ts";
import type { Result } from "../result/result-schema.ts";
import type { Style } from "./style.ts";
import { type Column, table } from "./table.ts";
import { cutTo, printable, wrapTo } from "./text-width.ts";

const shownErrors = 10;
const shownAnswers = 3;
const messageWidth = 46;
/** A message gets this many lines, because the cause is often at its end. */
const messageLines = 3;

const columns: readonly Column[] = [
  { title: "  errors", align: "right" },
  { title: "kind", align: "left" },
  { title: "where", align: "left", maxWidth: 30 },
  { title: "message", align: "left", maxWidth: messageWidth, cut: "end" },
];

/**
 * Renders failures by kind if there are several kinds, then the most frequent errors, for a terminal of `width`
 * columns.
 */
export function failureLines({ errors, total }: Result, style: Style, width: number): string[] {
  const kinds = Object.entries(total.failureKinds).sort(([, a], [, b]) => b - a);
  const byKind = kinds.map(([kind, failures]) => `${kind} ${count(failures)}`).join("  ");
  const summary = kinds.length > 1 ? [cutTo(`  failures by kind: ${byKind}`, width)] : [];
  if (errors.length === 0) return summary;
  const shown = errors.slice(0, shownErrors);
  const rows = shown.flatMap((error) => {
    const [first = "", ...others] = messageRows(error.message);
    const where = `${error.method} ${error.name}`.trim();
    return [[count(error.count), error.kind, where, first], ...others.map((line) => ["", "", "", line])];
  });
  const [head = "", ...body] = table(columns, rows, width);
  const left = errors.length - shown.length;
  return [
    ...summary,
    style.muted(head),
    ...body,
    ...(left > 0 ? [style.muted(`  and ${left} more ${left === 1 ? "error" : "errors"}`)] : []),
    ...answerLines(shown, style, width),
  ];
}

/** What the service answered to the first failed request of the most frequent errors: the start of the body. */
function answerLines(errors: Result["errors"], style: Style, width: number): string[] {
  return errors.slice(0, shownAnswers).flatMap(({ method, name, samples = [] }) => {
    const answered = samples.find(({ responseBody }) => responseBody.trim() !== "");
    if (answered === undefined) return [];
    const { atMs, responseBody } = answered;
    const line = `  ${method} ${name} answered at ${formatClock(atMs)}: ${responseBody.slice(0, width)}`;
    return [style.muted(cutTo(printable(line), width))];
  });
}

/** The last line holds the rest of the message, which the table cuts. */
function messageRows(message: string): string[] {
  const lines = wrapTo(printable(message), messageWidth);
  const rest = lines.slice(messageLines - 1).join(" ");
  return rest === "" ? lines : [...lines.slice(0, messageLines - 1), rest];
}
