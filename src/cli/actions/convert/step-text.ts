import { formatDuration } from "../../../core/duration.ts";
import type { RecordedHeader } from "./recorded-headers.ts";
import type { RecordedSession } from "./recorded-session.ts";
import type { RecordedStep } from "./recorded-step.ts";

interface Constant {
  /** The name of the constant in the test: "recordedXApiKey". */
  readonly constant: string;
  /** The name of the environment variable: "X_API_KEY". */
  readonly variable: string;
}

interface SecretConstant extends Constant {
  readonly values: Set<string>;
}

/** The names of the constants of the test. */
export interface SessionNames {
  /** By origin, without the service itself, which is the host of the test. */
  readonly origins: ReadonlyMap<string, Constant>;
  /** By origin and header, because a secret of one service must not be sent to another. */
  readonly secrets: ReadonlyMap<string, SecretConstant>;
}

const shortcuts = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);
const lineWidth = 120;
const stepIndent = "      ";
/** A longer JSON body is written on one line. */
const longestPretty = 2_000;

export function namesOf({ origins, steps }: RecordedSession): SessionNames {
  const beside = origins.slice(1).map((origin, index) => {
    return [origin, { constant: `service${index + 2}`, variable: `SERVICE_URL_${index + 2}` }] as const;
  });
  const secrets = new Map<string, SecretConstant>();
  const taken = new Map<string, number>();
  for (const { origin, headers } of steps) {
    for (const header of headers.filter(({ isSecret }) => isSecret)) {
      const key = secretKey(origin, header);
      const known = secrets.get(key) ?? { ...secretConstant(header.name, taken), values: new Set<string>() };
      known.values.add(header.value);
      secrets.set(key, known);
    }
  }
  return { origins: new Map(beside), secrets };
}

/** Writes a request and the pause before it, indented as in a task. */
export function stepText(step: RecordedStep, names: SessionNames): string {
  const { method, pauseMs } = step;
  const call = shortcuts.has(method) ? `${method.toLowerCase()}(` : `request(${JSON.stringify(method)}, `;
  const start = `${stepIndent}await vu.http.${call}${urlText(step, names)}`;
  const request = withOptions(start, optionsOf(step, names));
  return pauseMs === 0
    ? request
    : `${stepIndent}await vu.sleep(${JSON.stringify(formatDuration(pauseMs))});\n${request}`;
}

function urlText({ origin, path }: RecordedStep, { origins }: SessionNames): string {
  const constant = origins.get(origin)?.constant;
  return constant === undefined ? JSON.stringify(path) : `${constant} + ${JSON.stringify(path)}`;
}

function withOptions(start: string, options: readonly string[]): string {
  if (options.length === 0) return `${start});`;
  const line = `${start}, { ${options.join(", ")} });`;
  if (line.length <= lineWidth && !line.includes("\n")) return line;
  return `${start}, {\n${options.map((option) => `${stepIndent}  ${option},\n`).join("")}${stepIndent}});`;
}

function optionsOf(step: RecordedStep, names: SessionNames): string[] {
  const { origin, path, name, headers, status } = step;
  const service = names.origins.has(origin) ? origin : "";
  return [
    // By default the name is the path without its query.
    ...(name === path.split("?")[0] ? [] : [`name: ${JSON.stringify(service + name)}`]),
    ...(headers.length === 0
      ? []
      : [`headers: ${objectText(headers.map((header) => headerText(origin, header, names)))}`]),
    ...bodyOption(step),
    // The request also failed in the recording, so this is the expected status.
    ...(status !== null && status >= 400 ? [`expect: ${status}`] : []),
  ];
}

function bodyOption({ body }: RecordedStep): string[] {
  switch (body.kind) {
    case "none":
      return [];
    case "json":
      return [`json: ${jsonText(body.text)}`];
    case "form":
      return [
        `form: ${objectText(body.fields.map(({ name, value }) => `${keyText(name)}: ${JSON.stringify(value)}`))}`,
      ];
    case "text":
      return [`body: ${JSON.stringify(body.text)}`];
    case "bytes":
      return [`body: bytes(${JSON.stringify(body.base64)})`];
  }
}

/** Writes an object literal, on one line if it is short enough. */
function objectText(fields: readonly string[]): string {
  const line = `{ ${fields.join(", ")} }`;
  if (line.length <= lineWidth - stepIndent.length - 12) return line;
  return `{\n${fields.map((field) => `${stepIndent}    ${field},\n`).join("")}${stepIndent}  }`;
}

/** JSON is valid TypeScript with the same meaning, except for `__proto__`, which is sent as text. */
function jsonText(text: string): string {
  if (text.length <= lineWidth - stepIndent.length - 10 || text.length > longestPretty) return text;
  return JSON.stringify(JSON.parse(text), null, 2).replaceAll("\n", `\n${stepIndent}  `);
}

function headerText(origin: string, header: RecordedHeader, { secrets }: SessionNames): string {
  const { name, value } = header;
  const secret = header.isSecret ? secrets.get(secretKey(origin, header)) : undefined;
  return `${name === "__proto__" ? '["__proto__"]' : JSON.stringify(name)}: ${secret?.constant ?? JSON.stringify(value)}`;
}

function keyText(name: string): string {
  return /^[a-z_$][\w$]*$/i.test(name) ? name : JSON.stringify(name);
}

function secretKey(origin: string, { name }: RecordedHeader): string {
  return `${origin} ${name}`;
}

/** The names for a secret header: X_API_KEY and recordedXApiKey for "x-api-key", with a number if the names are taken. */
function secretConstant(header: string, taken: Map<string, number>): Constant {
  const words = header.split(/[^a-z0-9]+/).filter((word) => word !== "");
  const variable = words
    .join("_")
    .toUpperCase()
    .replace(/^(?=\d|$)/, "HEADER_");
  const count = (taken.get(variable) ?? 0) + 1;
  taken.set(variable, count);
  const suffix = count === 1 ? "" : `_${count}`;
  const constant = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
  return { constant: `recorded${constant}${suffix.replace("_", "")}`, variable: variable + suffix };
}
