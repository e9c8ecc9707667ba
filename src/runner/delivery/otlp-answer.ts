import { printable } from "../../core/readable-text.ts";
import { redactText } from "../../core/redaction/redact.ts";

/** What a message quotes of an answer, in characters. */
const longestReason = 200;

type Field = number | Uint8Array;

/**
 * Returns what an OTLP receiver reports as rejected, in field 1 (`partial_success`) of `ExportMetricsServiceResponse`: its field 1
 * is `rejected_data_points`, and its field 2 is `error_message`. The answer about traces has the same form. Null if the receiver
 * accepted everything, or if the answer has another format.
 * Source: https://opentelemetry.io/docs/specs/otlp/#partial-success-1
 */
export function refusedData(answer: Uint8Array): string | null {
  const partial = fieldsOf(answer).get(1);
  if (!(partial instanceof Uint8Array)) return null;
  const fields = fieldsOf(partial);
  const rejected = fields.get(1) ?? 0;
  if (typeof rejected !== "number" || rejected === 0) return null;
  const message = fields.get(2);
  const text = message instanceof Uint8Array ? printable(redactText(new TextDecoder().decode(message))) : "";
  return `${rejected} data points were refused${text === "" ? "" : `: ${text.slice(0, longestReason)}`}`;
}

/** Returns the last value of each field of a protobuf message, up to the first byte that is not valid. */
function fieldsOf(bytes: Uint8Array): Map<number, Field> {
  const fields = new Map<number, Field>();
  let position = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; position < bytes.length; factor *= 0x80) {
      const byte = bytes[position++] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (position < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        fields.set(field, varint());
        break;
      case 1:
        position += 8;
        break;
      case 2: {
        const length = varint();
        fields.set(field, bytes.subarray(position, position + length));
        position += length;
        break;
      }
      case 5:
        position += 4;
        break;
      default:
        return fields;
    }
  }
  return fields;
}
