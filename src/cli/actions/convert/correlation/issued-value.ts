import type { JsonPath } from "../code/literals.ts";
import { camelCase, nameWords, singular } from "../code/names.ts";
import { headerValue } from "../har/har-headers.ts";
import type { RecordedStep } from "../har/recorded-step.ts";
import { type CaptureContext, linkValues, markupValues, surroundingPattern } from "./markup.ts";
import { decoded, leavesOf } from "./place.ts";

/** The part of a response that contains a value. */
export type ValueOrigin =
  | { readonly from: "json"; readonly path: JsonPath }
  | { readonly from: "header"; readonly header: string }
  | { readonly from: "cookie"; readonly cookie: string }
  | { readonly from: "body" };

/** A value that the service issued in a response. */
export interface IssuedValue {
  readonly origin: ValueOrigin;
  /** A regular expression whose group is the value in the text of the origin; empty if the text is the value. */
  readonly pattern: string;
  readonly value: string;
  readonly isNumber: boolean;
  /** How the value is encoded in the text of the origin. */
  readonly encoding: "none" | "html" | "percent";
  /** The name of the field; empty if the value has none. */
  readonly name: string;
  /** The collection that the value belongs to: "orders" for the 17 in `/orders/17`; empty if it is unknown. */
  readonly collection: string;
}

/** Returns all named values of a response, in their order. */
export function issuedValues(step: RecordedStep): IssuedValue[] {
  const { answer } = step;
  const text = answer.text;
  const json = jsonOf(text);
  return [
    ...(json === undefined ? markupOf(text, answerType(step)) : jsonValues(json, step)),
    ...[...answer.cookies].flatMap(([cookie, value]) => cookieValues(cookie, value)),
    ...answer.headers.flatMap(({ name, value }) => headerValues(name, value)),
  ];
}

