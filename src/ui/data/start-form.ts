import type { ProfileFacts, StartForm } from "../../api/contract/session.ts";
import { parseDuration } from "../../core/duration.ts";

/** The form as typed. An empty field stands for the value of the profile. */
export interface StartDraft {
  readonly profile: string;
  readonly users: string;
  readonly spawnRate: string;
  readonly ratePerSecond: string;
  readonly duration: string;
  readonly host: string;
  /** The weight as typed, by class. */
  readonly classes: Readonly<Record<string, string>>;
}

export interface FieldProblem {
  readonly field: string;
  readonly text: string;
}

export type ReadForm =
  | { readonly kind: "request"; readonly request: StartForm }
  | { readonly kind: "problems"; readonly problems: readonly FieldProblem[] };

/** Returns the draft of a profile in which nothing has been typed. */
export function emptyDraft(profile: string): StartDraft {
  return { profile, users: "", spawnRate: "", ratePerSecond: "", duration: "", host: "", classes: {} };
}

/** Reads a draft. Returns the request with the typed fields, or the problems of invalid fields. */
export function readForm(draft: StartDraft): ReadForm {
  const problems: FieldProblem[] = [];
  const number = (field: string, text: string, whole: boolean): number | undefined => {
    if (text.trim() === "") return undefined;
    const value = Number(text);
    if (Number.isFinite(value) && value >= 0 && (!whole || Number.isInteger(value))) return value;
    problems.push({ field, text: `"${text.trim()}" is not a ${whole ? "whole " : ""}number` });
    return undefined;
  };
  const fields = {
    users: number("users", draft.users, true),
    spawnRate: number("spawnRate", draft.spawnRate, false),
    ratePerSecond: number("ratePerSecond", draft.ratePerSecond, false),
    durationMs: readDuration(draft.duration, problems),
    host: draft.host.trim() === "" ? undefined : draft.host.trim(),
    classes: readClasses(draft.classes, number),
  };
  if (problems.length > 0) return { kind: "problems", problems };
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  return { kind: "request", request: { profile: draft.profile, ...given } };
}

function readDuration(text: string, problems: FieldProblem[]): number | undefined {
  if (text.trim() === "") return undefined;
  try {
    return parseDuration(text.trim());
  } catch (error) {
    problems.push({ field: "durationMs", text: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}

function readClasses(
  classes: StartDraft["classes"],
  number: (field: string, text: string, whole: boolean) => number | undefined,
): Record<string, number> | undefined {
  const weights = Object.entries(classes).flatMap(([name, text]): [string, number][] => {
    const weight = number(`classes.${name}`, text, false);
    return weight === undefined ? [] : [[name, weight]];
  });
  return weights.length === 0 ? undefined : Object.fromEntries(weights);
}

/** Whether the load of a profile is a number of users. The load of an open load is an arrival rate. */
export function takesUsers({ kind }: ProfileFacts): boolean {
  return kind === "closed" || kind === "iterations";
}

/** A duration in the notation that `parseDuration` reads, such as "1h30m". */
export function durationText(durationMs: number): string {
  let rest = Math.round(durationMs);
  let text = "";
  for (const [unit, width] of units) {
    const whole = Math.floor(rest / width);
    if (whole > 0) text += `${whole}${unit}`;
    rest -= whole * width;
  }
  return text === "" ? "0s" : text;
}

const units = [
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;
