/** Headers by name, in upper or lower case; null leaves out one that would be sent otherwise. */
export type HeaderSettings = Readonly<Record<string, string | null>>;

/** These say how the message is framed or what becomes of the connection, which is the engine's to know. */
const reserved: ReadonlySet<string> = new Set(["transfer-encoding", "keep-alive", "upgrade", "expect"]);
const longestShownName = 60;
const notInToken = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/;
const notInValue = /[^\t\x20-\x7e\x80-\xff]/;

/** Why a header cannot be called so; null when it can. */
export function headerNameProblem(name: string): string | null {
  if (name === "") return "a header has an empty name";
  if (notInToken.test(name)) return `${JSON.stringify(shortened(name))} is not a valid header name`;
  return reserved.has(name.toLowerCase())
    ? `the header ${name} cannot be set: muster itself frames its requests and keeps its connections`
    : null;
}

function shortened(name: string): string {
  return name.length > longestShownName ? `${name.slice(0, longestShownName)}…` : name;
}

/** Why a header cannot have this value; null when it can. */
export function headerValueProblem(name: string, value: string): string | null {
  const found = notInValue.exec(value)?.[0];
  if (found === undefined) return null;
  if (found === "\r" || found === "\n") return `the value of the header ${name} has a line break in it`;
  const character = `U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  return `the value of the header ${name} has the character ${character} in it, which no header may have`;
}

/** Why a header cannot be one of all requests; null when it can. */
export function defaultHeaderProblem(name: string, value: string | null): string | null {
  if (name.toLowerCase() === "content-length") return "each request has a content-length of its own";
  return headerNameProblem(name) ?? (value === null ? null : headerValueProblem(name, value));
}
