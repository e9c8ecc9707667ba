import { isDeepStrictEqual } from "node:util";
import { formatDuration } from "../../../../core/duration.ts";
import { ConfigurationError } from "../../../../core/errors.ts";
import { isSecretField } from "../../../../core/redaction/secret-names.ts";
import { DeclaredNames } from "../code/names.ts";
import { SentFiles } from "../code/sent-files.ts";
import type { Conversion } from "../conversion.ts";
import { correlate } from "../correlation/correlation.ts";
import { answerOf } from "../har/har-answer.ts";
import { type RecordedStep, stepOf } from "../har/recorded-step.ts";
import { stepsText } from "../har/session-text.ts";
import { oneLine } from "../loose-json.ts";
import { passphraseVariable } from "./curl-certificates.ts";
import { connectionCode } from "./curl-connections.ts";
import { multipartCode } from "./curl-form.ts";
import { type CurlRequest, curlRequests } from "./curl-request.ts";
import { type Command, shellCommands } from "./shell-words.ts";

/** Converts the text of curl commands, as browsers copy them. @param source the origin of the text, for the notes */
export function convertCurl(text: string, source: string): Conversion {
  return convertCommands(shellCommands(text), source);
}

/** Converts commands that are split into words. */
export function convertCommands(commands: readonly Command[], source: string): Conversion {
  const requests = commands.flatMap((words) => (isCurl(words) ? curlRequests(words.slice(1)) : []));
  if (requests.length === 0) throw new ConfigurationError(`${source} contains no curl command`);
  const files = new SentFiles(new DeclaredNames());
  const steps = requests.map((request) => stepOfRequest(request, files));
  const origins = [...new Set(steps.map(({ origin }) => origin))];
  const notes = notesOf(requests, steps, files, source);
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
  const constants = files.declarations();
  return { text: stepsText(session, { notes, className: "CurlUser", taskName, constants, testOptions }), notes };
}

function isCurl([first = ""]: Command): boolean {
  return /^(?:.*[\\/])?curl(?:\.exe)?$/i.test(first);
}

const optionIndent = "        ";

function stepOfRequest(request: CurlRequest, files: SentFiles): RecordedStep {
  const { url, method, headers, post, form, bodyFile, followsRedirects, timeoutMs } = request;
  // The headers that a browser adds to each request are left out; those that a person wrote are kept.
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
    isIncomplete: step.isIncomplete && bodyFile === null,
    headers: [
      ...step.headers,
      ...own.filter(({ name }) => !kept.has(name)).map((header) => ({ ...header, isSecret: header.name === "cookie" })),
    ],
    moreOptions: [
      ...(form === null ? [] : [multipartCode(form, files, optionIndent)]),
      ...(bodyFile === null ? [] : [`body: ${files.constantOf(bodyFile)}`]),
      ...(timeoutMs === null ? [] : [`timeout: ${JSON.stringify(formatDuration(timeoutMs))}`]),
      ...(followsRedirects ? ["maxRedirects: 10"] : []),
    ],
  };
}

function notesOf(
  requests: readonly CurlRequest[],
  steps: readonly RecordedStep[],
  files: SentFiles,
  source: string,
): string[] {
  const ignored = [...new Set([...requests.flatMap((request) => request.ignored), ...otherCertificates(requests)])];
  const incomplete = steps.filter(({ isIncomplete }) => isIncomplete);
  const parts = requests.flatMap(({ form }) => form ?? []).filter(({ name }) => isSecretField(name));
  const secrets = new Set([
    ...steps.flatMap(({ secretFields }) => secretFields),
    ...parts.map(({ name }) => oneLine(name, 40)),
  ]);
  const certificates = requests.find((request) => request.certificates !== null)?.certificates ?? null;
  const { ca = null, cert = null, key = null, pfx = null } = certificates ?? {};
  const paths = [...new Set([...files.paths, ca, cert, key, pfx])].filter((path) => path !== null);
  return [
    `Made from ${oneLine(source)}: ${steps.length} ${steps.length === 1 ? "request" : "requests"}.`,
    ...(paths.length === 0
      ? []
      : ["Files, by paths relative to the test:", ...paths.map((path) => `  ${oneLine(path, 100)}`)]),
    ...(certificates?.hasPassphrase === true
      ? [`The passphrase comes from the environment: ${passphraseVariable}.`]
      : []),
    ...(ignored.length === 0 ? [] : ["Not converted:", ...ignored.map((option) => `  ${option}`)]),
    ...(incomplete.length === 0
      ? []
      : [
          "Bodies from files are missing:",
          ...incomplete.map(({ method, path }) => `  ${oneLine(`${method} ${path}`, 100)}`),
        ]),
    ...(secrets.size === 0
      ? []
      : ["Secrets may be in queries and bodies. Look at:", ...[...secrets].map((name) => `  ${name}`)]),
  ];
}

/** Returns the certificates that the test does not use, because it can use only those of the first command that has any. */
function otherCertificates(requests: readonly CurlRequest[]): string[] {
  const [first, ...others] = requests.flatMap(({ certificates }) => certificates ?? []);
  return others
    .filter((one) => !isDeepStrictEqual(one, first))
    .map(({ ca, cert, pfx }) =>
      oneLine(`the certificates ${[cert ?? pfx, ca].filter((path) => path !== null).join(", ")}`, 80),
    );
}
