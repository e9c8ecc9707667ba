import { ConfigurationError } from "../../../../core/errors.ts";
import { baseName } from "../code/sent-files.ts";
import type { HarHeader } from "../har/har-headers.ts";
import type { HarPost } from "../har/har-post.ts";
import { oneLine } from "../loose-json.ts";
import { certificatesOf } from "./curl-certificates.ts";
import { type CurlConnections, connectToEntry } from "./curl-connections.ts";
import { type CurlPart, formParts, isUnsentPart } from "./curl-form.ts";
import { type CurlOption, curlOptions } from "./curl-options.ts";

/** The request of a curl command. */
export interface CurlRequest extends CurlConnections {
  readonly method: string;
  readonly url: URL;
  readonly headers: readonly HarHeader[];
  readonly post: HarPost | null;
  /** The parts of a form, which replace `post`; null if the command sends no form. */
  readonly form: readonly CurlPart[] | null;
  /** The path of the file that is the body; null if the body is not a file. */
  readonly bodyFile: string | null;
  readonly followsRedirects: boolean;
  /** The time limit of the request in ms; null without one. */
  readonly timeoutMs: number | null;
  /** The options of the command that the test does not have an equivalent for, and those with files that it does not send. */
  readonly ignored: readonly string[];
}

const formType = "application/x-www-form-urlencoded";
/**
 * Options that change the request or its connection. The converted test has no equivalent, except for some values of `resolve`,
 * `connect-to` and `unix-socket`.
 */
const unsupported =
  /^(?:proxy|proxy-user|socks5|preproxy|capath|unix-socket|resolve|connect-to|interface|netrc|digest|ntlm|negotiate|anyauth|aws-sigv4|config|retry|range|continue-at|time-cond|variable)$/;

/** Returns the requests of a command: one for each URL of each part. `--next` separates the parts. */
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
  const body = data !== null && !isGet ? textPost(data) : null;
  const form = body === null ? formParts(options) : null;
  const upload = uploadOf(options);
  const bodyFile = upload ?? (isGet ? null : dataFileOf(options));
  const headers = headersOf(options, body).filter(({ name }) => form === null || name !== "content-type");
  const seconds = Number(lastOf(options, "max-time") ?? "");
  const located = urls.map(({ value }) => urlOf(value, isGet ? [data ?? "", ...queryOf(options)] : queryOf(options)));
  return located.map((url) => ({
    method: methodOf(options, upload !== null ? "PUT" : body === null && form === null ? "GET" : "POST"),
    url: upload === null ? url : uploadUrl(url, upload),
    headers,
    post:
      body === null ? null : { ...body, contentType: headers.find(({ name }) => name === "content-type")?.value ?? "" },
    form,
    bodyFile,
    followsRedirects: has("location") || has("location-trusted"),
    timeoutMs: seconds > 0 ? Math.round(seconds * 1_000) : null,
    isInsecure: has("insecure"),
    certificates: certificatesOf(options),
    connectTo: options.flatMap((option) => [connectToEntry(option, url.hostname)].filter((one) => one !== null)),
    ignored: ignoredOf(options, bodyFile !== null),
  }));
}

function methodOf(options: readonly CurlOption[], usual: string): string {
  const asked = lastOf(options, "request");
  if (asked !== undefined) return asked.toUpperCase();
  return options.some(({ name }) => name === "head") ? "HEAD" : usual;
}

/** Returns the file of the option -T; null if the option is not given or names standard input. */
function uploadOf(options: readonly CurlOption[]): string | null {
  const path = lastOf(options, "upload-file") ?? "";
  return path === "" || path === "-" || path === "." ? null : path;
}

/** Appends the name of the file to a URL that ends with a slash, as curl does. */
function uploadUrl(url: URL, path: string): URL {
  return url.pathname.endsWith("/")
    ? new URL(url.pathname + encodeURIComponent(baseName(path)) + url.search, url)
    : url;
}

/** Returns the file that is the whole body, such as that of `--data-binary @file`; null if there is none. */
function dataFileOf(options: readonly CurlOption[]): string | null {
  const [only, ...others] = options.filter(({ name }) => /^(?:data|json$)/.test(name));
  if (only === undefined || others.length > 0 || !/^data(?:-binary|-ascii)?$/.test(only.name)) return null;
  return /^@[^-]/.test(only.value) ? only.value.slice(1) : null;
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

/** Returns the body of the options -d, joined by "&" if there are several; null if there is none. */
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

/** Percent-encodes the content of `content`, `=content` or `name=content`. */
function encodedData(text: string): string {
  const at = text.indexOf("=");
  if (at === -1) return text.startsWith("@") ? "" : encodeURIComponent(text);
  return `${text.slice(0, at)}${at === 0 ? "" : "="}${encodeURIComponent(text.slice(at + 1))}`;
}

function textPost(text: string): HarPost {
  return { contentType: "", text, isBase64: false, params: [], length: null, isMissing: text === "" };
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

/** Parses `Name: value`. `Name;` is an empty header, and `Name:` removes a header. */
function headerOf(text: string): HarHeader[] {
  const [, name = "", separator, value = ""] = /^\s*([^:;\s]+)\s*([:;])\s*([\s\S]*)$/.exec(text) ?? [];
  if (name === "" || (separator === ":" && value.trim() === "")) return [];
  return [{ name: name.toLowerCase(), value: value.trim() }];
}

/** Returns the options that are not converted. @param sendsFile whether the body is a file, as with `--data-binary @file` */
function ignoredOf(options: readonly CurlOption[], sendsFile: boolean): string[] {
  const files = options.filter(
    (option) =>
      (!sendsFile && /^data/.test(option.name) && option.value.startsWith("@")) ||
      (option.name === "upload-file" && uploadOf([option]) === null) ||
      (option.name === "cookie" && !option.value.includes("=")) ||
      isUnsentPart(option),
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
