import type { CodePiece } from "../code/literals.ts";
import { camelCase, DeclaredNames, variableCase } from "../code/names.ts";
import type { ReplacedValue, TakenValue } from "../correlation/correlation.ts";
import { nameOfValue } from "../correlation/issued-value.ts";
import { headerValue } from "./har-headers.ts";
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

/** The names of the constants and variables of the test. */
export interface SessionNames {
  /** The constants of services, by origin, without the first service, which is the host of the test. */
  readonly origins: ReadonlyMap<string, Constant>;
  /** The constants of secrets, by origin and header, because a secret of one service must not be sent to another. */
  readonly secrets: ReadonlyMap<string, SecretConstant>;
  /** The names of the variables with the responses that a value is taken from. */
  readonly responses: ReadonlyMap<RecordedStep, string>;
  readonly variables: ReadonlyMap<TakenValue, string>;
  readonly takenFrom: ReadonlyMap<RecordedStep, readonly TakenValue[]>;
  readonly replacedIn: ReadonlyMap<RecordedStep, readonly ReplacedValue[]>;
  expressionOf(by: ReplacedValue["by"]): CodePiece & { readonly isNumber: boolean };
}

export function namesOf({ origins, steps, correlation }: RecordedSession): SessionNames {
  const names = new DeclaredNames();
  const beside = origins.slice(1).map((origin, index) => {
    return [
      origin,
      { constant: names.claim(`service${index + 2}`, ""), variable: `SERVICE_URL_${index + 2}` },
    ] as const;
  });
  const takenFrom = new Map<RecordedStep, TakenValue[]>();
  for (const taken of correlation.taken) {
    const step = steps[taken.step];
    if (step !== undefined) takenFrom.set(step, [...(takenFrom.get(step) ?? []), taken]);
  }
  const replacedIn = new Map(
    [...correlation.replaced].flatMap(([number, list]) => {
      const step = steps[number];
      return step === undefined ? [] : [[step, list] as const];
    }),
  );
  const secrets = secretsOf(steps, replacedIn, names);
  const responses = new Map([...takenFrom.keys()].map((step) => [step, names.claim(responseName(step), "response")]));
  const variables = new Map(correlation.taken.map((taken) => [taken, names.claim(nameOfValue(taken.issued), "value")]));
  return {
    origins: new Map(beside),
    secrets,
    responses,
    variables,
    takenFrom,
    replacedIn,
    expressionOf(by) {
      if (typeof by === "string") return freshCode[by];
      const { origin, pattern, isNumber } = by.issued;
      return { code: variables.get(by) ?? "", isNumber: isNumber && pattern === "" && origin.from === "json" };
    },
  };
}

const freshCode = {
  uuid: { code: "crypto.randomUUID()", isNumber: false },
  milliseconds: { code: "Date.now()", isNumber: true },
  seconds: { code: "Math.floor(Date.now() / 1000)", isNumber: true },
  "iso-time": { code: "new Date().toISOString()", isNumber: false },
} as const;

function secretsOf(
  steps: readonly RecordedStep[],
  replacedIn: ReadonlyMap<RecordedStep, readonly ReplacedValue[]>,
  names: DeclaredNames,
): ReadonlyMap<string, SecretConstant> {
  const secrets = new Map<string, SecretConstant>();
  const taken = new Map<string, number>();
  for (const step of steps) {
    const replaced = new Set((replacedIn.get(step) ?? []).map(({ place }) => place.key));
    for (const header of step.headers.filter(({ isSecret, name }) => isSecret && !replaced.has(`header:${name}`))) {
      const key = secretKey(step.origin, header);
      const known = secrets.get(key) ?? { ...secretConstant(header.name, taken, names), values: new Set<string>() };
      known.values.add(header.value);
      secrets.set(key, known);
    }
  }
  return secrets;
}

export function secretOf({ secrets }: SessionNames, { origin }: RecordedStep, header: RecordedHeader) {
  return secrets.get(secretKey(origin, header));
}

function secretKey(origin: string, { name }: RecordedHeader): string {
  return `${origin} ${name}`;
}

/** Makes the names for a secret header: X_API_KEY and recordedXApiKey for "x-api-key", with a number if the names are taken. */
function secretConstant(header: string, taken: Map<string, number>, names: DeclaredNames): Constant {
  const variable = variableCase(header).replace(/^VALUE_/, "HEADER_");
  const count = (taken.get(variable) ?? 0) + 1;
  taken.set(variable, count);
  return {
    constant: names.claim(`recorded ${header}`, "recordedHeader"),
    variable: variable + (count === 1 ? "" : `_${count}`),
  };
}

/** Returns words for the name of a response, from its path: "login page" for a page, "orders response" for other responses. */
function responseName({ method, path, answer, status }: RecordedStep): string {
  const segments = (path.split("?")[0] ?? "").split("/").filter((segment) => /^[a-z][\w-]{0,30}$/i.test(segment));
  const isPage = method === "GET" && /html/.test(headerValue(answer.headers, "content-type")) && (status ?? 200) < 300;
  return `${camelCase(segments.at(-1) ?? "") || "home"} ${isPage ? "page" : "response"}`;
}
