import type { RunReport } from "../../report/page/model.ts";
import { keyOf } from "../data/endpoint-key.ts";
import type { SelectedFigures } from "./selected-figures.ts";
import type { Selection } from "./selection.ts";

/** Said where figures do not follow the selection. */
export const wholeRunNote =
  "These figures are of the whole run: they are not kept by time, endpoint, worker and class of users.";

/** What is not recomputed for the selected part of a run, in sentences. */
export function selectionNotes(
  report: Pick<RunReport, "result" | "slices">,
  figures: SelectedFigures,
  selection: Selection,
): string[] {
  const { range, total, subject, worker, userClass } = figures;
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
  return [
    ...(range === null || total === null ? [] : timeNotes(report, figures)),
    ...(subject === null ? ["The endpoint had no requests in this time, or has no figures of its own."] : []),
    ...failureNotes(report, figures, selection),
  ];
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
    return ["Requests of a class are kept of all endpoints together: what is of one endpoint is left out here."];
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
    "The chosen failures are selected in the lists and charts of failures; cards and times are of all requests, as times are not kept by failure.",
    ...(range !== null && error !== "" && messages.length > 1
      ? ["In a part of the time, failures are counted by kind and endpoint, not by message."]
      : []),
  ];
}
