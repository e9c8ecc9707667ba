import { nestedKind } from "../../../core/measure-kind.ts";
import { printable } from "../../../core/readable-text.ts";
import { redactText } from "../../../core/redaction/redact.ts";
import { bytes as byteCount, milliseconds } from "../../../report/numbers.ts";
import type { Style } from "../../../report/text/style.ts";
import { cutTo } from "../../../report/text/text-width.ts";
import type { EndedMeasurement } from "../../../worker/measure/measurement.ts";
import { lineWidth, resultLine } from "./request-text.ts";

/** Describes a measure in lines, with secrets masked. The lines about requests and measures inside it come before these. */
export function measureLines(ended: EndedMeasurement, style: Style): string[] {
  const { failure, bytesIn, bytesOut } = ended;
  const failed = failure === null ? [] : [style.failed(`    failed: ${printable(redactText(failure.message))}`)];
  const bytes =
    bytesIn + bytesOut === 0 ? [] : [style.muted(`    ${byteCount(bytesOut)} out, ${byteCount(bytesIn)} in`)];
  return [measureHeadline(ended, style), ...failed, ...bytes];
}

/**
 * Describes a measure in one line: the result, the kind and the name as a run reports them, the group, the kind of a failure,
 * the time and the place.
 */
export function measureHeadline(ended: EndedMeasurement, style: Style): string {
  const { kind, name, isNested, group, place, failure, durationMs } = ended;
  const inGroup = group === "" ? "" : cutTo(printable(redactText(` in ${group}`)), lineWidth / 3);
  const failed = failure === null ? "" : `  ${failure.kind}`;
  const what = `${isNested ? nestedKind(kind) : kind} ${name}`;
  return resultLine(failure === null, what, `${inGroup}${failed}  ${milliseconds(durationMs)} ms`, place, style);
}
