import { formatDuration } from "../../../../core/duration.ts";
import { ConfigurationError } from "../../../../core/errors.ts";
import type { Conversion } from "../conversion.ts";
import { correlate } from "../correlation/correlation.ts";
import { answerOf } from "../har/har-answer.ts";
import { type RecordedStep, stepOf } from "../har/recorded-step.ts";
import { stepsText } from "../har/session-text.ts";
import { oneLine } from "../loose-json.ts";
import { connectionCode } from "./curl-connections.ts";
import { type CurlRequest, curlRequests } from "./curl-request.ts";
import { type Command, shellCommands } from "./shell-words.ts";

/** Converts the text of curl commands, as browsers copy them. @param source what the text is from, for the notes */
export function convertCurl(text: string, source: string): Conversion {
  return convertCommands(shellCommands(text), source);
}

/** Converts one command whose words the shell has split. */
export function convertCommands(commands: readonly Command[], source: string): Conversion {
  const requests = commands.flatMap((words) => (isCurl(words) ? curlRequests(words.slice(1)) : []));
  if (requests.length === 0) throw new ConfigurationError(`${source} contains no curl command`);
  const steps = requests.map(stepOfRequest);
  const origins = [...new Set(steps.map(({ origin }) => origin))];
  const notes = notesOf(requests, steps, source);
  const session = {
    origins,
    why: "",
    steps,
    correlation: correlate(steps, null),
    leftOut: { total: 0, byKind: new Map(), others: [] },
  };
  const [only] = steps;
  const taskName = steps.length === 1 && only !== undefined ? `${only.method} ${oneLine(only.name, 60)}` : "requests";
  const testOptions = connectionCode(requests);
  return { text: stepsText(session, { notes, className: "CurlUser", taskName, testOptions }), notes };
}

function isCurl([first = ""]: Command): boolean {
  return /^(?:.*[\\/])?curl(?:\.exe)?$/i.test(first);
}

function stepOfRequest(request: CurlRequest): RecordedStep {
  const { url, method, headers, post, followsRedirects, timeoutMs } = request;
  // What a browser adds to each request is left out; a person who writes a header means it.
  const isBrowsers = headers.some(({ name }) => name.startsWith("sec-") || name === "accept-language");
  const step = stepOf(
    {
      ...{ startedMs: 0, timeMs: 0, page: "", resourceType: "", status: null, mimeType: "", redirect: "" },
      ...{ isSocket: false, isCached: false, isServiceWorkers: false, isBlocked: false, answer: answerOf(null) },
      ...{ url, method, headers, post },
    },
    0,
  );
  const own = headers.filter(
    ({ name }) =>
      name === "cookie" ||
      (!isBrowsers &&
        /^(?:user-agent|referer|origin|accept|accept-encoding|accept-language|cache-control)$/.test(name)),
  );
  const kept = new Set(step.headers.map(({ name }) => name));
  return {
    ...step,
    headers: [
      ...step.headers,
      ...own.filter(({ name }) => !kept.has(name)).map((header) => ({ ...header, isSecret: header.name === "cookie" })),
    ],
    moreOptions: [
      ...(timeoutMs === null ? [] : [`timeout: ${JSON.stringify(formatDuration(timeoutMs))}`]),
      ...(followsRedirects ? ["maxRedirects: 10"] : []),
    ],
  };
}

function notesOf(requests: readonly CurlRequest[], steps: readonly RecordedStep[], source: string): string[] {
  const ignored = [...new Set(requests.flatMap((request) => request.ignored))];
  const files = steps.filter(({ isIncomplete }) => isIncomplete);
  const secrets = [...new Set(steps.flatMap(({ secretFields }) => secretFields))];
  return [
    `Made from ${oneLine(source)}: ${steps.length} ${steps.length === 1 ? "request" : "requests"}.`,
    ...(ignored.length === 0 ? [] : ["Not converted:", ...ignored.map((option) => `  ${option}`)]),
    ...(files.length === 0
      ? []
      : [
          "Bodies from files are missing:",
          ...files.map(({ method, path }) => `  ${oneLine(`${method} ${path}`, 100)}`),
        ]),
    ...(secrets.length === 0
      ? []
      : ["Secrets may be in queries and bodies. Look at:", ...secrets.map((name) => `  ${name}`)]),
  ];
}
