import { describeValue, isThenable, tagOf } from "../../../core/describe-value.ts";
import { nearestName } from "../../../core/nearest.ts";
import type { RequestOptions } from "../../../scenario/definition/http.ts";
import { InvalidRequest } from "./invalid-request.ts";

const blank = 0x20;
const notInToken = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/;
/** Registered methods have at most 17 characters. */
const longestMethod = 32;
const optionNames = [
  "name",
  "tags",
  "headers",
  "query",
  "json",
  "form",
  "multipart",
  "body",
  "timeout",
  "expect",
  "maxRedirects",
  "retries",
  "auth",
  "stream",
];

/** Option names of other clients, in lower case, and what to use here instead. */
const foreignNames: ReadonlyMap<string, string> = new Map(
  [
    {
      names: ["params", "searchparams", "qs", "queryparams", "querystring"],
      instead: "query adds fields to the URL",
    },
    { names: ["data", "payload", "content"], instead: "set the body with json, form or body" },
    {
      names: ["files", "formdata", "attachments"],
      instead: 'multipart sends fields and files: multipart: { photo: file("photo.jpg") }',
    },
    { names: ["host", "baseurl"], instead: "to reach another host, pass a whole URL in place of the path" },
    { names: ["url", "path"], instead: "the URL is the first argument" },
    { names: ["method"], instead: 'vu.http.request("OPTIONS", url) sends any method' },
    {
      names: ["redirects", "redirect", "followredirects", "followredirect", "allowredirects"],
      instead: "maxRedirects sets how many redirects to follow",
    },
    {
      names: ["responsecallback", "catchresponse", "validatestatus", "assert", "checks"],
      instead: "expect sets which responses are a success",
    },
    {
      names: ["authentication", "credentials", "username", "password", "bearer", "token"],
      instead: "auth takes basicAuth(user, password), digestAuth(user, password) or bearerAuth(token)",
    },
    {
      names: ["cookies", "cookie", "jar"],
      instead: "cookies of a user are kept automatically; vu.http.cookies.set(name, value) sets another",
    },
    {
      names: ["retry", "maxretries", "retrycount", "attempts"],
      instead: "retries sets how often a failed request is sent again",
    },
    { names: ["signal"], instead: "timeout limits the duration of a request" },
    { names: ["proxy"], instead: "set HTTP_PROXY, HTTPS_PROXY and NO_PROXY for the workers" },
    {
      names: ["verify", "rejectunauthorized", "insecure", "insecureskiptlsverify"],
      instead: "tls: { insecure: true } in the test or a class accepts any certificate",
    },
  ].flatMap(({ names, instead }) => names.map((name) => [name, instead])),
);

/**
 * Refuses options that are not a plain object, and unknown options. Called for each request with options, as they may
 * have changed since the last one; it takes 20 to 40 ns. The values are validated where they are used.
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
      case "multipart":
      case "maxRedirects":
      case "retries":
      case "auth":
      case "stream":
        continue;
    }
    // A property that was added to all objects is not an option.
    if (!(option in Object.prototype)) throw unknownOption(option, options);
  }
}

/** The usual mistake: a body in place of the options, as in other clients. */
function misplaced(options: unknown): InvalidRequest {
  return new InvalidRequest(
    `the options are ${describeValue(options)}; expected an object: pass a body as { body: … } or { json: … }`,
  );
}

function unknownOption(option: string, options: object): InvalidRequest {
  const shown = JSON.stringify(option.length > 60 ? `${option.slice(0, 60)}…` : option);
  const foreign = foreignNames.get(option.toLowerCase().replace(/[_-]/g, ""));
  if (foreign !== undefined) return new InvalidRequest(`unknown option ${shown}; ${foreign}`);
  const near = nearestName(option, optionNames);
  if (near !== undefined) return new InvalidRequest(`unknown option ${shown}; did you mean ${near}?`);
  const isBody = !Object.keys(options).some((name) => optionNames.includes(name));
  const hint = isBody ? "; pass a body as { json: … } or { form: … }" : "";
  return new InvalidRequest(`unknown option ${shown}; valid: ${optionNames.join(", ")}${hint}`);
}

/** @throws InvalidRequest: muster takes a URL and options; k6 takes a body between the two. */
export function refuseThirdArgument(method: string): never {
  throw new InvalidRequest(
    `${method} was given three arguments; expected a URL and options: pass a body as { body: …, headers: … }`,
  );
}

/** Methods that are sent in upper case however they are written. */
const standardMethods: ReadonlySet<string> = new Set([
  ...["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"],
]);

/**
 * Returns the method as it is sent: a standard one in upper case, any other as written (RFC 9110, 9.1).
 * @throws InvalidRequest
 */
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
    throw new InvalidRequest(`the method is ${describeValue(method)}; expected a string such as "GET"`);
  }
  if (method.length > longestMethod)
    throw new InvalidRequest(`the method has ${method.length} characters; at most ${longestMethod} are possible`);
  const inUpperCase = method.toUpperCase();
  if (notInToken.test(method) || method === "" || inUpperCase === "CONNECT") {
    const isUrl = method.includes("/") && !method.includes(" ");
    const order = isUrl ? '; the method comes before the URL: vu.http.request("GET", "/jobs")' : "";
    throw new InvalidRequest(`there is no method ${JSON.stringify(method)}${order}`);
  }
  return standardMethods.has(inUpperCase) ? inUpperCase : method;
}

/** Returns a `URL` object, which can change, as text, and anything else unchanged. */
export function urlOf(url: unknown): string {
  return tagOf(url) === "URL" ? (url as URL).href : (url as string);
}

/** @throws InvalidRequest */
export function checkName(name: unknown): asserts name is string | undefined {
  if (name === undefined) return;
  if (typeof name === "string" && (name.charCodeAt(0) > blank || name.trim() !== "")) return;
  const found = typeof name === "string" ? "empty" : describeValue(name);
  throw new InvalidRequest(`the option name is ${found}; expected a string such as "/jobs/:id"`);
}

/** @throws InvalidRequest */
export function checkTags(tags: unknown): asserts tags is RequestOptions["tags"] {
  if (tags === undefined) return;
  requireRecord("tags", tags, '{ kind: "search" }');
  for (const tag of Object.keys(tags)) {
    const value = tags[tag];
    if (typeof value === "string" || value === undefined) continue;
    throw new InvalidRequest(`the tag ${JSON.stringify(tag)} is ${describeValue(value)}; expected a string`);
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
 * Refuses objects whose content is not in fields, such as a `Headers`, a `Map` or a promise: read field by field, they
 * would be empty. `example` shows what is valid.
 * @throws InvalidRequest
 */
export function requireRecord(
  option: string,
  value: unknown,
  example: string,
): asserts value is Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null) {
    // Most are object literals, which inherit nothing.
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

/** Only own fields are read, so an inherited one would be ignored silently. */
function requireOwnFields(option: string, value: object): void {
  for (const name in value) {
    if (Object.hasOwn(value, name) || name in Object.prototype) continue;
    throw new InvalidRequest(`the option ${option} inherits ${JSON.stringify(name)}; expected fields of its own`);
  }
}

/**
 * Whether the value is made of fields: an object literal, an object without a prototype, or an instance of a class of
 * the test.
 */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return tagOf(value) === "Object" && !(Symbol.iterator in value) && !isThenable(value);
}
