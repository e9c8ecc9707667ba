import type { RunReport } from "../../report/page/model.ts";
import { keyOf } from "../data/endpoint-key.ts";
import type { SelectedFigures } from "./selected-figures.ts";
import { isOfAll, type Selection } from "./selection.ts";

/** The note on figures that do not follow the selection. */
export const wholeRunNote =
  "These figures are of the whole run: they are not recorded by time, endpoint, worker or user class.";

/** Returns the note on groups or checks, which only follow the selected time; null if the note would say nothing new. */
export function ofAllNote(what: "Groups" | "Checks", selection: Selection): string | null {
  const isChosen = what === "Groups" ? selection.group !== "" : selection.check !== "";
  return isOfAll(selection) || isChosen
    ? null
    : `${what} are kept by time only: these are of all endpoints, workers and classes.`;
}

/** Returns notes on the figures that are not recomputed for the selected part of a run, as sentences. */
export function selectionNotes(
  report: Pick<RunReport, "result" | "slices">,
  figures: SelectedFigures,
  selection: Selection,
): string[] {
  const { range, total, subject, worker, userClass, group, check } = figures;
  const isKnown = range === null || range.end > range.first;
  if (!isKnown) {
    return [
      report.slices === undefined
        ? "This report keeps no figures of parts of the run."
        : "No figures of this time have been reported yet.",
    ];
  }
  if (worker !== null) return workerNotes(selection.worker ?? 0, worker);
  if (userClass !== null) return classNotes(selection.userClass, userClass);
  if (group !== null) return testNotes(report, "group", selection.group, group !== undefined);
  if (check !== null) return testNotes(report, "check", selection.check, check !== undefined);
  return [
    ...(range === null || total === null ? [] : timeNotes(report, figures)),
    ...(subject === null ? ["The endpoint had no requests in this time, or has no figures of its own."] : []),
    ...failureNotes(report, figures, selection),
  ];
}

/** Returns notes on what is not known about a group or a check. @param isKnown whether there are figures of it in the selected time */
function testNotes(
  { result, slices }: Pick<RunReport, "result" | "slices">,
  kind: "group" | "check",
  name: string,
  isKnown: boolean,
): string[] {
  const inRun = kind === "group" ? (result.groups ?? []) : result.checks;
  const kept = (kind === "group" ? slices?.groups : slices?.checks) ?? [];
  if (!inRun.some((one) => one.name === name)) return [`The run has no ${kind} ${name}, or it was not reported yet.`];
  if (!kept.some((one) => one.name === name)) {
    return [
      `Only the first ${kept.length} ${kind}s of the run are recorded over time: ${name} is known for the whole run only.`,
    ];
  }
  if (!isKnown)
    return [kind === "group" ? "The group did not end in this time." : "The check did not run in this time."];
  return kind === "group"
    ? ["Only the durations and failures of a group are recorded. Figures of its requests are left out here."]
    : ["Only how often a check held is recorded. Requests and response times are left out here."];
}

function workerNotes(number: number, worker: SelectedFigures["worker"]): string[] {
  if (worker == null) return [`The run has no worker #${number}, or it has not reported yet.`];
  return [
    "Requests and health are kept by worker. Failures are not counted by it, and response times, endpoints and users over time are not kept by it: they are left out here.",
    ...(worker.isWider ? ["The samples of the worker are wider than a slice: they count where they begin."] : []),
  ];
}

function classNotes(name: string, userClass: SelectedFigures["userClass"]): string[] {
  if (userClass == null) return [`The iterations of ${name} were not counted in this time.`];
  if (userClass.requests !== null) {
    return ["Requests of a class are recorded for all endpoints together: figures of one endpoint are left out here."];
  }
  return [
    `Users and iterations are kept by class. Requests, failures and response times are not, unless a threshold selects the class, as response_time{class:${name}} does: they are left out here.`,
  ];
}

function timeNotes({ result, slices }: Pick<RunReport, "result" | "slices">, { endpoints }: SelectedFigures): string[] {
  const omitted = slices?.omittedEndpoints ?? 0;
  const untimed = endpoints.filter(({ responseTimeMs }) => responseTimeMs === null).length;
  return [
    ...(untimed === 0
      ? []
      : [`Times of ${untimed} of ${endpoints.length} endpoints are kept for the whole run only: –.`]),
    ...(result.errors.some(({ kind }) => kind === "exception")
      ? ["Exceptions are counted for the whole run only: they are not among these failures."]
      : []),
    ...(omitted === 0 ? [] : [`${omitted} endpoints with the fewest requests count in the total only.`]),
  ];
}

function failureNotes(
  { result }: Pick<RunReport, "result">,
  { range }: SelectedFigures,
  { endpoint, status, error }: Selection,
): string[] {
  if (status === "" && error === "") return [];
  const messages = result.errors.filter((one) => keyOf(one) === endpoint && one.kind === status);
  return [
    "The chosen failures are selected in the lists and charts of failures; cards and times are of all requests, as times are not recorded by failure.",
    ...(range !== null && error !== "" && messages.length > 1
      ? ["In a part of the time, failures are counted by kind and endpoint, not by message."]
      : []),
  ];
}
