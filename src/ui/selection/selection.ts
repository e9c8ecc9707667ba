import { allEndpoints, type EndpointKey } from "../data/endpoint-key.ts";

/**
 * The part of a run that the figures of a page cover. Null and empty texts stand for all of it. Runs keep figures by time, and in each
 * time by endpoint, by worker, by class, by group or by check, but not by two of these together, so only one of them is selected.
 */
export interface Selection {
  /** The selected time [fromMs, toMs), in ms since the start of the run; null for the whole run. */
  readonly range: TimeRangeMs | null;
  readonly endpoint: EndpointKey;
  /** The kind of failures, such as "5xx"; empty for all. */
  readonly status: string;
  /** The message of an error, such as "503 Busy"; empty for all. */
  readonly error: string;
  /** The number of a worker, from 1. */
  readonly worker: number | null;
  /** The name of a class of users. */
  readonly userClass: string;
  /** The path of a group of the test. */
  readonly group: string;
  /** The name of a check. */
  readonly check: string;
}

export interface TimeRangeMs {
  readonly fromMs: number;
  readonly toMs: number;
}

export const noSelection: Selection = {
  range: null,
  endpoint: allEndpoints,
  status: "",
  error: "",
  worker: null,
  userClass: "",
  group: "",
  check: "",
};

/** A change of a selection. Each change keeps the time, unless it contains one. Choosing a part that is already chosen clears it. */
export type SelectionChange =
  | { readonly kind: "range"; readonly range: TimeRangeMs | null }
  | { readonly kind: "endpoint"; readonly endpoint: EndpointKey }
  | { readonly kind: "status"; readonly status: string }
  /** Chooses an error: an endpoint, a kind and a message. */
  | { readonly kind: "error"; readonly error: ErrorChoice }
  | { readonly kind: "worker"; readonly worker: number | null }
  | { readonly kind: "class"; readonly userClass: string }
  | { readonly kind: "group"; readonly group: string }
  | { readonly kind: "check"; readonly check: string }
  /** Chooses a part and nothing else, whatever was chosen before. */
  | { readonly kind: "part"; readonly part: Partial<Selection> }
  | { readonly kind: "clear" };

export type ErrorChoice = Pick<Selection, "endpoint" | "status" | "error">;

export function changedSelection(selection: Selection, change: SelectionChange): Selection {
  const { range } = selection;
  switch (change.kind) {
    case "range":
      return { ...selection, range: change.range === null ? null : validRange(change.range) };
    case "endpoint": {
      const endpoint = toggled(change.endpoint, selection.endpoint, allEndpoints);
      return { ...ofRequests(selection), endpoint, error: "" };
    }
    case "status":
      return { ...ofRequests(selection), status: toggled(change.status, selection.status, ""), error: "" };
    case "error":
      return { ...ofRequests(selection), ...(isError(selection, change.error) ? { error: "" } : change.error) };
    case "worker":
      return { ...noSelection, range, worker: toggled(change.worker, selection.worker, null) };
    case "class":
      return { ...noSelection, range, userClass: toggled(change.userClass, selection.userClass, "") };
    case "group":
      return { ...noSelection, range, group: toggled(change.group, selection.group, "") };
    case "check":
      return { ...noSelection, range, check: toggled(change.check, selection.check, "") };
    case "part":
      return oneSubject({ ...noSelection, ...change.part });
    case "clear":
      return noSelection;
  }
}

function toggled<Value>(chosen: Value, before: Value, none: Value): Value {
  return chosen === before ? none : chosen;
}

/** Whether an error is the selected one. */
export function isError({ endpoint, status, error }: Selection, one: ErrorChoice): boolean {
  return endpoint === one.endpoint && status === one.status && error === one.error;
}

/** Returns a selection without its worker, class, group and check. */
function ofRequests(selection: Selection): Selection {
  return { ...selection, worker: null, userClass: "", group: "", check: "" };
}

/** Keeps only one of: a worker, a class, a group, a check, or an endpoint with its failures. */
function oneSubject(selection: Selection): Selection {
  const { range, worker, userClass, group, check } = selection;
  if (worker !== null) return { ...noSelection, range, worker };
  if (userClass !== "") return { ...noSelection, range, userClass };
  if (group !== "") return { ...noSelection, range, group };
  return check === "" ? selection : { ...noSelection, range, check };
}

/** Whether the figures of the selection are recorded by endpoint: it has no worker, class, group or check. */
export function isByEndpoint({ worker, userClass, group, check }: Selection): boolean {
  return worker === null && userClass === "" && group === "" && check === "";
}

/** Whether the selection covers all requests, groups and checks, of a time or of the whole run. */
export function isOfAll(selection: Selection): boolean {
  const { endpoint, status, error } = selection;
  return isByEndpoint(selection) && endpoint === allEndpoints && status === "" && error === "";
}

export function isSelected(selection: Selection): boolean {
  return selection.range !== null || !isOfAll(selection);
}

/** The parameters of a URL, except for the time and the worker. */
const texts = [
  ["endpoint", "endpoint"],
  ["status", "status"],
  ["error", "error"],
  ["class", "userClass"],
  ["group", "group"],
  ["check", "check"],
] as const;

/**
 * Returns the selection as the parameters of a URL, such as "from=60&to=120.5&endpoint=GET+%2Fjobs"; empty if the whole
 * run is selected.
 */
export function formatSelection(selection: Selection): string {
  const parameters = new URLSearchParams();
  const { range, worker } = selection;
  if (range !== null) {
    parameters.set("from", String(range.fromMs / 1_000));
    parameters.set("to", String(range.toMs / 1_000));
  }
  for (const [name, part] of texts) if (selection[part] !== "") parameters.set(name, selection[part]);
  if (worker !== null) parameters.set("worker", String(worker));
  return parameters.toString();
}

/** Reads the parameters of a URL. Invalid parameters are ignored. */
export function parseSelection(text: string): Selection {
  const parameters = new URLSearchParams(text);
  const [fromMs, toMs] = ["from", "to"].map((name) => millisecondsOf(parameters.get(name)));
  const worker = parameters.get("worker") ?? "";
  return oneSubject({
    range: fromMs == null || toMs == null ? null : validRange({ fromMs, toMs }),
    endpoint: parameters.get("endpoint") ?? allEndpoints,
    status: parameters.get("status") ?? "",
    error: parameters.get("error") ?? "",
    userClass: parameters.get("class") ?? "",
    group: parameters.get("group") ?? "",
    check: parameters.get("check") ?? "",
    worker: /^[1-9]\d{0,8}$/.test(worker) ? Number(worker) : null,
  });
}

function millisecondsOf(seconds: string | null): number | null {
  if (seconds === null || !/^\d{1,9}(\.\d+)?$/.test(seconds)) return null;
  return Math.round(Number(seconds) * 1_000);
}

/** Rounds a range to whole milliseconds; null if it is empty. */
function validRange({ fromMs, toMs }: TimeRangeMs): TimeRangeMs | null {
  const [from, to] = [Math.max(0, Math.round(fromMs)), Math.round(toMs)];
  return to > from ? { fromMs: from, toMs: to } : null;
}
