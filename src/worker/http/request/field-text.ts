import { describeValue, tagOf } from "../../../core/describe-value.ts";
import { InvalidRequest } from "./invalid-request.ts";
import { requireRecord } from "./request-options.ts";

const longestShownName = 60;

/**
 * Percent-encodes the fields of `query` or `form`. A `URLSearchParams` encodes itself.
 * @throws InvalidRequest that names the field
 */
export function encodeFields(option: "query" | "form", fields: unknown): string {
  if (tagOf(fields) === "URLSearchParams") return String(fields);
  if (typeof fields === "string") throw isText(option);
  requireRecord(option, fields, "{ page: 2 }");
  let text = "";
  for (const name of Object.keys(fields)) {
    const value = textOf(option, name, fields[name]);
    text += `${text === "" ? "" : "&"}${encode(option, name, name)}=${encode(option, name, value)}`;
  }
  return text;
}

function isText(option: "query" | "form"): InvalidRequest {
  const instead =
    option === "query"
      ? "text goes into the URL, behind a ?"
      : 'text goes into body, with the header "content-type": "application/x-www-form-urlencoded"';
  return new InvalidRequest(`the option ${option} is a string; expected an object such as { page: 2 }: ${instead}`);
}

function textOf(option: string, name: string, value: unknown): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      if (Number.isFinite(value)) return String(value);
      break;
    case "boolean":
    case "bigint":
      return String(value);
  }
  throw new InvalidRequest(`${shown(option, name)} is ${describeValue(value)}; ${instead(name, value)}`);
}

function instead(name: string, value: unknown): string {
  if (value === undefined || value === null) return "leave the field out, or give it a value";
  if (Array.isArray(value)) {
    const quoted = JSON.stringify(shortened(name));
    return `new URLSearchParams([[${quoted}, "a"], [${quoted}, "b"]]) sends a field more than once`;
  }
  return "expected a string, a number or a boolean";
}

/** Returns the name on one line, whatever characters it contains. */
function shown(option: string, name: string): string {
  const short = shortened(name);
  return /^[\w…-]+$/.test(short) ? `${option}.${short}` : `${option}[${JSON.stringify(short)}]`;
}

function shortened(name: string): string {
  return name.length > longestShownName ? `${name.slice(0, longestShownName)}…` : name;
}

function encode(option: string, name: string, text: string): string {
  try {
    return encodeURIComponent(text);
  } catch (cause) {
    throw new InvalidRequest(`${shown(option, name)} holds half of a surrogate pair, which is not valid text`, {
      cause,
    });
  }
}
