import { ConfigurationError } from "../../../../core/errors.ts";
import type { HarHeader } from "../har/har-headers.ts";
import type { HarParam, HarPost } from "../har/har-post.ts";
import { oneLine } from "../loose-json.ts";
import { type CurlConnections, connectToEntry } from "./curl-connections.ts";
import { type CurlOption, curlOptions } from "./curl-options.ts";

/** The request of a curl command. */
export interface CurlRequest extends CurlConnections {
  readonly method: string;
  readonly url: URL;
  readonly headers: readonly HarHeader[];
  readonly post: HarPost | null;
  readonly followsRedirects: boolean;
  /** The time limit of the request in ms; null without one. */
  readonly timeoutMs: number | null;
  /** What the command does beside the request, or with files, and the test does not. */
  readonly ignored: readonly string[];
}

const formType = "application/x-www-form-urlencoded";
/** Options that change what is sent, and have no equivalent in the converted test. */
const unsupported =
  /^(?:proxy|proxy-user|socks5|preproxy|cert|key|cacert|capath|pass|unix-socket|resolve|connect-to|interface|netrc|digest|ntlm|negotiate|anyauth|aws-sigv4|upload-file|config|retry|range|continue-at|time-cond|variable)$/;

/** The requests of a command: one for each URL, and for each part between `--next`. */
export function curlRequests(words: readonly string[]): CurlRequest[] {
  const options = curlOptions(words);
  const parts: CurlOption[][] = [[]];
  for (const option of options) {
    if (option.name === "next") parts.push([]);
    else parts.at(-1)?.push(option);
  }
  return parts.filter((part) => part.length > 0).flatMap(requestsOf);
}

function requestsOf(options: readonly CurlOption[]): CurlRequest[] {
  const urls = options.filter(({ name }) => name === "url");
  if (urls.length === 0) throw new ConfigurationError("the curl command has no URL");
  const has = (name: string) => options.some((option) => option.name === name);
  const data = dataOf(options);
  const isGet = has("get");
  const form = formOf(options);
  const body = data !== null && !isGet ? textPost(data) : form;
  const headers = headersOf(options, body);
  const seconds = Number(lastOf(options, "max-time") ?? "");
  const located = urls.map(({ value }) => urlOf(value, isGet ? [data ?? "", ...queryOf(options)] : queryOf(options)));
  return located.map((url) => ({
    method: methodOf(options, body),
    url,
    headers,
    post:
      body === null ? null : { ...body, contentType: headers.find(({ name }) => name === "content-type")?.value ?? "" },
    followsRedirects: has("location") || has("location-trusted"),
    timeoutMs: seconds > 0 ? Math.round(seconds * 1_000) : null,
    isInsecure: has("insecure"),
    connectTo: options.flatMap((option) => [connectToEntry(option, url.hostname)].filter((one) => one !== null)),
    ignored: ignoredOf(options),
  }));
}

function methodOf(options: readonly CurlOption[], body: HarPost | null): string {
  const asked = lastOf(options, "request");
  if (asked !== undefined) return asked.toUpperCase();
  if (options.some(({ name }) => name === "head")) return "HEAD";
  return body === null ? "GET" : "POST";
}

function lastOf(options: readonly CurlOption[], name: string): string | undefined {
  return options.findLast((option) => option.name === name)?.value;
}

function urlOf(text: string, queries: readonly string[]): URL {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new ConfigurationError(`${JSON.stringify(oneLine(text, 80))} is not the URL of an HTTP service`);
  }
  url.hash = "";
  const query = [url.search.slice(1), ...queries].filter((part) => part !== "").join("&");
  url.search = query;
  return url;
}

function queryOf(options: readonly CurlOption[]): string[] {
  return options.filter(({ name }) => name === "url-query").map(({ value }) => encodedData(value));
}

