import { formatClock } from "../../core/duration.ts";
import { printable } from "../../core/readable-text.ts";
import { count } from "../numbers.ts";
import type { Result } from "../result/result-schema.ts";
import type { Style } from "./style.ts";
import { type Column, table } from "./table.ts";
import { cutTo, widthOf, wrapTo } from "./text-width.ts";

const shownErrors = 10;
const shownAnswers = 3;
/**
 * The columns of the place and of the message at a width of 100, and the least columns of the message. The message gets the
 * rest of a wider terminal; on a narrower one both are shorter.
 */
const [whereWidth, messageWidth, leastMessage] = [30, 46, 20];
/** A message gets about this many columns in several lines, because the cause is often at its end. */
const messageColumns = 3 * messageWidth;

/**
 * Renders failures by kind if there are several kinds, then the most frequent errors, for a terminal of `width`
 * columns.
 */
export function failureLines({ errors, total }: Result, style: Style, width: number): string[] {
  const kinds = Object.entries(total.failureKinds).sort(([, a], [, b]) => b - a);
  const byKind = kinds.map(([kind, failures]) => `${kind} ${count(failures)}`).join("  ");
  const summary =
    kinds.length > 1
      ? wrapTo(`failures by kind: ${byKind}`, width - 4).map((line, at) => (at === 0 ? `  ${line}` : `    ${line}`))
      : [];
  if (errors.length === 0) return summary;
  const shown = errors.slice(0, shownErrors);
  const wheres = shown.map(({ method, name }) => printable(`${method} ${name}`.trim()));
  const where = Math.min(Math.max(5, ...wheres.map(widthOf)), width < 100 ? Math.floor(width / 4) : whereWidth);
  const counted = Math.max(8, ...shown.map((error) => count(error.count).length));
  const kind = Math.max(4, ...shown.map((error) => widthOf(error.kind)));
  const room = Math.max(leastMessage, Math.min(width - counted - kind - where - 6, Math.max(messageWidth, width - 54)));
  const columns: readonly Column[] = [
    { title: "  errors", align: "right" },
    { title: "kind", align: "left" },
    { title: "where", align: "left", maxWidth: where },
    { title: "message", align: "left", maxWidth: room, cut: "end" },
  ];
  const rows = shown.flatMap((error) => {
    const [first = "", ...others] = messageRows(error.message, room);
    const place = `${error.method} ${error.name}`.trim();
    return [[count(error.count), error.kind, place, first], ...others.map((line) => ["", "", "", line])];
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

/** Renders the response to the first failed request of the most frequent errors: the start of the body. */
function answerLines(errors: Result["errors"], style: Style, width: number): string[] {
  return errors.slice(0, shownAnswers).flatMap(({ method, name, samples = [] }) => {
    const answered = samples.find(({ responseBody }) => responseBody.trim() !== "");
    if (answered === undefined) return [];
    const { atMs, responseBody } = answered;
    const line = `  ${method} ${name} answered at ${formatClock(atMs)}: ${responseBody.slice(0, width)}`;
    return [style.muted(cutTo(printable(line), width))];
  });
}

/** Wraps a message to rows. The last row holds the rest of the message, which the table cuts. */
function messageRows(message: string, width: number): string[] {
  const messageLines = Math.ceil(messageColumns / width);
  const lines = wrapTo(printable(message), width);
  const rest = lines.slice(messageLines - 1).join(" ");
  return rest === "" ? lines : [...lines.slice(0, messageLines - 1), rest];
}
