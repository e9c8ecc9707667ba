import { describeValue, isThenable, tagOf } from "../../../core/describe-value.ts";
import { nearestName } from "../../../core/nearest.ts";
import type { RequestOptions } from "../../../scenario/definition/http.ts";
import { InvalidRequest } from "./invalid-request.ts";

const blank = 0x20;
const notInToken = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/;
/** Those that are registered have at most 17. */
const longestMethod = 32;
const optionNames = ["name", "tags", "headers", "query", "json", "form", "body", "timeout", "expect", "maxRedirects"];

/** What other clients call something, in lower case, and what to write here instead. */
const foreignNames: ReadonlyMap<string, string> = new Map(
  [
    {
      names: ["params", "searchparams", "qs", "queryparams", "querystring"],
      instead: "query is what goes into the URL",
    },
    { names: ["data", "payload", "content"], instead: "a body is given as json, form or body" },
    { names: ["files", "formdata", "multipart"], instead: "a file is sent as body: a FormData or a Blob" },
    { names: ["host", "baseurl"], instead: "a whole URL in place of the path goes to another host" },
    { names: ["url", "path"], instead: "the URL is the first argument" },
    { names: ["method"], instead: 'vu.http.request("OPTIONS", url) sends any method' },
    {
      names: ["redirects", "redirect", "followredirects", "followredirect", "allowredirects"],
      instead: "maxRedirects is how many redirects to follow",
    },
    {
      names: ["responsecallback", "catchresponse", "validatestatus", "assert", "checks"],
      instead: "expect says which response is a success",
    },
    {
      names: ["auth"],
      instead: "credentials go into the URL (http://user:password@host/) or headers: { authorization: … }",
    },
    {
      names: ["cookies", "cookie", "jar"],
      instead: "cookies of a user are kept by themselves; vu.http.cookies.set(name, value) sets another",
    },
    { names: ["signal"], instead: "timeout ends a request" },
    { names: ["proxy"], instead: "workers read HTTP_PROXY, HTTPS_PROXY and NO_PROXY" },
    {
      names: ["verify", "rejectunauthorized", "insecure", "insecureskiptlsverify"],
      instead: "NODE_TLS_REJECT_UNAUTHORIZED=0 accepts any certificate",
    },
  ].flatMap(({ names, instead }) => names.map((name) => [name, instead])),
);

/**
 * Refuses what is no record of options, and an option that does not exist. It is asked for each request that has options,
 * as they may have changed since the last, and takes 20 to 40 ns: the values are checked where they are used.
 * @throws InvalidRequest
 */
export function checkOptionNames(options: unknown): asserts options is object {
  if (typeof options !== "object" || options === null || !isPlain(options)) throw misplaced(options);
  for (const option in options) {
    switch (option) {
      case "headers":
      case "json":
      case "name":
      case "query":
      case "tags":
      case "expect":
      case "timeout":
      case "body":
      case "form":
      case "maxRedirects":
        continue;
    }
    // What somebody has added to all objects is nobody's option.
    if (!(option in Object.prototype)) throw unknownOption(option, options);
  }
}

/** Bodies in place of the options, as in other clients, are the usual mistake. */
function misplaced(options: unknown): InvalidRequest {
  return new InvalidRequest(
    `the options are ${describeValue(options)}; expected an object: a body is written { body: … } or { json: … }`,
  );
}

function unknownOption(option: string, options: object): InvalidRequest {
  const shown = JSON.stringify(option.length > 60 ? `${option.slice(0, 60)}…` : option);
  const foreign = foreignNames.get(option.toLowerCase().replace(/[_-]/g, ""));
  if (foreign !== undefined) return new InvalidRequest(`unknown option ${shown}; ${foreign}`);
  const near = nearestName(option, optionNames);
  if (near !== undefined) return new InvalidRequest(`unknown option ${shown}; did you mean ${near}?`);
  const isBody = !Object.keys(options).some((name) => optionNames.includes(name));
  const hint = isBody ? "; a body is written { json: … } or { form: … }" : "";
  return new InvalidRequest(`unknown option ${shown}; valid: ${optionNames.join(", ")}${hint}`);
}

