import type { HarParam, HarPost } from "./har-post.ts";
import { boundaryFor, multipartBytes } from "./multipart-body.ts";

/** The body of a request as the test sends it. */
export type RecordedBody =
  | { readonly kind: "none" }
  /** Compact JSON, exactly as `JSON.stringify` writes it. */
  | { readonly kind: "json"; readonly text: string }
  | { readonly kind: "form"; readonly fields: readonly { readonly name: string; readonly value: string }[] }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "bytes"; readonly base64: string };

export interface RecordedContent {
  readonly body: RecordedBody;
  /** The content-type header to send; null when the request had none, or muster sets the same one. */
  readonly contentType: string | null;
  /** Whether the recording does not contain the body exactly as it was sent. */
  readonly isIncomplete: boolean;
}

const formType = "application/x-www-form-urlencoded";
/** The limits of JSON that is written as a literal. Editors and compilers cannot handle a source file with larger or deeper JSON. */
const longestLiteral = 100_000;
const deepestLiteral = 100;

export function recordedContent(post: HarPost | null, declaredType: string): RecordedContent {
  if (post === null) return { body: { kind: "none" }, contentType: declaredType || null, isIncomplete: false };
  if (post.isMissing) return { body: { kind: "none" }, contentType: post.contentType || null, isIncomplete: true };
  if (post.text === "") return contentOfParams(post);
  return post.isBase64 ? contentOfBytes(post) : contentOfText(post);
}

function contentOfText({ text, contentType, length }: HarPost): RecordedContent {
  // The exporter may have removed the parameters of the type, and with them the boundary.
  const boundary = /^\s*multipart\/[^;]*$/i.test(contentType) ? /^--([^\r\n]{1,70})\r?\n/.exec(text)?.[1] : undefined;
  const type = boundary === undefined ? contentType : `${contentType.trim()}; boundary=${boundary}`;
  const isIncomplete = length === null ? text.includes("\uFFFD") : Buffer.byteLength(text) !== length;
  if (isJson(type) && isOwnLiteral(text)) {
    return { body: { kind: "json", text }, contentType: type === "application/json" ? null : type, isIncomplete };
  }
  const fields = type === formType ? fieldsOf(text) : null;
  if (fields !== null) return { body: { kind: "form", fields }, contentType: null, isIncomplete };
  return { body: { kind: "text", text }, contentType: type || null, isIncomplete };
}

/** Returns the fields of a form that the option `form` sends as the same text; null if it would send another text. */
function fieldsOf(text: string): { name: string; value: string }[] | null {
  const fields = [...new URLSearchParams(text)].map(([name, value]) => ({ name, value }));
  const sent = fields.map(({ name, value }) => `${encode(name)}=${encode(value)}`).join("&");
  return sent === text && isObjectOfFields(fields) ? fields : null;
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function contentOfBytes({ text, contentType, length }: HarPost): RecordedContent {
  const bytes = Buffer.from(text, "base64");
  const isIncomplete = length !== null && bytes.length !== length;
  return { body: bodyOfBytes(bytes), contentType: contentType || null, isIncomplete };
}

/** Returns the content of a form whose fields were recorded, but not its exact bytes. */
function contentOfParams({ params, contentType }: HarPost): RecordedContent {
  if (/^\s*multipart\//i.test(contentType) || params.some(({ fileName }) => fileName !== null)) {
    const boundary = boundaryFor(params, contentType);
    const isIncomplete = params.some(({ fileName, value }) => fileName !== null && value === "");
    const type = /boundary=/i.test(contentType)
      ? contentType.replace(/boundary=("[^"]*"|[^;]*)/i, `boundary=${boundary}`)
      : `multipart/form-data; boundary=${boundary}`;
    return { body: bodyOfBytes(multipartBytes(params, boundary)), contentType: type, isIncomplete };
  }
  const type = contentType === "" ? formType : contentType;
  if (isEncoded(params)) {
    const text = params.map(({ name, value }) => `${name}=${value}`).join("&");
    return { body: { kind: "text", text }, contentType: type, isIncomplete: false };
  }
  if (isObjectOfFields(params)) {
    return {
      body: { kind: "form", fields: params },
      contentType: type === formType ? null : type,
      isIncomplete: false,
    };
  }
  const text = new URLSearchParams(params.map(({ name, value }) => [name, value])).toString();
  return { body: { kind: "text", text }, contentType: type, isIncomplete: false };
}

/** Returns bytes as text if they are text, so that a person can read and edit them. */
function bodyOfBytes(bytes: Buffer): RecordedBody {
  const text = bytes.toString("utf8");
  if (Buffer.from(text).equals(bytes) && !/[^\P{Cc}\r\n\t]/u.test(text)) return { kind: "text", text };
  return { kind: "bytes", base64: bytes.toString("base64") };
}

function isJson(contentType: string): boolean {
  return /^\s*application\/(?:[^;\s]*\+)?json\s*(?:;|$)/i.test(contentType);
}

/** Whether the test would send an object literal of this JSON as the same text. Blanks, long numbers and repeated names change the text. */
function isOwnLiteral(text: string): boolean {
  // In an object literal, the name __proto__ sets the prototype.
  if (text.length > longestLiteral || text.includes("__proto__") || depthOf(text) > deepestLiteral) return false;
  try {
    return JSON.stringify(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}

/** Returns the nesting depth of JSON. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  const structure = text.replace(/"(?:[^"\\]|\\.)*"/g, "");
  for (const [bracket] of structure.matchAll(/[[\]{}]/g)) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** Whether the fields of a form are still percent-encoded: Chrome and others record them as they were sent. */
function isEncoded(params: readonly HarParam[]): boolean {
  const texts = params.flatMap(({ name, value }) => [name, value]);
  return (
    texts.some((text) => /%[0-9a-f]{2}/i.test(text)) &&
    texts.every((text) => /^(?:[\w.*~!'()+-]|%[0-9a-f]{2})*$/i.test(text))
  );
}

/** Whether an object literal keeps all fields, in their order. */
function isObjectOfFields(params: readonly { readonly name: string }[]): boolean {
  const names = params.map(({ name }) => name);
  return new Set(names).size === names.length && names.every((name) => !/^(?:\d+|__proto__)$/.test(name));
}
