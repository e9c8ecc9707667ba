import { decoded } from "./place.ts";

/** A value in a text, with a regular expression for it. */
export interface CaptureContext {
  readonly value: string;
  /** A pattern whose first group is the value. Its first match in the text may be another value. */
  readonly pattern: string;
  readonly name: string;
  /** The collection that the value belongs to: "orders" for the 17 in `/orders/17`. */
  readonly collection: string;
}

/** Further values of a page are ignored. */
const mostValues = 5_000;
const longestTag = 4_000;

interface Attribute {
  /** The attribute in the markup: `name="csrf"`. */
  readonly text: string;
  /** The position of the attribute in the tag. */
  readonly at: number;
  /** The name in lower case. */
  readonly name: string;
  readonly value: string;
}

/** Returns the values of hidden fields, of meta tags, of `data-` attributes and of links in a page. */
export function markupValues(html: string): CaptureContext[] {
  const tags = html.matchAll(/<[a-z][^>]*>/gi).filter(([tag]) => tag.length <= longestTag);
  const values = tags.flatMap(([tag]) => tagValues(tag)).filter(({ value }) => value !== "");
  return values.take(mostValues).toArray();
}

function tagValues(tag: string): CaptureContext[] {
  const attributes = attributesOf(tag);
  const named = attributes.find(({ name }) => name === "name" || name === "property");
  return attributes.flatMap((attribute) => {
    const { name, value, text } = attribute;
    if (/^(?:value|content)$/.test(name)) return named === undefined ? [] : [namedValue(tag, named, attribute)];
    if (/^(?:href|action|src)$/.test(name)) {
      const start = escaped(text.slice(0, text.length - value.length - 1));
      return linkValues(value).map((part) => ({ ...part, pattern: `${start}[^"']*?${part.pattern}` }));
    }
    if (!name.startsWith("data-")) return [];
    return [{ value, pattern: attributePattern(text, text), name: name.slice("data-".length), collection: "" }];
  });
}

function attributesOf(tag: string): Attribute[] {
  return [...tag.matchAll(/([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map((match) => {
    const [text, name = "", double, single = ""] = match;
    return { text, at: match.index, name: name.toLowerCase(), value: double ?? single };
  });
}

/** Describes the value of a field by the text from its name to its value, or from its value to its name. */
function namedValue(tag: string, named: Attribute, valued: Attribute): CaptureContext {
  const last = named.at < valued.at ? valued : named;
  const between = tag.slice(Math.min(named.at, valued.at), last.at + last.text.length);
  return { value: valued.value, pattern: attributePattern(between, valued.text), name: named.value, collection: "" };
}

/** Returns a pattern for a text that contains an attribute. The value of the attribute is the group. */
function attributePattern(text: string, attribute: string): string {
  const quote = attribute.at(-1) ?? '"';
  const start = attribute.slice(0, attribute.indexOf(quote) + 1);
  const [before, after] = [
    text.slice(0, text.indexOf(attribute)),
    text.slice(text.indexOf(attribute) + attribute.length),
  ];
  return `${escaped(before + start)}([^${quote}]*)${escaped(quote + after)}`.replace(/\s+/g, "\\s+");
}

/** Returns the segments of the path and the values of the query of a URL or path. The pattern of each has the segment or name before it. */
export function linkValues(link: string): CaptureContext[] {
  const [withoutFragment = ""] = link.split("#");
  const [path = "", query = ""] = withoutFragment.split("?");
  const segments = path.replace(/^https?:\/\/[^/]*/i, "").split("/");
  const ofPath = segments.flatMap((segment, index) => {
    const before = segments[index - 1] ?? "";
    if (segment === "" || before === "") return [];
    const context = { value: decoded(segment), name: "", collection: decoded(before) };
    return [{ ...context, pattern: `\\/${escaped(before)}\\/([^/?#"']+)` }];
  });
  const ofQuery = query.split("&").flatMap((pair) => {
    const [name = "", value = ""] = pair.split("=");
    if (name === "" || value === "") return [];
    return [
      {
        value: decoded(value.replaceAll("+", " ")),
        name: decoded(name),
        collection: "",
        pattern: `[?&;]${escaped(name)}=([^&#"']*)`,
      },
    ];
  });
  return [...ofPath, ...ofQuery];
}

/** Returns a pattern that finds `value` by the text before it and the character after it; null if there is none. */
export function surroundingPattern(text: string, value: string): string | null {
  const at = text.indexOf(value);
  if (at === -1) return null;
  const after = text.slice(at + value.length, at + value.length + 1);
  if (after === "" || value.includes(after)) return null;
  for (const length of [12, 20, 30, 45, 60]) {
    const line =
      text
        .slice(Math.max(0, at - length), at)
        .split(/[\r\n]/)
        .at(-1) ?? "";
    const before = length < 45 ? line.replace(/^\S*\s+(?=\S)/, "") : line;
    if (!/\w/.test(before)) continue;
    const pattern = `${escaped(before)}([^${after === "-" ? "\\-" : escaped(after)}]+)`;
    if (new RegExp(pattern).exec(text)?.[1] === value) return pattern;
  }
  return null;
}

/** Escapes a text so that a regular expression literal matches it. */
function escaped(text: string): string {
  return text
    .replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
