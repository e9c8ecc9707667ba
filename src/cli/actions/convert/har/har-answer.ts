import { type LooseObject, objectOf, textOf } from "../loose-json.ts";
import { type HarHeader, headersOf } from "./har-headers.ts";

/** The response of a recorded request. */
export interface HarAnswer {
  readonly headers: readonly HarHeader[];
  /** The decoded body, at most its first 2 MB; empty if the exporter left it out. Each read of this property decodes it. */
  readonly text: string;
  /** The values of the cookies that the response set, by name, as they are in the header. */
  readonly cookies: ReadonlyMap<string, string>;
}

/** The part of a body that is searched for values, in characters. */
const longestBody = 2_000_000;

export function answerOf(response: LooseObject | null): HarAnswer {
  const headers = headersOf(response?.["headers"]);
  const content = objectOf(response?.["content"]);
  return {
    headers,
    cookies: cookiesOf(headers),
    get text() {
      const text = textOf(content?.["text"]);
      if (!/^base64$/i.test(textOf(content?.["encoding"]))) return text.slice(0, longestBody);
      return Buffer.from(text.slice(0, longestBody * 1.4), "base64").toString("utf8");
    },
  };
}

function cookiesOf(headers: readonly HarHeader[]): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  // Exporters write one header for each cookie, or join them by line breaks.
  for (const { value } of headers.filter(({ name }) => name === "set-cookie")) {
    for (const line of value.split("\n")) {
      const [, name, text] = /^\s*([^=;\s]+)=("[^"]*"|[^;]*)/.exec(line) ?? [];
      if (name !== undefined && text !== undefined) cookies.set(name, text.trim().replace(/^"|"$/g, ""));
    }
  }
  return cookies;
}
