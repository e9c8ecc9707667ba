import { isThenable, tagOf, valueInWords } from "../../core/value-words.ts";
import { describeThrown } from "../../scenario/test-frames.ts";
import { encodeFields } from "./field-text.ts";
import { InvalidRequest } from "./invalid-request.ts";
import { Content, UnreadContent } from "./unread-content.ts";

const formType = "application/x-www-form-urlencoded";

/**
 * What a request sends; null for nothing. `json`, `form` and `body` are as the test gave them.
 * @throws InvalidRequest when it gave more than one, or what cannot be sent
 */
export function contentOf(json: unknown, form: unknown, body: unknown): Content | UnreadContent | null {
  if (json !== undefined) {
    if (form !== undefined || body !== undefined) throw severalBodies(json, form, body);
    return new Content(jsonText(json), "application/json");
  }
  if (form !== undefined) {
    if (body !== undefined) throw severalBodies(json, form, body);
    return new Content(encodeFields("form", form), formType);
  }
  if (body === undefined || body === null) return null;
  return typeof body === "string" ? new Content(body, "") : contentOfObject(body);
}

function severalBodies(json: unknown, form: unknown, body: unknown): InvalidRequest {
  const given = Object.entries({ json, form, body }).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  return new InvalidRequest(`it has ${given.join(" and ")}; at most one of json, form and body is sent`);
}

function contentOfObject(body: unknown): Content | UnreadContent {
  if (ArrayBuffer.isView(body)) return new Content(bytesOf(body), "");
  switch (tagOf(body)) {
    case "ArrayBuffer":
    case "SharedArrayBuffer":
      if (!(body instanceof ArrayBuffer || body instanceof SharedArrayBuffer)) break;
      return new Content(bytesOf(new Uint8Array(body)), "");
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

/** The bytes that a view shows. Shared memory, which others may change while it is sent, is copied. */
function bytesOf(view: ArrayBufferView): Uint8Array {
  const { buffer, byteOffset, byteLength } = view;
  if (buffer instanceof SharedArrayBuffer) return new Uint8Array(buffer, byteOffset, byteLength).slice();
  if (view instanceof Uint8Array) return view;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function bodyInstead(body: unknown): string {
  if (isThenable(body)) return "await it first";
  if (typeof body === "number" || typeof body === "boolean" || typeof body === "bigint") {
    return "write String(…) for a text, or json in place of body";
  }
  if (typeof body !== "object" || body === null) return "expected a text or bytes";
  if (Symbol.asyncIterator in body || "next" in body || "getReader" in body) {
    return "read it first, into a text or bytes";
  }
  return "write { json: … } for JSON, { form: … } for form fields, or give a text or bytes";
}

/** @throws InvalidRequest when JSON has no words for it */
function jsonText(json: unknown): string {
  const text = stringify(json);
  if (text === undefined) throw notJson(json, "which JSON does not know");
  // Not of one that says itself how it is written.
  if (text === "{}" && typeof (json as { toJSON?: unknown }).toJSON !== "function") {
    const tag = tagOf(json);
    if (isThenable(json)) throw notJson(json, "await it first");
    if (tag !== "Object") throw notJson(json, "of which JSON keeps nothing");
  }
  return text;
}

function stringify(json: unknown): string | undefined {
  try {
    return JSON.stringify(json) as string | undefined;
  } catch (cause) {
    throw new InvalidRequest(`the option json cannot be written as JSON: ${describeThrown(cause)}`, { cause });
  }
}

function notJson(json: unknown, why: string): InvalidRequest {
  return new InvalidRequest(`the option json is ${valueInWords(json)}; ${why}`);
}
