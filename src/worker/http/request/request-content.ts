import { describeValue, isThenable, tagOf } from "../../../core/describe-value.ts";
import { isTestFile } from "../../../scenario/files/test-files.ts";
import { encodeFields } from "./field-text.ts";
import { InvalidRequest } from "./invalid-request.ts";
import { jsonBody } from "./json-text.ts";
import { bytesToSend } from "./memory.ts";
import { multipartContent } from "./multipart.ts";
import { blobContent, Content, formContent, type UnreadContent } from "./unread-content.ts";

const formType = "application/x-www-form-urlencoded";

/**
 * Returns the content that a request sends; null for none. `json`, `form`, `multipart` and `given` (the option `body`) are as
 * the test passed them.
 * @throws InvalidRequest when more than one is given, or one cannot be sent
 */
export function contentOf(
  json: unknown,
  form: unknown,
  multipart: unknown,
  given: unknown,
): Content | UnreadContent | null {
  const body = given === null ? undefined : given;
  if (json !== undefined) {
    if (form !== undefined || multipart !== undefined || body !== undefined) {
      throw severalBodies({ json, form, multipart, body });
    }
    return new Content(jsonBody(json), "application/json");
  }
  if (form !== undefined) {
    if (multipart !== undefined || body !== undefined) throw severalBodies({ form, multipart, body });
    return new Content(encodeFields("form", form), formType);
  }
  if (multipart !== undefined) {
    if (body !== undefined) throw severalBodies({ multipart, body });
    return multipartContent(multipart);
  }
  if (body === undefined) return null;
  return typeof body === "string" ? new Content(body, "") : contentOfObject(body);
}

function severalBodies(bodies: Readonly<Record<string, unknown>>): InvalidRequest {
  const given = Object.entries(bodies).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  return new InvalidRequest(`it has ${given.join(" and ")}; at most one of json, form, multipart and body is sent`);
}

function contentOfObject(body: unknown): Content | UnreadContent {
  if (ArrayBuffer.isView(body)) return new Content(bytesToSend("body", body), "");
  if (isTestFile(body)) return new Content(body.bytes(), body.type);
  switch (tagOf(body)) {
    case "ArrayBuffer":
    case "SharedArrayBuffer":
      if (!(body instanceof ArrayBuffer || body instanceof SharedArrayBuffer)) break;
      return new Content(bytesToSend("body", body), "");
    case "URLSearchParams":
      return new Content(String(body), `${formType};charset=UTF-8`);
    case "Blob":
    case "File":
      if (body instanceof Blob) return blobContent(body);
      break;
    case "FormData":
      if (body instanceof FormData) return formContent(body);
      throw new InvalidRequest("the option body is a FormData of a library; expected the FormData that Node.js has");
  }
  throw new InvalidRequest(`the option body is ${describeValue(body)}; ${bodyInstead(body)}`);
}

function bodyInstead(body: unknown): string {
  if (isThenable(body)) return "await it first";
  if (typeof body === "number" || typeof body === "boolean" || typeof body === "bigint") {
    return "write String(…) for a string, or json in place of body";
  }
  if (typeof body !== "object" || body === null) return "expected a string or bytes";
  if (Symbol.asyncIterator in body || "next" in body || "getReader" in body || "arrayBuffer" in body) {
    return "read it first, into a string or bytes";
  }
  return "write { json: … } for JSON, { form: … } for form fields, or give a string or bytes";
}
