import { count } from "./numbers.ts";
import type { Result } from "./result-schema.ts";
import type { Style } from "./style.ts";
import { type Column, table } from "./table.ts";
import { cutTo } from "./text-width.ts";

const shownErrors = 10;

const columns: readonly Column[] = [
  { title: "  errors", align: "right" },
  { title: "kind", align: "left" },
  { title: "where", align: "left", maxWidth: 30 },
  { title: "message", align: "left", maxWidth: 46, cut: "end" },
];

/** Failures by kind when there are several, then the most frequent errors, for a terminal of `width` columns. */
export function failureLines({ errors, total }: Result, style: Style, width: number): string[] {
  const kinds = Object.entries(total.failureKinds).sort(([, a], [, b]) => b - a);
  const byKind = kinds.map(([kind, failures]) => `${kind} ${count(failures)}`).join("  ");
  const summary = kinds.length > 1 ? [cutTo(`  failures by kind: ${byKind}`, width)] : [];
  if (errors.length === 0) return summary;
  const rows = errors
    .slice(0, shownErrors)
    .map((error) => [count(error.count), error.kind, `${error.method} ${error.name}`.trim(), error.message]);
  const [head = "", ...body] = table(columns, rows, width);
  const left = errors.length - rows.length;
  return [
    ...summary,
    style.muted(head),
    ...body,
    ...(left > 0 ? [style.muted(`  and ${left} more ${left === 1 ? "error" : "errors"}`)] : []),
  ];
}