/** @throws InvalidRequest: muster takes a URL and options, where k6 takes a body between the two. */
export function refuseThirdArgument(method: string): never {
  throw new InvalidRequest(
    `${method} was given three arguments; expected a URL and options: a body is written { body: …, headers: … }`,
  );
}

/** The method as it is sent: in upper case, as HTTP has them and k6 sends them. @throws InvalidRequest */
export function methodOf(method: unknown): string {
  switch (method) {
    case "GET":
    case "POST":
    case "PUT":
    case "PATCH":
    case "DELETE":
    case "HEAD":
      return method;
  }
  if (typeof method !== "string") {
    throw new InvalidRequest(`the method is ${describeValue(method)}; expected a text such as "GET"`);
  }
  if (method.length > longestMethod) throw new InvalidRequest(`there is no method of ${method.length} characters`);
  const inUpperCase = method.toUpperCase();
  if (notInToken.test(method) || method === "" || inUpperCase === "CONNECT") {
    const isUrl = method.includes("/") && !method.includes(" ");
    const order = isUrl ? '; the method comes before the URL: vu.http.request("GET", "/jobs")' : "";
    throw new InvalidRequest(`there is no method ${JSON.stringify(method)}${order}`);
  }
  return inUpperCase;
}

/** A URL as text, for one that may change; all else is as it came. */
export function urlOf(url: unknown): string {
  return tagOf(url) === "URL" ? (url as URL).href : (url as string);
}

/** @throws InvalidRequest */
export function checkName(name: unknown): asserts name is string | undefined {
  if (name === undefined) return;
  if (typeof name === "string" && (name.charCodeAt(0) > blank || name.trim() !== "")) return;
  const found = typeof name === "string" ? "empty" : describeValue(name);
  throw new InvalidRequest(`the option name is ${found}; expected a text such as "/jobs/:id"`);
}

/** @throws InvalidRequest */
export function checkTags(tags: unknown): asserts tags is RequestOptions["tags"] {
  if (tags === undefined) return;
  requireRecord("tags", tags, '{ kind: "search" }');
  for (const tag of Object.keys(tags)) {
    const value = tags[tag];
    if (typeof value === "string" || value === undefined) continue;
    throw new InvalidRequest(`the tag ${JSON.stringify(tag)} is ${describeValue(value)}; expected a text`);
  }
}

/** @throws InvalidRequest */
export function redirectCount(maxRedirects: unknown): number {
  if (typeof maxRedirects === "number" && Number.isInteger(maxRedirects) && maxRedirects >= 0) return maxRedirects;
  throw new InvalidRequest(
    `the option maxRedirects is ${describeValue(maxRedirects)}; expected a whole number, 0 for none`,
  );
}

/**
 * Refuses what has its content elsewhere than in fields, such as a `Headers`, a `Map` or a promise: read field by field it
 * would be empty. `example` shows what is valid.
 * @throws InvalidRequest
 */
export function requireRecord(
  option: string,
  value: unknown,
  example: string,
): asserts value is Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null) {
    // Most are literals, which inherit nothing.
    if (Object.getPrototypeOf(value) === Object.prototype) return;
    if (isPlain(value)) {
      requireOwnFields(option, value);
      return;
    }
  }
  const isPairs = typeof value === "object" && value !== null && Symbol.iterator in value && tagOf(value) !== "Array";
  const instead = isPairs ? "Object.fromEntries(…) makes an object of it" : `expected an object such as ${example}`;
  throw new InvalidRequest(`the option ${option} is ${describeValue(value)}; ${instead}`);
}

/** Only own fields are read: an inherited one would be lost in silence. */
function requireOwnFields(option: string, value: object): void {
  for (const name in value) {
    if (Object.hasOwn(value, name) || name in Object.prototype) continue;
    throw new InvalidRequest(`the option ${option} inherits ${JSON.stringify(name)}; expected fields of its own`);
  }
}

/** Whether it is made of fields: a literal, one without a prototype, or of a class of the test's own. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return tagOf(value) === "Object" && !(Symbol.iterator in value) && !isThenable(value);
}
