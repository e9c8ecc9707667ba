/** Header values by name, which is case-insensitive; `null` removes a header that would otherwise be sent. */
export type HeaderSettings = Readonly<Record<string, string | null>>;

/** Headers about message framing and the connection, which the HTTP engine sets. */
const reserved: ReadonlySet<string> = new Set(["transfer-encoding", "keep-alive", "upgrade", "expect"]);
const longestShownName = 60;
const notInToken = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/;
const notInValue = /[^\t\x20-\x7e\x80-\xff]/;

/** Returns what is wrong with a header name; null if it is valid (RFC 9110, 5.1). */
export function headerNameProblem(name: string): string | null {
  if (name === "") return "a header has an empty name";
  if (notInToken.test(name)) return `${JSON.stringify(shortened(name))} is not a valid header name`;
  return reserved.has(name.toLowerCase())
    ? `the header ${name} cannot be set: muster frames requests and manages connections itself`
    : null;
}

function shortened(name: string): string {
  return name.length > longestShownName ? `${name.slice(0, longestShownName)}…` : name;
}

/** Returns what is wrong with a header value; null if it is valid (RFC 9110, 5.5). */
export function headerValueProblem(name: string, value: string): string | null {
  const found = notInValue.exec(value)?.[0];
  if (found === undefined) return null;
  if (found === "\r" || found === "\n") return `the value of the header ${name} contains a line break`;
  const character = `U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  return `the value of the header ${name} contains the character ${character}, which is not allowed in a header`;
}

/** Returns what is wrong with a header that is to be sent with all requests; null if it is valid. */
export function defaultHeaderProblem(name: string, value: string | null): string | null {
  if (name.toLowerCase() === "content-length")
    return "content-length cannot be set: it differs from request to request";
  return headerNameProblem(name) ?? (value === null ? null : headerValueProblem(name, value));
}
