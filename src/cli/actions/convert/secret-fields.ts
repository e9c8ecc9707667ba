import { oneLine } from "./loose-json.ts";
import type { RecordedBody } from "./recorded-body.ts";

const secretField =
  /passw|passwd|passphrase|^pass$|^pwd$|pwd$|secret|token|api[-_]?key|access[-_]?key|credential|^otp$|^pin$|card[-_]?number|^cvv|^cvc|^sig(?:nature)?$/i;
/** A body of megabytes is data. */
const longestSearch = 1_000_000;

/** The names of fields that seem to hold secrets: these stay in the test as they were recorded, which it has to say. */
export function secretFieldsOf(url: URL, body: RecordedBody): string[] {
  const names = [...url.searchParams.keys(), ...namesIn(body)];
  return [...new Set(names.filter((name) => secretField.test(name)).map((name) => oneLine(name, 40)))];
}

function namesIn(body: RecordedBody): string[] {
  if (body.kind === "form") return body.fields.map(({ name }) => name);
  if (body.kind !== "json" && body.kind !== "text") return [];
  const text = body.text.slice(0, longestSearch);
  // Names of JSON, of multipart fields, and of form fields.
  const found = text.matchAll(/"([^"\\]{1,60})"\s*:|\bname="([^"\r\n]{1,60})"|(?:^|&)([\w.[\]%-]{1,60})=/g);
  return [...found].map(([, json, part, field]) => json ?? part ?? field ?? "");
}
