import { oneLine } from "../loose-json.ts";
import type { LeftOut, RecordedSession } from "./recorded-session.ts";
import type { RecordedStep } from "./recorded-step.ts";

const mostListed = 12;

/**
 * Returns the notes on a converted test, for its header comment and the terminal: its origin, the parts that were left out, and
 * the parts to review.
 */
export function sessionNotes(session: RecordedSession, file: string): string[] {
  const { origins, why, steps, leftOut, correlation } = session;
  const service = `${origins.join(" and ")}${why === "" ? "" : ` (${why})`}`;
  const incomplete = steps.filter(({ isIncomplete }) => isIncomplete);
  const secretFields = [...new Set(steps.flatMap((step, number) => keptSecrets(step, correlation, number)))];
  return [
    `Made from ${oneLine(file)}: ${counted(steps.length, "request")} to ${service}.`,
    ...(why === "" || leftOut.others.length === 0 ? [] : ["For another service: muster convert with --origin URL."]),
    ...leftOutLines(leftOut),
    ...(incomplete.length === 0
      ? []
      : [
          "Bodies that were not recorded, or not as they were sent:",
          ...listed(incomplete.map(({ method, path }) => oneLine(`${method} ${path}`, 100))),
        ]),
    ...(secretFields.length === 0
      ? []
      : ["Secrets may be in queries and bodies, which are as they were recorded. Look at:", ...listed(secretFields)]),
    ...correlationLines(session),
  ];
}

/** Returns the names of fields of a step that seem to contain secrets, and are sent as they were recorded. */
function keptSecrets({ secretFields }: RecordedStep, { replaced }: RecordedSession["correlation"], number: number) {
  const taken = new Set((replaced.get(number) ?? []).map(({ place }) => place.name));
  return secretFields.filter((name) => !taken.has(name));
}

function correlationLines({ correlation, steps }: RecordedSession): string[] {
  const { taken, unexplained, isConfirmed } = correlation;
  const sources = Map.groupBy(taken, ({ step }) => step);
  return [
    "Each user keeps its own cookies; recorded ones are left out.",
    ...(taken.length === 0
      ? []
      : [
          `Taken from responses, and not sent as recorded: ${counted(taken.length, "value")} of`,
          ...listed([...sources.keys()].map((number) => requestOf(steps[number]))),
        ]),
    ...(isConfirmed
      ? []
      : [
          "Other values are sent as they were recorded. Record the same actions again, and give both files to muster convert: values",
          "that differ are then found.",
        ]),
    ...(unexplained.length === 0
      ? []
      : ["These differ between the recordings, and no response contains them. Review them:", ...listed(unexplained)]),
  ];
}

function requestOf(step: RecordedStep | undefined): string {
  return step === undefined ? "" : oneLine(`${step.method} ${step.name}`, 100);
}

function leftOutLines({ total, others, byKind }: LeftOut): string[] {
  if (total === 0) return [];
  const toOthers = others.reduce((sum, { count }) => sum + count, 0);
  const kinds = (Object.keys(descriptions) as (keyof typeof descriptions)[]).flatMap((kind) => {
    const count = byKind.get(kind) ?? 0;
    const [one, many] = descriptions[kind];
    return count === 0 ? [] : [`  ${count} ${count === 1 ? one : many}`];
  });
  return [
    `Left out: ${total}`,
    ...(toOthers === 0
      ? []
      : [
          `  ${counted(toOthers, "request")} to other services. Keep the ones that are yours with --origin URL, once for each:`,
          ...listed(
            others.map(({ origin, count, isSameSite }) => `${count} ${origin}${isSameSite ? " (same site)" : ""}`),
            "    ",
          ),
        ]),
    ...kinds,
  ];
}

const descriptions: Readonly<
  Record<
    LeftOut["byKind"] extends ReadonlyMap<infer Kind extends string, number> ? Kind : never,
    readonly [one: string, many: string]
  >
> = {
  part: [
    "picture, style, script or the like (--all keeps them)",
    "pictures, styles, scripts and the like (--all keeps them)",
  ],
  socket: ["WebSocket", "WebSockets"],
  stream: ["event stream, which has no end", "event streams, which have no end"],
  preflight: ["CORS preflight, which only browsers send", "CORS preflights, which only browsers send"],
  background: [
    "request that the browser or the system makes by itself (certificates, updates, network checks)",
    "requests that the browser or the system makes by itself (certificates, updates, network checks)",
  ],
  cached: ["request answered from the browser's cache", "requests answered from the browser's cache"],
  "service-worker": ["request answered by a service worker", "requests answered by a service worker"],
  blocked: ["request that the browser blocked", "requests that the browser blocked"],
  unanswered: [
    "request without an answer (cancelled, blocked or failed)",
    "requests without an answer (cancelled, blocked or failed)",
  ],
  method: [
    "request with a method that tests do not have (such as CONNECT)",
    "requests with a method that tests do not have (such as CONNECT)",
  ],
  scheme: ["entry that is not HTTP (data:, blob:, extensions)", "entries that are not HTTP (data:, blob:, extensions)"],
  unreadable: ["entry without a URL that can be read", "entries without a URL that can be read"],
};

function listed(items: readonly string[], indent = "  "): string[] {
  const more = items.length - mostListed;
  const shown = more > 1 ? items.slice(0, mostListed) : items;
  return [...shown.map((item) => `${indent}${item}`), ...(more > 1 ? [`${indent}and ${more} more`] : [])];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
