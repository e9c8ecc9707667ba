import type { Expectation, HttpResponse, Method, RequestOptions } from "../../scenario/http.ts";
import { judge } from "./judgement.ts";

/** One request of a chain of redirects. */
export interface Hop {
  readonly method: Method;
  readonly url: string;
  readonly options: RequestOptions;
}

/**
 * What follows from the response to `hop`, which went to `from`; null when it is no redirect, or none to anywhere. The method
 * becomes GET, without a body, where browsers do that: after 303, and when a POST is answered by 301 or 302 (the Fetch
 * standard, "HTTP-redirect fetch"). Credentials stay with their origin.
 */
export function nextHop({ method, options }: Hop, from: string, response: HttpResponse): Hop | null {
  const to = destination(response, from);
  if (to === null) return null;
  const { query: _, json, form, body, ...rest } = options;
  const headers = to.origin === new URL(from).origin ? options.headers : withoutCredentials(options.headers);
  const kept = headers === undefined ? rest : { ...rest, headers };
  const { status } = response;
  if (status === 303 ? method !== "HEAD" : method === "POST" && status <= 302) {
    return { method: "GET", url: to.href, options: without(kept, ["content-type", "content-length"]) };
  }
  const content = { ...(json === undefined ? {} : { json }), ...(form === undefined ? {} : { form }) };
  return { method, url: to.href, options: { ...kept, ...content, ...(body === undefined ? {} : { body }) } };
}

/** A redirect is not what the test expects something of: what it leads to is. */
export function expectationBehindRedirects(expect: Expectation | undefined, from: string): Expectation | undefined {
  if (expect === undefined) return undefined;
  return (response) => destination(response, from) !== null || (judge(response, expect)?.message ?? true);
}

const redirecting: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function destination({ status, headers }: HttpResponse, from: string): URL | null {
  const to = redirecting.has(status) && headers.location ? URL.parse(headers.location, from) : null;
  if (to === null || (to.protocol !== "http:" && to.protocol !== "https:")) return null;
  to.hash = "";
  return to;
}

function withoutCredentials(headers: RequestOptions["headers"]): RequestOptions["headers"] {
  return headers === undefined ? undefined : namedOtherThan(headers, ["authorization", "cookie", "host"]);
}

function without(options: RequestOptions, names: readonly string[]): RequestOptions {
  return options.headers === undefined ? options : { ...options, headers: namedOtherThan(options.headers, names) };
}

function namedOtherThan(headers: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name.toLowerCase())));
}
