import { describeValue, isThenable, tagOf } from "../../../core/describe-value.ts";
import { encodeFields } from "./field-text.ts";
import { InvalidRequest } from "./invalid-request.ts";
import { jsonBody } from "./json-text.ts";
import { Content, UnreadContent } from "./unread-content.ts";

/**
 * Up to this size, bytes are copied when the request is made, because the test may change them before they are sent.
 */
const maxCopiedBytes = 16 * 1024;

/**
 * The bytes of a body that the test passed as memory. Large ones are not copied, because many users may send the same
 * body at a time. Shared or resizable memory is always copied.
 * @throws InvalidRequest when the memory no longer exists
 */
function bytesToSend(body: ArrayBufferView | ArrayBufferLike): Uint8Array {
  const view = viewOf(body);
  const { buffer } = view;
  const isFixed = buffer instanceof ArrayBuffer && !buffer.resizable;
  return isFixed && view.byteLength > maxCopiedBytes ? view : new Uint8Array(view);
}

function viewOf(body: ArrayBufferView | ArrayBufferLike): Uint8Array {
  try {
    if (!ArrayBuffer.isView(body)) return new Uint8Array(body);
    const { buffer, byteOffset, byteLength } = body;
    if (buffer instanceof ArrayBuffer && buffer.detached) throw new TypeError("it was transferred");
    if (body instanceof Uint8Array) return body;
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (cause) {
    throw new InvalidRequest(
      "the option body is memory that no longer exists: it was transferred (postMessage, structuredClone) or made smaller",
      { cause },
    );
  }
}

const formType = "application/x-www-form-urlencoded";

/**
 * The content that a request sends; null for none. `json`, `form` and `given` (the option `body`) are as the test
 * passed them.
 * @throws InvalidRequest when more than one is given, or one cannot be sent
 */
export function contentOf(json: unknown, form: unknown, given: unknown): Content | UnreadContent | null {
  const body = given === null ? undefined : given;
  if (json !== undefined) {
    if (form !== undefined || body !== undefined) throw severalBodies(json, form, body);
    return new Content(jsonBody(json), "application/json");
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
  throw new InvalidRequest(`the option body is ${describeValue(body)}; ${bodyInstead(body)}`);
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
