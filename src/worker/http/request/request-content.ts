import { isThenable, tagOf, valueInWords } from "../../../core/value-words.ts";
import { bytesToSend } from "./byte-body.ts";
import { encodeFields } from "./field-text.ts";
import { InvalidRequest } from "./invalid-request.ts";
import { jsonText } from "./json-text.ts";
import { Content, UnreadContent } from "./unread-content.ts";

const formType = "application/x-www-form-urlencoded";

/**
 * What a request sends; null for nothing. `json`, `form` and `given`, which is the body, are as the test gave them.
 * @throws InvalidRequest when it gave more than one, or what cannot be sent
 */
export function contentOf(json: unknown, form: unknown, given: unknown): Content | UnreadContent | null {
  const body = given === null ? undefined : given;
  if (json !== undefined) {
    if (form !== undefined || body !== undefined) throw severalBodies(json, form, body);
    return new Content(jsonText(json), "application/json");
  }
  if (form !== undefined) {
    if (body !== undefined) throw severalBodies(json, form, body);
    return new Content(encodeFields("form", form), formType);
  }
  if (body === undefined) return null;
  return typeof body === "string" ? new Content(body, "") : contentOfObject(body);
}

function severalBodies(json: unknown, form: unknown, body: unknown): InvalidRequest {
  const given = Object.entries({ json, form, body }).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  return new InvalidRequest(`it has ${given.join(" and ")}; at most one of json, form and body is sent`);
}

function contentOfObject(body: unknown): Content | UnreadContent {
  if (ArrayBuffer.isView(body)) return new Content(bytesToSend(body), "");
  switch (tagOf(body)) {
    case "ArrayBuffer":
    case "SharedArrayBuffer":
      if (!(body instanceof ArrayBuffer || body instanceof SharedArrayBuffer)) break;
      return new Content(bytesToSend(body), "");
    case "URLSearchParams":
      return new Content(String(body), `${formType};charset=UTF-8`);
    case "Blob":
    case "File":
      if (body instanceof Blob) return new UnreadContent(body);
      break;
    case "FormData":
      if (body instanceof FormData) return new UnreadContent(body);
      throw new InvalidRequest("the option body is a FormData of a library; expected the FormData that Node.js has");
  }
  throw new InvalidRequest(`the option body is ${valueInWords(body)}; ${bodyInstead(body)}`);
}

function bodyInstead(body: unknown): string {
  if (isThenable(body)) return "await it first";
  if (typeof body === "number" || typeof body === "boolean" || typeof body === "bigint") {
    return "write String(…) for a text, or json in place of body";
  }
  if (typeof body !== "object" || body === null) return "expected a text or bytes";
  if (Symbol.asyncIterator in body || "next" in body || "getReader" in body || "arrayBuffer" in body) {
    return "read it first, into a text or bytes";
  }
  return "write { json: … } for JSON, { form: … } for form fields, or give a text or bytes";
}