/** The body of the options -d; null without one. Several are joined by "&". */
function dataOf(options: readonly CurlOption[]): string | null {
  const parts = options.flatMap(({ name, value }) => {
    if (name === "data-urlencode") return [encodedData(value)];
    if (name === "data-raw" || name === "json") return [value];
    if (name !== "data" && name !== "data-ascii" && name !== "data-binary") return [];
    // The content of a file is not in the command.
    return [value.startsWith("@") ? "" : value];
  });
  if (parts.length === 0) return null;
  return options.some(({ name }) => name === "json") ? parts.join("") : parts.join("&");
}

/** `content`, `=content` or `name=content`: the content is encoded. */
function encodedData(text: string): string {
  const at = text.indexOf("=");
  if (at === -1) return text.startsWith("@") ? "" : encodeURIComponent(text);
  return `${text.slice(0, at)}${at === 0 ? "" : "="}${encodeURIComponent(text.slice(at + 1))}`;
}

function textPost(text: string): HarPost {
  return { contentType: "", text, isBase64: false, params: [], length: null, isMissing: text === "" };
}

function formOf(options: readonly CurlOption[]): HarPost | null {
  const params = options.flatMap(({ name, value }): HarParam[] => {
    if (name !== "form" && name !== "form-string") return [];
    const at = value.indexOf("=");
    const field = { name: value.slice(0, at), contentType: "" };
    const content = value.slice(at + 1);
    if (name === "form-string" || !/^[@<]/.test(content)) {
      return [{ ...field, value: name === "form" ? content.replace(/;type=[^;]*$/, "") : content, fileName: null }];
    }
    const [file = "", ...attributes] = content.slice(1).split(";");
    const type = attributes.find((attribute) => attribute.startsWith("type="))?.slice(5) ?? "";
    return [{ ...field, value: "", fileName: file.split("/").at(-1) ?? file, contentType: type }];
  });
  if (params.length === 0) return null;
  return { contentType: "multipart/form-data", text: "", isBase64: false, params, length: null, isMissing: false };
}

function headersOf(options: readonly CurlOption[], body: HarPost | null): HarHeader[] {
  const given = options.filter(({ name }) => name === "header").flatMap(({ value }) => headerOf(value));
  const has = (name: string) => given.some((header) => header.name === name);
  const add = (name: string, value: string | undefined): HarHeader[] =>
    value === undefined || has(name) ? [] : [{ name, value }];
  const user = lastOf(options, "user");
  const token = lastOf(options, "oauth2-bearer");
  const cookies = options
    .filter(({ name, value }) => name === "cookie" && value.includes("="))
    .map(({ value }) => value);
  const isJson = options.some(({ name }) => name === "json");
  const type = isJson ? "application/json" : body?.contentType || formType;
  return [
    ...given,
    ...(body === null || body.contentType !== "" ? [] : add("content-type", type)),
    ...(isJson ? add("accept", "application/json") : []),
    ...add("authorization", token === undefined ? undefined : `Bearer ${token}`),
    ...add("authorization", user === undefined ? undefined : `Basic ${Buffer.from(user).toString("base64")}`),
    ...add("cookie", cookies.length === 0 ? undefined : cookies.join("; ")),
    ...add("user-agent", lastOf(options, "user-agent")),
    ...add("referer", lastOf(options, "referer")?.replace(/;auto$/, "")),
  ];
}

/** `Name: value`; `Name;` is an empty header, and `Name:` removes one. */
function headerOf(text: string): HarHeader[] {
  const [, name = "", separator, value = ""] = /^\s*([^:;\s]+)\s*([:;])\s*([\s\S]*)$/.exec(text) ?? [];
  if (name === "" || (separator === ":" && value.trim() === "")) return [];
  return [{ name: name.toLowerCase(), value: value.trim() }];
}

function ignoredOf(options: readonly CurlOption[]): string[] {
  const files = options.filter(
    ({ name, value }) => (/^data/.test(name) && value.startsWith("@")) || (name === "cookie" && !value.includes("=")),
  );
  return [
    ...new Set(
      [
        ...options.filter((option) => unsupported.test(option.name) && connectToEntry(option, "any") === null),
        ...files,
      ].map(({ name, value }) =>
        oneLine(value === "" || /pass|user|key/.test(name) ? `--${name}` : `--${name} ${value}`, 80),
      ),
    ),
  ];
}