/** Describes a value anywhere in the text of a response by the text around it; null if the text does not contain it. */
export function valueInText(step: RecordedStep, value: string): IssuedValue | null {
  const { text } = step.answer;
  const encoded = value.replaceAll("&", "&amp;");
  const raw = text.includes(value) ? value : encoded;
  const pattern = surroundingPattern(text, raw);
  if (pattern === null) return null;
  // The word before the value is usually its name: `"apiToken":"…`.
  const [, name = ""] = /([a-z][\w-]{1,40})[^\w]{1,6}\(\[/i.exec(pattern) ?? [];
  return { ...bare({ from: "body" }, value), name, pattern, encoding: raw === value ? "none" : "html" };
}

/** Returns the value that the same origin has in the response of a step; null if there is none. */
export function valueIn(step: RecordedStep, { origin, pattern, encoding }: IssuedValue): string | null {
  const text = originText(step, origin);
  if (text === null) return null;
  const found = pattern === "" ? text : new RegExp(pattern).exec(text)?.[1];
  if (found === undefined) return null;
  return decodeAs(found, encoding);
}

function originText(step: RecordedStep, origin: ValueOrigin): string | null {
  switch (origin.from) {
    case "json": {
      const value = origin.path.reduce<unknown>(
        (at, part) => (at as Readonly<Record<string | number, unknown>> | null | undefined)?.[part],
        jsonOf(step.answer.text),
      );
      return typeof value === "string" || typeof value === "number" ? String(value) : null;
    }
    case "header":
      return headerValue(step.answer.headers, origin.header) || null;
    case "cookie":
      return step.answer.cookies.get(origin.cookie) ?? null;
    case "body":
      return step.answer.text;
  }
}

function decodeAs(text: string, encoding: IssuedValue["encoding"]): string {
  if (encoding === "percent") return decoded(text);
  return encoding === "html" ? htmlDecoded(text) : text;
}

/** Decodes the character references that frameworks write into attributes. The test does the same. */
function htmlDecoded(text: string): string {
  return text
    .replace(/&#x([0-9a-f]{1,6});/gi, (_, hex: string) => characterOf(Number.parseInt(hex, 16)))
    .replace(/&#(\d{1,7});/g, (_, decimal: string) => characterOf(Number(decimal)))
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

function characterOf(code: number): string {
  return code <= 0x10_ff_ff ? String.fromCodePoint(code) : "";
}

function jsonOf(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function answerType({ answer }: RecordedStep): string {
  return headerValue(answer.headers, "content-type");
}

function jsonValues(json: unknown, step: RecordedStep): IssuedValue[] {
  return leavesOf(json).flatMap(({ path, value }) => {
    const names = path.filter((part) => typeof part === "string");
    const origin: ValueOrigin = { from: "json", path };
    const name = names.at(-1) ?? "";
    const own = {
      ...bare(origin, String(value)),
      isNumber: typeof value === "number",
      name,
      collection: names.at(-2) ?? lastWordOfPath(step.path),
    };
    if (typeof value !== "string" || !/^(?:https?:\/)?\/[^\s/]/.test(value)) return [own];
    return [own, ...linkValues(value).map((part) => ({ ...fromContext(origin, part), encoding: "percent" as const }))];
  });
}

function markupOf(text: string, type: string): IssuedValue[] {
  if (!/html|xml/.test(type) && !/^\s*</.test(text)) return [];
  return markupValues(text).map((context) => {
    const value = htmlDecoded(context.value);
    const isEscaped = value !== context.value || /&/.test(context.value);
    return { ...fromContext({ from: "body" }, context), value, encoding: isEscaped ? "html" : "none" };
  });
}

function cookieValues(cookie: string, value: string): IssuedValue[] {
  const own = { ...bare({ from: "cookie", cookie }, value), name: cookie };
  const plain = decoded(value);
  // A page reads its cookie and decodes it, as Angular and axios do with XSRF-TOKEN.
  return plain === value ? [own] : [own, { ...own, value: plain, encoding: "percent" }];
}

const boringHeaders =
  /^(?:set-cookie|date|server|content-.*|cache-control|expires|age|vary|connection|keep-alive|via|alt-svc|strict-.*|access-control-.*|x-frame-options|x-content-.*|x-xss-.*|x-powered-by|referrer-policy|accept-ranges|transfer-encoding|last-modified|pragma|nel|report-to|cf-.*|permissions-policy|p3p|link|x-ratelimit.*|ratelimit.*)$/;

function headerValues(header: string, value: string): IssuedValue[] {
  if (boringHeaders.test(header)) return [];
  const origin: ValueOrigin = { from: "header", header };
  if (header === "location" || header === "content-location") {
    return linkValues(value).map((part) => ({ ...fromContext(origin, part), encoding: "percent" as const }));
  }
  return [{ ...bare(origin, value), name: header }];
}

function fromContext(origin: ValueOrigin, { pattern, value, name, collection }: CaptureContext): IssuedValue {
  return { ...bare(origin, value), pattern, name, collection };
}

function bare(origin: ValueOrigin, value: string): IssuedValue {
  return { origin, value, pattern: "", isNumber: false, encoding: "none", name: "", collection: "" };
}

/** Returns the last word of a path that is not an id: orders for "/shop/orders?page=2" and for "/orders/17". */
function lastWordOfPath(path: string): string {
  const segments = (path.split("?")[0] ?? "").split("/");
  return segments.findLast((segment) => /^[a-z][\w-]*$/i.test(segment) && !/\d{2}/.test(segment)) ?? "";
}

/** Returns words for the name of a variable with the value: "order id", "access_token", "csrf". */
export function nameOfValue({ name, collection, origin }: IssuedValue): string {
  const words = nameWords(name);
  const isGeneral = words.length === 0 || /^(?:id|uuid|guid|key|value|slug|number|code|content)$/.test(words.join(""));
  const owner = singular(camelCase(collection));
  if (isGeneral && owner !== "" && owner !== camelCase(name)) return `${owner} ${words.join(" ") || "id"}`;
  if (words.length > 0) return name.replace(/^x-/i, "");
  return origin.from === "body" ? "found value" : "issued value";
}
